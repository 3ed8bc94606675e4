// SPDX-License-Identifier: MIT
// A server on four threads and many official clients, directly and behind a proxy that sends the requests of all sessions over
// whichever connection is free: no sticky sessions anywhere.
import assert from "node:assert/strict";
import * as http from "node:http";
import * as https from "node:https";
import { after, before, test } from "node:test";
import { closeAll, versions } from "./support/clients.mjs";
import { ask, checkCrowd } from "./support/crowd.mjs";
import { nextEvent, startServer, until } from "./support/program.mjs";
import { connectTo } from "./support/raw.mjs";

let server;
let proxy;
const { Agent, request } = process.env.CERTIFICATES ? https : http;
const agent = new Agent({ keepAlive: true, scheduling: "fifo" });
const seen = { requests: 0, connections: new Set() };

before(async () => {
  server = await startServer("tests/interop_server", [], { THREADS: "4" });
  proxy = http.createServer((incoming, outgoing) => {
    const { method, url, headers } = incoming;
    const upstream = request({ agent, port: server.port, method, path: url, headers: { ...headers, connection: "keep-alive" } }, (answer) => {
      outgoing.writeHead(answer.statusCode, answer.headers);
      answer.pipe(outgoing);
    });
    upstream.on("socket", (socket) => seen.connections.add(socket));
    upstream.on("error", () => outgoing.destroy());
    outgoing.on("close", () => upstream.destroy());
    incoming.pipe(upstream);
    ++seen.requests;
  });
  proxy.on("upgrade", (incoming, socket, head) => {
    const upstream = connectTo(server.port, () => {
      const lines = Object.entries(incoming.headers).map(([name, value]) => `${name}: ${value}`);
      upstream.write(`GET ${incoming.url} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);
      upstream.write(head);
      upstream.pipe(socket).pipe(upstream);
    });
    for (const end of [upstream, socket]) end.on("error", () => [upstream, socket].forEach((other) => other.destroy()));
  });
  await new Promise((resolve) => proxy.listen(0, "127.0.0.1", resolve));
});
after(async () => {
  agent.destroy();
  proxy.closeAllConnections();
  proxy.close();
  assert.deepEqual(await server.stop(), { code: 0, signal: null });
});

for (const [where, url, rounds] of [
  ["directly", () => server.url, 5],
  ["behind a proxy that mixes sessions", () => `http://127.0.0.1:${proxy.address().port}`, 3],
]) {
  test(`${where}: every client hears every broadcast once, in order, and has its own answers`, { timeout: 120_000 }, () => checkCrowd(url(), rounds));
}

test("the proxy has sent many requests over few connections, and everybody has gone", async () => {
  assert.ok(seen.requests > 3 * seen.connections.size, `${seen.requests} requests over ${seen.connections.size} connections`);
  const last = versions["4.8"](server.url, { forceNew: true, reconnection: false });
  await nextEvent(last, "connect");
  await until(async () => (await ask(last, "connections")) === 1, "one connection is left");
  closeAll([last]);
});
