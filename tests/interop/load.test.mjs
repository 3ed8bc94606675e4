// SPDX-License-Identifier: MIT
// Two hundred official clients that do whatever comes into their minds at a server on four threads: also the load under which
// the thread sanitizer looks at that server (preset tsan).
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import { after, before, test } from "node:test";
import { transports, versions } from "./support/clients.mjs";
import { ask } from "./support/crowd.mjs";
import { nextEvent, startServer } from "./support/program.mjs";

const clients = 200;
const seconds = 15;
const rooms = 8;
const ways = [transports.polling, transports.websocket, transports.upgrade];
const makers = Object.values(versions);

let server;
before(async () => {
  server = await startServer("tests/interop_server", [], { THREADS: "4", PATIENT: "yes" });
});
after(async () => {
  // A sanitizer that has found something ends the program with a status of its own.
  const ended = await server.stop();
  assert.ok(!/Sanitizer/.test(server.output), server.output);
  assert.deepEqual(ended, { code: 0, signal: null });
});

// The same choices in every run.
function chances(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) % below;
  };
}

/** A handshake by polling, a poll that nobody waits for the end of, and half a POST. */
async function abortRequests() {
  const answer = await fetch(`${server.url}/socket.io/?EIO=4&transport=polling`, { signal: AbortSignal.timeout(20_000) });
  const sid = JSON.parse((await answer.text()).slice(1)).sid;
  for (const [method, rest] of [["GET", "\r\n"], ["POST", "Content-Length: 100\r\n\r\n40"]]) {
    const socket = connectTcp(server.port, "127.0.0.1");
    socket.on("error", () => {});
    socket.write(`${method} /socket.io/?EIO=4&transport=polling&sid=${sid} HTTP/1.1\r\nHost: a\r\n${rest}`);
    await once(socket, "connect");
    socket.destroy();
  }
}

class Visitor {
  constructor(number, done) {
    this.chance = chances(number);
    this.done = done;
    this.options = { forceNew: true, reconnection: false, ...ways[number % ways.length] };
    this.make = makers[number % makers.length];
  }

  async live(end) {
    while (performance.now() < end) {
      const socket = this.make(server.url, this.options);
      socket.on("to all", () => this.count("heard"));
      socket.on("said", () => this.count("heard"));
      try {
        await nextEvent(socket, "connect", 30_000);
        this.count("connects");
        await this.visit(socket, end);
      } finally {
        socket.disconnect();
      }
    }
  }

  /** Until it has had enough, or was disconnected. */
  async visit(socket, end) {
    const gone = new Promise((resolve) => socket.once("disconnect", () => resolve("gone")));
    for (let steps = 2 + this.chance(12); steps > 0 && socket.connected && performance.now() < end; --steps) {
      if ((await Promise.race([this.act(socket), gone])) === "gone") return;
      await new Promise((resolve) => setTimeout(resolve, this.chance(150)));
    }
  }

  async act(socket) {
    const room = `room ${this.chance(rooms)}`;
    switch (this.chance(16)) {
      case 0:
        return this.did("broadcasts", socket.emit("say to all", "all"));
      case 1:
      case 2:
        return this.did("broadcasts", socket.emit("say to room", room, "some"));
      case 3:
      case 4:
      case 5:
        return this.did("joins", await ask(socket, "join", room));
      case 6:
        return this.did("joins", await ask(socket, "leave", room));
      case 7:
      case 8:
        return this.did("fetches", assert.ok(Array.isArray(await ask(socket, "who is in", room))));
      case 9:
        return this.did("aborts", await abortRequests());
      case 10:
        return this.did("ends", socket.emit("disconnect me", this.chance(2) === 0));
      case 11:
        return this.did("acks", assert.deepEqual(await ask(socket, "negate", Buffer.from([1, 2])), Buffer.from([255, 254])));
      default:
        return this.did("acks", assert.equal(await ask(socket, "add", 20, 22), 42));
    }
  }

  // The second argument is what has been done by then.
  did(what) {
    this.count(what);
  }

  count(what) {
    this.done[what] = (this.done[what] ?? 0) + 1;
  }
}

test(`${clients} clients over all transports: everybody who asks is answered`, { timeout: 85_000 }, async (context) => {
  const done = {};
  const end = performance.now() + seconds * 1000;
  await Promise.all(Array.from({ length: clients }, (_, number) => new Visitor(number + 1, done).live(end)));
  context.diagnostic(JSON.stringify(done));
  for (const what of ["connects", "heard", "broadcasts", "joins", "fetches", "aborts", "ends", "acks"]) assert.ok(done[what] >= clients / 4, `${what}: ${done[what]}`);

  // Nothing of all that is left, but for sessions that nobody has closed yet.
  const last = versions["4.8"](server.url, { forceNew: true, reconnection: false });
  await nextEvent(last, "connect");
  assert.equal(await ask(last, "add", 1, 1), 2);
  last.disconnect();
});
