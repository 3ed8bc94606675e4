// SPDX-License-Identifier: MIT
// `parley ws` in a terminal, with a server of `ws`; and where it listens, with its clients.
import assert from "node:assert/strict";
import { once } from "node:events";
import { afterEach, test } from "node:test";
import { WebSocket, WebSocketServer } from "ws";
import { Program, until } from "./support/program.mjs";
import { Terminal } from "./support/terminal.mjs";

const path = "apps/parley/parley";
const closing = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function echoServer() {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await once(server, "listening");
  server.on("connection", (socket, request) => {
    server.one = socket;
    server.headers = request.headers;
    socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
  closing.push(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  server.url = `ws://127.0.0.1:${server.address().port}`;
  return server;
}

function open(...args) {
  const terminal = new Terminal(path, ["ws", ...args]);
  closing.push(() => terminal.close());
  return terminal;
}

test("messages appear above the line that is being typed", async () => {
  const server = await echoServer();
  const terminal = open(server.url, "--header", "X-Key: secret");
  await terminal.shows(/parley: connected\n>$/);
  assert.equal(server.headers["x-key"], "secret");
  terminal.type("half");
  await terminal.showsRow("> half");
  server.one.send("news 中文");
  await terminal.shows(/^< news 中文\n> half$/m);
  terminal.press("Enter");
  await terminal.shows(/^> half\n< half\n>$/m);
  server.one.send(Buffer.from([0, 0x1b, 0xff]));
  await terminal.shows(/^< \(3 octets\) 00 1b ff$/m);
  server.one.send("\x1b[2J");
  await terminal.shows(/^< \?\[2J$/m);
  server.one.close(1012, "for an update");
  await terminal.shows(/parley: closed: 1012 \(restarting\) for an update\nended with 1, icanon/);
});

test("Ctrl-C and Ctrl-D say goodbye, and give the terminal back", async () => {
  for (const key of ["C-c", "C-d"]) {
    const server = await echoServer();
    const terminal = open(server.url, "--binary");
    await terminal.shows(/connected\n>$/);
    terminal.type("abc");
    terminal.press("Enter");
    await terminal.shows(/< \(3 octets\) abc/);
    const closed = once(server.one, "close");
    terminal.press(key);
    assert.equal((await closed)[0], 1000);
    await terminal.shows(/closed: 1000 \(done\)\nended with 0, icanon/);
  }
});

test("it listens, and what is typed goes to all", async () => {
  const terminal = open("--listen", "0", "--subprotocol", "talk");
  await terminal.shows(/listening on ws:\/\/localhost:\d+/);
  const [, port] = /localhost:(\d+)/.exec(terminal.screen());
  const clients = [];
  for (let number = 1; number <= 2; ++number) {
    const client = new WebSocket(`ws://localhost:${port}/any/path`, ["talk"]);
    client.heard = [];
    client.on("message", (data) => client.heard.push(String(data)));
    await once(client, "open");
    assert.equal(client.protocol, "talk");
    clients.push(client);
    await terminal.shows(new RegExp(`parley: ${number} connected from `));
  }
  clients[1].send("hello");
  await terminal.shows(/^2< hello$/m);
  terminal.type("to all");
  terminal.press("Enter");
  await until(() => clients.every((client) => client.heard.includes("to all")), "the line arrives at both");
  clients[0].close(3001, "enough");
  await terminal.shows(/parley: 1 closed: 3001 enough/);
  const gone = once(clients[1], "close");
  terminal.press("C-c");
  await gone;
  await terminal.shows(/ended with 0, icanon/);
});

test("in a pipe it listens until it is ended, and says what it cannot do", async () => {
  const listener = new Program(path, ["ws", "-l", "0", "--host", "127.0.0.1"], {}, '"$0" "$@" </dev/null & trap "kill -TERM $!" TERM INT; wait; wait');
  const [, port] = await listener.printed(/listening on ws:\/\/127\.0\.0\.1:(\d+)/);
  const client = new WebSocket(`ws://127.0.0.1:${port}`);
  await once(client, "open");
  client.send("hello");
  await listener.printed(/^1< hello$/m);
  const taken = new Program(path, ["ws", "--listen", port, "--host", "127.0.0.1"], {});
  assert.equal((await taken.exited).code, 1);
  assert.match(taken.output, /^parley: .*already in use/m);
  await listener.stop("SIGTERM");
  for (const [args, sentence] of [
    [["ws"], /"parley ws" needs: URL, or --listen PORT\./],
    [["ws", "--listen", "70000"], /too large/],
    [["ws", "ws://localhost", "--listen", "1"], /excludes/],
    [["ws", "ws://localhost", "--host", "x"], /requires/],
  ]) {
    const program = new Program(path, args, {});
    assert.equal((await program.exited).code, 2, program.output);
    assert.match(program.output, sentence);
  }
});
