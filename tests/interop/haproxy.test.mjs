// SPDX-License-Identifier: MIT
// The chat behind haproxy as docs/deployment.md configures it.
import assert from "node:assert/strict";
import { get } from "node:http";
import { after, before, test } from "node:test";
import { closeAll, versions } from "./support/clients.mjs";
import { startHaproxy } from "./support/haproxy.mjs";
import { nextEvent, startServer, until } from "./support/program.mjs";

let server;
let haproxy;
let operators;

before(async () => {
  server = await startServer("apps/parley/parley", ["serve", "--trust-proxy", "127.0.0.1", "--operator-port", "0"]);
  [, operators] = await server.printed(/operators: 127\.0\.0\.1:(\d+)/);
  haproxy = await startHaproxy(server.port, { question: "GET /readyz", where: `port ${operators}` });
});
after(() => haproxy?.stop());

test("clients come through haproxy by each transport, and upgrade", async () => {
  const sockets = [];
  for (const [name, transports] of [["Ada", ["polling"]], ["Ben", ["websocket"]], ["Cy", ["polling", "websocket"]]]) {
    const socket = versions["4.8"](haproxy.url, { forceNew: true, reconnection: false, transports, auth: { name } });
    sockets.push(socket);
    await nextEvent(socket, "welcome");
    const last = transports.at(-1);
    await until(() => socket.io.engine.transport.name === last, `${name} has ${last}`);
  }
  closeAll(sockets);
});

test("the client is who it is, whatever it says itself", async () => {
  const web = await startServer("tests/interop_web", [], { TRUST_PROXY: "127.0.0.1" });
  const proxy = await startHaproxy(web.port, { question: "GET /who", where: "" });
  const who = await new Promise((resolve, reject) => {
    const headers = { "X-Forwarded-For": "6.6.6.6", Host: "chat.example" };
    get(`${proxy.url}/who`, { headers, localAddress: "127.0.0.2", agent: false }, async (answer) => resolve(JSON.parse((await answer.toArray()).join("")))).on("error", reject);
  });
  assert.deepEqual(who, { address: "127.0.0.2", secure: false, host: "chat.example" });
  await proxy.stop();
  await web.stop();
});

test("a server that is about to end gets no clients any more", async () => {
  assert.deepEqual(await server.stop("SIGTERM"), { code: 0, signal: null });
  await until(async () => (await fetch(haproxy.url, { headers: { connection: "close" } })).status === 503, "haproxy knows that it is gone");
});
