// SPDX-License-Identifier: MIT
// What docs/strictness.md says, on the wire: where we answer as the official server does, and where we do not.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startServer } from "./support/program.mjs";
import { frame, framesOf, RawConnection, text, upgradeRequest } from "./support/raw.mjs";

const engine = "/socket.io/?EIO=4";
let server;
before(async () => {
  server = await startServer("tests/interop_server");
});
after(async () => {
  assert.deepEqual(await server.stop(), { code: 0, signal: null });
});

const isPing = ({ opcode, payload }) => opcode === 1 && payload.toString() === "2";

/** Frames in words: `close 1009 reason`, `close` without a code, or the text. */
const inWords = ({ opcode, payload }) => {
  if (opcode !== 8) return payload.toString();
  return ["close", ...(payload.length >= 2 ? [payload.readUInt16BE(0)] : []), payload.subarray(2).toString()].join(" ").trim();
};

class Peer {
  static async dial(query = "") {
    const peer = new Peer();
    peer.connection = await RawConnection.open(server.port);
    peer.connection.write(upgradeRequest(`${engine}&transport=websocket${query}`));
    return peer;
  }

  /** A socket of the main namespace. */
  static async join() {
    const peer = await Peer.dial();
    await peer.connection.untilReceived(/0\{"sid"/);
    peer.connection.write(text("40"));
    await peer.connection.untilReceived(/42\["auth"/);
    peer.id = /40\{"sid":"([^"]+)"/.exec(peer.connection.received.toString("latin1"))[1];
    peer.heard = peer.frames.length;
    return peer;
  }

  get frames() {
    return framesOf(this.connection.received).filter((frame) => !isPing(frame));
  }

  /** Says `octets` and asks for an echo: what comes up to it, or up to a close frame. */
  async say(octets) {
    this.connection.write(Buffer.concat([octets, text('429["ack","end"]')]));
    for (let i = 0; i < 1000; ++i) {
      const words = this.frames.slice(this.heard).map(inWords);
      const end = words.findIndex((word) => word === '439["end"]' || word.startsWith("close"));
      if (end >= 0) return words.slice(0, words[end].startsWith("close") ? end + 1 : end);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    throw new Error(`no end of ${this.frames.map(inWords)}`);
  }
}

async function reasonOf(id) {
  const peer = await Peer.join();
  for (let i = 0; i < 200; ++i) {
    const [answer] = await peer.say(text(`428${JSON.stringify(["reason of", id])}`));
    const [reason] = JSON.parse(answer.slice(3));
    peer.heard = peer.frames.length;
    if (reason) {
      peer.connection.destroy();
      return reason;
    }
  }
  throw new Error("it did not end");
}

/** Each is a case: what is said, what is answered, and for one that ends it the reason of the program. */
function table(cases) {
  for (const [name, [octets, answers, reason]] of Object.entries(cases)) {
    test(name, async () => {
      const peer = await Peer.join();
      assert.deepEqual(await peer.say(Buffer.isBuffer(octets) ? octets : text(octets)), answers);
      if (reason) assert.equal(await reasonOf(peer.id), reason);
      peer.connection.destroy();
    });
  }
}

const invalid = (octets) => [octets, ["close"], "forced close"];
const nested = (depth) => "[".repeat(depth) + "]".repeat(depth);

describe("as the official server", () => {
  table({
    "an event's payload that is text": invalid('42"x"'),
    "an event's payload that is an object": invalid('42{"0":"x"}'),
    "an event's payload that is null": invalid("42null"),
    "an event without a name": invalid("42[]"),
    "an event whose name is null": invalid("42[null]"),
    "an event of a reserved name": invalid('42["disconnect"]'),
    "an event without a payload is nothing": ["42", []],
    "an event whose name is a number": ["42[1,2]", []],
    "an unknown Socket.IO packet": invalid("49"),
    "an unknown Engine.IO packet": ["9", ["close"], "parse error"],
    "a ping of a client": ["2", ["close"], "transport error"],
    "open, upgrade and noop are nothing": [Buffer.concat([text("0"), text("5"), text("6")]), []],
    "an event for a namespace that it is not in": invalid('42/x,["a"]'),
    "a second CONNECT": invalid("40"),
    "an answer that nobody asked for is nothing": ['431["x"]', []],
    "a CONNECT_ERROR": invalid('44{"message":"x"}'),
    "base64 over WebSocket is binary": [
      Buffer.concat([text('451-["message",{"_placeholder":true,"num":0}]'), text("bAQID")]),
      ['451-["message-back",{"_placeholder":true,"num":0}]', "\x01\x02\x03"],
    ],
    "an octet message that nobody announced": invalid(frame(0x82, "abc")),
    "text between attachments": invalid(Buffer.concat([text('451-["message",{"_placeholder":true,"num":0}]'), text('42["echo",1]')])),
    "eleven attachments": invalid('4511-["message"]'),
    "a placeholder that names no attachment": invalid(Buffer.concat([text('451-["message",{"_placeholder":true,"num":5}]'), frame(0x82, "x")])),
    "a message of a million octets": [text(`42["x","${"a".repeat(1_000_000 - 10)}"]`), []],
    "a close frame with a code": [frame(0x88, Buffer.from([3, 232])), ["close 1000"], "transport close"],
    "a close frame without one": [frame(0x88, ""), ["close"], "transport close"],
  });
});

describe("stricter than the official server", () => {
  table({
    "an acknowledgement's number beyond 2^53": invalid('42999999999999999999["add",1,2]'),
    "a number that is too large for a double": invalid('42["message",1e999]'),
    "arrays 128 deep": invalid(`42["message",${nested(128)}]`),
    "an event's name of 256 octets": invalid(`42["${"e".repeat(256)}"]`),
    "a namespace's name of 256 octets": invalid(`40/${"n".repeat(255)},`),
    "base64 that is none": ["b!!!!", ["close"], "parse error"],
    "a frame's length that is not the shortest": [
      Buffer.concat([Buffer.from([0x81, 0xfe, 0, 2, 0, 0, 0, 0]), Buffer.from("42")]),
      ["close 1002"],
      "transport error",
    ],
    "a hundred pings at once": [Buffer.concat(Array.from({ length: 100 }, () => frame(0x89, "x"))), [...Array(60).fill("x"), "close 1008 too many control frames"], "transport error"],
    "Engine.IO's goodbye over WebSocket ends the session": ["1", ["close"], "transport close"],
  });

  test("a WebSocket for a session that was opened by WebSocket is closed, and the session goes on", async () => {
    const first = await Peer.join();
    const { sid } = JSON.parse(first.frames[0].payload.toString().slice(1));
    const second = await Peer.dial(`&sid=${sid}`);
    second.heard = 0;
    assert.deepEqual(await second.say(text("2probe")), ["close"]);
    assert.deepEqual(await first.say(text('421["add",1,2]')), ["431[3]"]);
    for (const { connection } of [first, second]) connection.destroy();
  });
});

describe("laxer than the official server", () => {
  test("a POST while the body of another one comes: each is taken when it is whole", async () => {
    const open = await (await fetch(`${server.url}${engine}&transport=polling`)).text();
    const path = `${engine}&transport=polling&sid=${JSON.parse(open.slice(1)).sid}`;
    const first = await RawConnection.open(server.port);
    first.write(`POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n4`);
    const second = await fetch(server.url + path, { method: "POST", body: "6" });
    assert.equal(second.status, 200);
    first.write("0");
    await first.untilReceived(/^HTTP\/1\.1 200[^]*ok$/);
    first.destroy();
  });
});

describe("as ws, a code without words", () => {
  table({
    "a message that is too large": [text(`42["x","${"a".repeat(1_000_001 - 10)}"]`), ["close 1009"], "transport error"],
    "a frame that is not masked": [frame(0x81, "42", { masked: false }), ["close 1002"], "transport error"],
    "a reserved bit": [frame(0xc1, "42"), ["close 1002"], "transport error"],
    "a reserved opcode": [frame(0x83, "42"), ["close 1002"], "transport error"],
    "text that is not UTF-8": [frame(0x81, Buffer.from([0x34, 0x32, 0xff])), ["close 1007"], "transport error"],
    "a code that must not be sent": [frame(0x88, Buffer.from([3, 237])), ["close 1002"], "transport error"],
    "too many fragments": [
      Buffer.concat([frame(0x01, "x"), ...Array.from({ length: 16_384 }, () => frame(0x00, "x"))]), ["close 1008"], "transport error"],
    "a peer's code and reason are sent back": [frame(0x88, Buffer.from("\x0f\xa0bye", "latin1")), ["close 4000 bye"], "transport close"],
  });
});
