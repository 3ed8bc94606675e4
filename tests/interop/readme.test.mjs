// SPDX-License-Identifier: MIT
// The programs of the README, compiled as they stand there, on the ports that they have: 3000 and 8080.
import assert from "node:assert/strict";
import { test } from "node:test";
import { WebSocket } from "ws";
import { closeAll, versions } from "./support/clients.mjs";
import { next, nextEvent, Program, until } from "./support/program.mjs";

test("the first program of the README relays chat messages to everybody", async () => {
  const server = new Program("tests/doc_readme_1", [], {});
  const sockets = [0, 1].map(() => versions["4.8"]("http://127.0.0.1:3000", { forceNew: true, reconnectionDelay: 50 }));
  try {
    const ended = server.exited.then(() => assert.fail(`the program ended: ${server.output}`));
    await Promise.race([ended, Promise.all(sockets.map((socket) => nextEvent(socket, "connect")))]);
    const heard = sockets.map((socket) => nextEvent(socket, "chat message"));
    sockets[0].emit("chat message", "hello");
    assert.deepEqual(await Promise.all(heard), [["hello"], ["hello"]]);
    assert.match(server.output, /^Listening on http:\/\/localhost:3000$/m);
    assert.match(await (await fetch("http://127.0.0.1:3000/")).text(), /<h1>A Socket\.IO server runs here<\/h1>/);
    const bundle = await fetch("http://127.0.0.1:3000/socket.io/socket.io.js");
    assert.match(await bundle.text(), /Socket\.IO v4\.8\.4/);
  } finally {
    closeAll(sockets);
    await server.stop();
  }
  assert.equal(server.exitCode, 0);
});

test("the second program answers a request, lets in who has the token, and asks for names", async () => {
  const server = new Program("tests/doc_readme_2", [], {});
  const connect = (token) => versions["4.8"]("http://127.0.0.1:3000", { forceNew: true, reconnectionDelay: 50, auth: { token } });
  const [a, b] = ["open sesame", "open sesame"].map(connect);
  const asked = [a, b].map((socket) => nextEvent(socket, "name?"));
  try {
    const ended = server.exited.then(() => assert.fail(`the program ended: ${server.output}`));
    const [[answer]] = await Promise.race([ended, Promise.all(asked)]);
    const joined = nextEvent(b, "joined");
    answer("Ada");
    assert.deepEqual(await joined, ["Ada"]);
    const moved = nextEvent(b, "moved");
    assert.equal(await a.timeout(10_000).emitWithAck("move", { x: 3, y: 4 }), 7);
    assert.deepEqual(await moved, [a.id, { x: 3, y: 4 }]);
    const stranger = connect("please");
    assert.equal((await nextEvent(stranger, "connect_error"))[0].message, "not authorized");
    closeAll([stranger]);
    assert.deepEqual(await (await fetch("http://127.0.0.1:3000/hello/Bob")).json(), { hello: "Bob" });
  } finally {
    closeAll([a, b]);
    await server.stop();
  }
  assert.equal(server.exitCode, 0);
});

test("the third program echoes text as text and binary as binary", async () => {
  const server = new Program("tests/doc_readme_3", [], {});
  try {
    const socket = await until(async () => {
      const attempt = new WebSocket("ws://127.0.0.1:8080");
      return (await next(attempt, "open").catch(() => undefined)) && attempt;
    }, "a connection");
    for (const [sent, isBinary] of [["tea", false], [Buffer.from([0xff, 0]), true]]) {
      socket.send(sent);
      assert.deepEqual(await next(socket, "message"), [Buffer.from(sent), isBinary]);
    }
    socket.close();
    await next(socket, "close");
  } finally {
    await server.stop();
  }
  assert.equal(server.exitCode, 0);
});
