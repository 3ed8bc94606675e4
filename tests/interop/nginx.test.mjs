// SPDX-License-Identifier: MIT
// A server on four threads behind nginx as docs/deployment.md configures it: kept connections, no sticky sessions.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { closeAll, versions } from "./support/clients.mjs";
import { ask, checkCrowd } from "./support/crowd.mjs";
import { startNginx } from "./support/nginx.mjs";
import { nextEvent, startServer, until } from "./support/program.mjs";

let server;
let nginx;

before(async () => {
  server = await startServer("tests/interop_server", [], { THREADS: "4" });
  nginx = await startNginx(server.port);
});
after(async () => {
  await nginx?.stop();
  assert.deepEqual(await server.stop(), { code: 0, signal: null });
});

test("every client hears every broadcast once, in order, and has its own answers", { timeout: 120_000 }, async () => {
  const used = await checkCrowd(nginx.url, 3);
  // Who may upgrade has done so: the documented lines let WebSockets through.
  assert.equal(used.filter((name) => name === "polling").length, used.length / 4);
});

test("no request is lost on a kept connection, and every one went through nginx", { timeout: 60_000 }, async () => {
  const socket = versions["4.8"](nginx.url, { forceNew: true, reconnection: false, transports: ["polling"] });
  await nextEvent(socket, "connect");
  for (let i = 0; i < 100; ++i) assert.equal(await ask(socket, "add", i, 1), i + 1);
  await until(async () => (await ask(socket, "connections")) === 1, "one connection is left");
  closeAll([socket]);
  const statuses = (await nginx.log()).trim().split("\n").map((line) => Number(/" (\d{3}) /.exec(line)[1]));
  assert.ok(statuses.length > 200, `${statuses.length} requests`);
  // 499: the client went away while its poll was open.
  assert.deepEqual([...new Set(statuses)].filter((status) => ![101, 200, 499].includes(status)), []);
});
