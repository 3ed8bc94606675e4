// SPDX-License-Identifier: MIT
// `parley emit`, `listen` and `ws`, as a shell starts them, against servers that others wrote and ours.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { WebSocketServer } from "ws";
import { Program, startServer, until } from "./support/program.mjs";

const { Server } = createRequire(import.meta.url)("socket.io");
const folder = mkdtempSync(join(tmpdir(), "parley-commands-"));
const http = createServer();
const io = new Server(http);
const heard = [];
let url;

before(async () => {
  io.of("/admin").use((socket, next) => (socket.handshake.auth.token === "secret" ? next() : next(new Error("who are you?"))));
  for (const nsp of [io, io.of("/admin")]) {
    nsp.on("connection", (socket) => {
      socket.onAny((event, ...values) => heard.push([event, ...values.filter((value) => typeof value !== "function")]));
      socket.on("add", (a, b, ack) => ack(a + b, { ok: true }));
      socket.on("say", (...values) => socket.broadcast.emit("said", ...values));
    });
  }
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  url = `http://127.0.0.1:${http.address().port}`;
});
after(() => {
  rmSync(folder, { recursive: true });
  io.close();
  http.closeAllConnections();
});

/** What a command prints and how it ends. */
async function run(...args) {
  const program = new Program("apps/parley/parley", args, {});
  const { code } = await program.exited;
  return { code, output: program.output };
}

test("emit delivers JSON, text and octets over each transport, and prints what is answered", async () => {
  writeFileSync(join(folder, "octets"), Buffer.from([0, 1, 255]));
  for (const transport of ["polling", "websocket", "any"]) {
    heard.length = 0;
    assert.deepEqual(await run("emit", url, "news", '{"a":[1,null]}', "plain text", "7", "--binary", join(folder, "octets"), "--transport", transport), { code: 0, output: "" });
    await until(() => heard.length > 0, "the event");
    assert.deepEqual(heard, [["news", { a: [1, null] }, "plain text", 7, Buffer.from([0, 1, 255])]]);
    assert.deepEqual(await run("emit", url, "add", "2", "40", "--ack", "--transport", transport), { code: 0, output: '42\n{"ok":true}\n' });
  }
});

test("emit says in a sentence why not, and its status says that it did not", async () => {
  for (const [args, sentence] of [
    [[url, "nobody answers", "--ack", "--timeout", "1"], /no acknowledgement: operation has timed out/],
    [[url, "x", "-n", "/admin"], /The namespace refused: who are you\?/],
    [[url, "x", "-n", "/none"], /The namespace refused: Invalid namespace/],
    [["http://127.0.0.1:1", "x"], /Nothing listens on 127\.0\.0\.1:1/],
    [[url, "connect"], /the name is reserved/],
    [[url, "x", "--binary", join(folder, "missing")], /missing cannot be read/],
    [[url, "x", "--auth", "secret"], /--auth is no JSON object/],
    [[url, "x", "--header", "secret"], /has no colon/],
    [["localhost:3000", "x"], /begin it with http/],
  ]) {
    const { code, output } = await run("emit", ...args);
    assert.equal(code, 1, output);
    assert.match(output, sentence);
  }
  for (const [args, sentence] of [
    [["emit", url], /"parley emit" needs: URL, EVENT\. See: parley emit --help/],
    [["emit", url, "x", "--transport", "pigeon"], /"pigeon" is no transport\. Give one of any, polling, websocket\./],
    [["listen"], /"parley listen" needs: URL/],
    [["ws", "ws://localhost", "--bogus"], /"parley ws" has no option --bogus/],
  ]) {
    const { code, output } = await run(...args);
    assert.equal(code, 2, output);
    assert.match(output, sentence);
  }
});

test("emit goes to a namespace with what it says about itself", async () => {
  assert.deepEqual(await run("emit", url, "add", "1", "2", "--ack", "-n", "admin", "--auth", '{"token":"secret"}'), { code: 0, output: '3\n{"ok":true}\n' });
});

test("listen prints the events that it is asked for, also when the server has been away", async () => {
  const server = await startServer("examples/broadcast_chat");
  const listener = new Program("apps/parley/parley", ["listen", server.url, "--json"], {});
  await listener.printed(/connected to/);
  await listener.printed(/\["chat message","Welcome to the chat!"\]/);
  const { code } = await run("emit", server.url, "chat message", "hello");
  assert.equal(code, 0);
  await listener.printed(/\["chat message","Server: hello"\]/);
  await server.stop();
  await listener.printed(/disconnected: transport close/);
  const again = await startServer("examples/broadcast_chat", [], { PORT: String(server.port) });
  await listener.printed(/Welcome[^]*Welcome/);
  await listener.stop();
  await again.stop();

  const chosen = new Program("apps/parley/parley", ["listen", url, "said"], {});
  await chosen.printed(/connected to/);
  await run("emit", url, "say", "1", '{"b":2}');
  await chosen.printed(/^said 1 \{"b":2\}$/m);
  await chosen.stop();
});

test("ws sends lines and prints messages, and says how it ended", async () => {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1", handleProtocols: (offered) => [...offered].at(-1) });
  await once(server, "listening");
  const address = `ws://127.0.0.1:${server.address().port}/path`;
  server.on("connection", (socket) => socket.on("message", (data, isBinary) => (String(data) === "bye" ? socket.close(3001, "so long") : socket.send(data, { binary: isBinary }))));
  const fed = (text, ...args) => new Program("apps/parley/parley", ["ws", address, ...args], { FED: text }, 'exec "$0" "$@" < <(printf %b "$FED")');
  const piped = fed("hello\\nzwei ü\\n", "--subprotocol", "one", "--subprotocol", "two");
  assert.deepEqual(await piped.exited, { code: 0, signal: null });
  for (const line of [/^hello$/m, /^zwei ü$/m, /connected, subprotocol two/, /closed: 1000/]) assert.match(piped.output, line);
  const ended = fed("bye\\n");
  assert.equal((await ended.exited).code, 1);
  assert.match(ended.output, /closed: 3001 so long/);
  // Again and again: what is fed is there before the connection.
  for (let i = 0; i < 10; ++i) {
    const binary = fed("abc\\n", "--binary");
    await binary.exited;
    assert.match(binary.output, /^\(3 octets\) abc$/m);
  }
  server.close();
  const nobody = new Program("apps/parley/parley", ["ws", "ws://127.0.0.1:1"], {});
  assert.equal((await nobody.exited).code, 1);
  assert.match(nobody.output, /Nothing listens/);
});
