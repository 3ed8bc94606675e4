// SPDX-License-Identifier: MIT
// permessage-deflate (RFC 7692) between a WebSocket server and npm's ws, Node's own client and a browser.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { connect as connectPlain } from "node:net";
import { after, before, test } from "node:test";
import { deflateRawSync, constants } from "node:zlib";
import { WebSocketServer as WsServer, WebSocket as WsClient } from "ws";
import { launchBrowser, openPage } from "./support/browser.mjs";
import { agreements, contents, messages, sendIn, shapes } from "./support/compression.mjs";
import { closeAll, versions } from "./support/clients.mjs";
import { DrivenClient, killAll } from "./support/driven_client.mjs";
import { next, Program, startServer, until } from "./support/program.mjs";

const { Server } = createRequire(import.meta.url)("socket.io");

let server;
before(async () => (server = await startServer("tests/interop_compression")));
after(async () => assert.deepEqual(await server.stop(), { code: 0, signal: null }));

const opened = [];
after(() => opened.forEach((socket) => socket.terminate()));
after(killAll);

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
  let take, fail;
  const done = new Promise((resolve, reject) => {
    take = (data, isBinary) => heard.push(text(data, isBinary)) === all.length && resolve();
    fail = (code, reason) => reject(new Error(`closed ${code} ${reason}`));
  });
  socket.on("message", take).on("close", fail);
  for (const message of all) sendIn(socket, message, frame);
  await done;
  socket.off("message", take).off("close", fail);
  return heard;
}

async function checkEchoOf(socket, shape, content) {
  const all = messages(shape, content);
  assert.deepEqual(await echo(socket, all, shape[1]), all);
}

