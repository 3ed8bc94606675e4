// SPDX-License-Identifier: MIT
// The first server of the README, compiled as it stands there: it listens on port 3000 and is a chat.
import assert from "node:assert/strict";
import { test } from "node:test";
import { closeAll, versions } from "./support/clients.mjs";
import { nextEvent, Program } from "./support/program.mjs";

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
