// SPDX-License-Identifier: MIT
// permessage-deflate (RFC 7692) between a WebSocket server and npm's ws, Node's own client and a browser.
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connectPlain } from "node:net";
import { after, before, test } from "node:test";
import { deflateRawSync, constants } from "node:zlib";
import { WebSocket as WsClient } from "ws";
import { launchBrowser, openPage } from "./support/browser.mjs";
import { agreements, contents, messages, sendIn, shapes } from "./support/compression.mjs";
import { startServer } from "./support/program.mjs";

let server;
before(async () => (server = await startServer("tests/interop_compression")));
after(async () => assert.deepEqual(await server.stop(), { code: 0, signal: null }));

const opened = [];
after(() => opened.forEach((socket) => socket.terminate()));

async function open(path, perMessageDeflate = { threshold: 0 }) {
  const socket = new WsClient(`ws://127.0.0.1:${server.port}${path}`, { perMessageDeflate });
  opened.push(socket);
  socket.once("upgrade", ({ headers }) => (socket.agreed = headers["sec-websocket-extensions"] ?? ""));
  await once(socket, "open");
  return socket;
}

const text = (data, isBinary) => (isBinary ? data : `${data}`);

/** Sends all of them, and takes what comes back. */
async function echo(socket, all, frame) {
  const heard = [];
  const done = new Promise((resolve, reject) => {
    socket.on("message", (data, isBinary) => heard.push(text(data, isBinary)) === all.length && resolve());
    socket.on("close", (code, reason) => reject(new Error(`closed ${code} ${reason}`)));
  });
  for (const message of all) sendIn(socket, message, frame);
  await done;
  return heard;
}

async function checkEcho(path, options, shape, content) {
  const socket = await open(path, options);
  assert.match(socket.extensions, /^permessage-deflate/);
  const all = messages(shape, content);
  assert.deepEqual(await echo(socket, all, shape[1]), all);
  socket.close();
  await once(socket, "close");
}

for (const content of Object.keys(contents)) {
  test(`${content}: whole and in frames, of every size`, async () => {
    for (const shape of shapes) await checkEcho("/everything", { threshold: 0, clientMaxWindowBits: true }, shape, content);
  });
}

for (const [name, agreement] of Object.entries(agreements)) {
  test(`agreement "${name}": whole and in frames, of every size`, async () => {
    for (const shape of shapes) await checkEcho("/everything", { threshold: 0, ...agreement }, shape, "JSON of positions");
  });
}

test("each setting of a server understands each setting of a client", async () => {
  for (const path of ["/default", "/small", "/no-takeover", "/best", "/cap"])
    for (const agreement of Object.values(agreements))
      await checkEcho(path, { threshold: 0, ...agreement }, [4096, 0], "JSON of people");
});

test("what is agreed to is what was asked for, as far as the server goes", async () => {
  const extensions = async (path, options) => (await open(path, options)).agreed;
  assert.equal(await extensions("/default", { clientMaxWindowBits: true }), "permessage-deflate; client_max_window_bits=12");
  assert.equal(await extensions("/default", { serverMaxWindowBits: 10 }), "permessage-deflate; server_max_window_bits=10; client_max_window_bits=12");
  assert.equal(await extensions("/default", { serverMaxWindowBits: 8 }), "");
  assert.equal(await extensions("/no-takeover"), "permessage-deflate; server_no_context_takeover; client_no_context_takeover; client_max_window_bits=12");
  assert.equal(await extensions("/off"), "");
  assert.equal(await extensions("/default", false), "");
});

test("a broadcast and a message that is not to be compressed arrive as they were said", async () => {
  const all = await Promise.all([open("/best"), open("/best", false), open("/best", { serverNoContextTakeover: true }), open("/best", { serverNoContextTakeover: true })]);
  for (let round = 0; round < 3; ++round) {
    const said = `to all: ${"hello ".repeat(200)}${round}`;
    const heard = all.map((socket) => once(socket, "message"));
    all[0].send(said);
    for (const [data] of await Promise.all(heard)) assert.equal(`${data}`, said);
  }
  const answer = once(all[0], "message");
  all[0].send("as it is: x");
  assert.equal(`${(await answer)[0]}`, "as it is: x");
});

test("a bomb ends its own connection with 1009, and costs the server nothing that lasts", async () => {
  const healthy = await open("/default");
  const bomb = deflateRawSync(Buffer.alloc(64_000_000), { finishFlush: constants.Z_SYNC_FLUSH });
  for (let i = 0; i < 20; ++i) {
    const socket = await open("/default");
    const closed = once(socket, "close");
    // The frame of what was compressed elsewhere: RSV1 set, masked with a key of nothing.
    const header = Buffer.from([0xc2, 0xfe, 0, 0, 0, 0, 0, 0]);
    header.writeUInt16BE(bomb.length - 4, 2);
    socket._socket.write(Buffer.concat([header, bomb.subarray(0, -4)]));
    assert.equal((await closed)[0], 1009);
  }
  const answer = once(healthy, "message");
  healthy.send("still there");
  assert.equal(`${(await answer)[0]}`, "still there");
});

test("a connection that breaks off in the middle of a compressed message leaves nothing behind", async () => {
  const head = "GET /default HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" +
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n";
  for (const octets of [[0x41, 0x83, 0, 0, 0, 0, 0xf2, 0x48, 0xcd], [0xc1, 0xff], [0xc1, 0x84, 0, 0, 0, 0, 0xf2]]) {
    const stream = connectPlain(server.port, "127.0.0.1");
    await once(stream, "connect");
    stream.write(head);
    await once(stream, "data");
    stream.end(Buffer.from(octets));
    stream.resume();
    await once(stream, "close");
  }
  const answer = await open("/default");
  assert.match(answer.agreed, /permessage-deflate/);
});

test("Node's own client and a browser compress what they say", async () => {
  const said = "a sentence that repeats itself, ".repeat(200);
  if (globalThis.WebSocket) {
    const socket = new globalThis.WebSocket(`ws://127.0.0.1:${server.port}/everything`);
    await once(socket, "open");
    assert.match(socket.extensions, /permessage-deflate/);
    for (let round = 0; round < 3; ++round) {
      const [heard] = await Promise.all([once(socket, "message"), socket.send(said)]);
      assert.equal(heard.data, said);
    }
    socket.close();
  }
  const browser = await launchBrowser();
  try {
    const page = await openPage(await browser.newContext(), server.url);
    for (const path of ["/default", "/everything", "/small", "/no-takeover"]) {
      const result = await page.evaluate(async ({ path, said }) => {
        const socket = new WebSocket(`ws://${location.host}${path}`);
        await new Promise((resolve, reject) => Object.assign(socket, { onopen: resolve, onerror: reject }));
        const heard = [];
        for (let round = 0; round < 3; ++round) {
          const answer = new Promise((resolve, reject) => Object.assign(socket, { onmessage: (event) => resolve(event.data), onclose: reject }));
          socket.send(said);
          heard.push(await answer);
        }
        return { extensions: socket.extensions, heard };
      }, { path, said });
      assert.match(result.extensions, /^permessage-deflate/, path);
      assert.deepEqual(result.heard, [said, said, said], path);
    }
  } finally {
    await browser.close();
  }
});