async function checkEcho(path, options, shape, content) {
  const socket = await open(path, options);
  assert.match(socket.extensions, /^permessage-deflate/);
  await checkEchoOf(socket, shape, content);
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

for (const [version, io] of Object.entries(versions)) {
  for (const transports of [["websocket"], ["polling", "websocket"]]) {
    test(`official client ${version} over ${transports.join(" and ")}: packets and attachments, compressed and not`, async () => {
      const sockets = [{}, { perMessageDeflate: { threshold: 0 } }, { perMessageDeflate: false }].map((options) =>
        io(server.url, { forceNew: true, reconnection: false, transports, ...options }));
      try {
        await Promise.all(sockets.map((socket) => next(socket, "connect")));
        if (transports.length > 1)
          await until(() => sockets.every((socket) => socket.io.engine.transport.name === "websocket"), "all have upgraded");
        const large = { rows: Array.from({ length: 400 }, (_, i) => ({ id: i, name: `number ${i}` })) };
        for (const socket of sockets) {
          const answer = await new Promise((resolve) => socket.emit("echo", large, resolve));
          assert.deepEqual(answer, large);
          const octets = Buffer.alloc(5_000, "ab");
          const [file] = await Promise.all([next(socket, "file"), socket.emit("file", octets)]);
          assert.deepEqual(Buffer.from(file[0]), octets);
        }
        for (const event of ["to all", "plain to all", "to all"]) {
          const text = `${event} `.repeat(300);
          const heard = sockets.map((socket) => next(socket, "said"));
          sockets[0].emit(event, text);
          for (const [said] of await Promise.all(heard)) assert.equal(said, text);
        }
      } finally {
        closeAll(sockets);
      }
    });
  }
}

/** A server of npm's ws to which our client connects, which sends back what it hears; resolves with its socket there. */
async function withClient(perMessageDeflate, [bits, takeover], ask) {
  const wss = new WsServer({ port: 0, host: "127.0.0.1", perMessageDeflate });
  await once(wss, "listening");
  const client = new Program("tests/interop_compression_client", [`ws://127.0.0.1:${wss.address().port}`, bits, takeover], {});
  const [socket] = await once(wss, "connection");
  try {
    await ask(socket);
    socket.close(4000, "enough");
    await client.printed(/closed 4000 enough/);
    assert.deepEqual(await client.exited, { code: 0, signal: null });
  } finally {
    client.kill("SIGKILL");
    wss.close();
  }
}

const clientSettings = [["15", "takeover"], ["9", "takeover"], ["12", "none"]];

for (const content of Object.keys(contents)) {
  test(`our client, ${content}: whole and in frames, of every size`, () =>
    withClient({ threshold: 0 }, clientSettings[0], async (socket) => {
      assert.match(socket.extensions, /permessage-deflate/);
      for (const shape of shapes) await checkEchoOf(socket, shape, content);
    }));
}

for (const [i, [name, agreement]] of Object.entries(agreements).entries()) {
  const setting = clientSettings[i % clientSettings.length];
  test(`our client with ${setting.join(" bits, ")}, and a server with agreement "${name}"`, () =>
    withClient({ threshold: 0, ...agreement }, setting, async (socket) => {
      assert.match(socket.extensions, /permessage-deflate/);
      for (const shape of shapes) await checkEchoOf(socket, shape, "JSON of positions");
    }));
}

test("our client at a server without compression, and at one that bombs it", async () => {
  await withClient(false, clientSettings[0], async (socket) => {
    assert.equal(socket.extensions, "");
    await checkEchoOf(socket, [4096, 0], "JSON of people");
  });
  const wss = new WsServer({ port: 0, host: "127.0.0.1", perMessageDeflate: { threshold: 0 } });
  await once(wss, "listening");
  const client = new Program("tests/interop_compression_client", [`ws://127.0.0.1:${wss.address().port}`, "15", "takeover"], {});
  const [socket] = await once(wss, "connection");
  socket.on("error", () => {});
  socket.send(Buffer.alloc(110_000_000));
  try {
    await client.printed(/closed 1009 the message is too big/);
    assert.deepEqual(await client.exited, { code: 0, signal: null });
  } finally {
    wss.close();
  }
});

test("our Socket.IO client at the official server with perMessageDeflate", async () => {
  const http = createServer();
  const io = new Server(http, { perMessageDeflate: { threshold: 64 } });
  io.on("connection", (socket) => socket.on("echo", (value, answer) => answer(value)));
  await new Promise((resolve) => http.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${http.address().port}`;
  try {
    for (const options of [{ transports: ["websocket"] }, {}]) {
      const connected = once(io, "connection");
      const client = new DrivenClient(url, { ...options, perMessageDeflate: true });
      const [socket] = await connected;
      await until(() => socket.conn.transport.name === "websocket", "the WebSocket");
      assert.match(socket.conn.transport.socket.extensions, /permessage-deflate/);
      const text = "a sentence that repeats itself, ".repeat(300);
      const heard = once(socket, "hello");
      client.do({ emit: ["hello", text] });
      assert.equal((await heard)[0], text);
      socket.emit("said", text);
      await client.next(["event", "/", "said", text]);
      await client.end();
    }
  } finally {
    io.close();
  }
});

test("our Socket.IO client compresses what is long, and not what it is told to leave", async () => {
  const wss = new WsServer({ port: 0, host: "127.0.0.1", perMessageDeflate: { threshold: 0 } });
  await once(wss, "listening");
  const heard = [];
  wss.on("connection", (socket, request) => {
    // The first octet of each frame; the client sends one frame at a time here.
    let first;
    request.socket.prependListener("data", (octets) => (first = octets[0]));
    socket.send('0{"sid":"a","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}');
    socket.on("message", (data) => {
      if (`${data}` === "40") return socket.send('40{"sid":"b"}');
      heard.push([first, `${data}`.length]);
      socket.send('42["go on"]');
    });
  });
  const client = new DrivenClient(`http://127.0.0.1:${wss.address().port}`, { transports: ["websocket"], perMessageDeflate: true });
  try {
    await client.next(["connect"]);
    for (const command of [{ emit: ["said", "x".repeat(200)] }, { emit: ["said", "x".repeat(200)], compress: false }, { emit: ["said", "x"] }]) {
      client.do(command);
      await client.next(["event", "/", "go on"]);
    }
    assert.deepEqual(heard, [[0xc1, 213], [0x81, 213], [0x81, 14]]);
    await client.end();
  } finally {
    wss.close();
    killAll();
  }
});

test("parley serve compresses where it is told to", async () => {
  for (const [args, agreed] of [[[], ""], [["--per-message-deflate"], "permessage-deflate; client_max_window_bits=12"]]) {
    const chat = await startServer("apps/parley/parley", ["serve", ...args]);
    try {
      const socket = new WsClient(`ws://127.0.0.1:${chat.port}/socket.io/?EIO=4&transport=websocket`);
      const [[answer]] = await Promise.all([once(socket, "upgrade"), once(socket, "open")]);
      assert.equal(answer.headers["sec-websocket-extensions"] ?? "", agreed);
      socket.terminate();
    } finally {
      await chat.stop();
    }
  }
});
