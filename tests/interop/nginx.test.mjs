// SPDX-License-Identifier: MIT
// A server on four threads behind nginx as docs/deployment.md configures it: kept connections, no sticky sessions.
import assert from "node:assert/strict";
import { get } from "node:http";
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
  const lines = (await nginx.log()).trim().split("\n");
  assert.ok(lines.length > 200, `${lines.length} requests`);
  const statusOf = (line) => Number(/" (\d{3}) /.exec(line)[1]);
  const sessionOf = (line) => /[?&]sid=([\w-]+)/.exec(line)?.[1];
  // 499: the client went away while its poll was open. 400: it had said goodbye, and its next poll was on its way (the
  // line of the goodbye itself may stand behind that one's); a session that goes on has no poll refused.
  const isPollOf = (session, line) => session && sessionOf(line) === session && line.includes('"GET ');
  const isLast = (line, index) => isPollOf(sessionOf(line), line) && !lines.slice(index + 1).some((later) => isPollOf(sessionOf(line), later));
  const lost = lines.filter((line, index) => ![101, 200, 499].includes(statusOf(line)) && !(statusOf(line) === 400 && isLast(line, index)));
  assert.deepEqual(lost, []);
});

/** What the application takes for the client of a request that comes from 127.0.0.2 with these headers. */
function who(url, headers) {
  return new Promise((resolve, reject) => {
    get(`${url}/who`, { headers, localAddress: "127.0.0.2", agent: false }, async (answer) => resolve(JSON.parse((await answer.toArray()).join("")))).on("error", reject);
  });
}

test("behind nginx the client is who it is, whatever it says itself", async () => {
  const lies = { "X-Forwarded-For": "6.6.6.6, 127.0.0.1", Forwarded: "for=6.6.6.6;proto=https;host=evil.example" };
  for (const [trusted, address] of [["127.0.0.1", "127.0.0.2"], ["1", "127.0.0.2"], ["", "127.0.0.1"], ["10.0.0.0/8", "127.0.0.1"]]) {
    const web = await startServer("tests/interop_web", [], { TRUST_PROXY: trusted });
    const proxy = await startNginx(web.port);
    const host = new URL(proxy.url).host;
    for (const headers of [{}, lies, { ...lies, "X-Forwarded-Proto": "https" }]) {
      assert.deepEqual(await who(proxy.url, headers), { address, secure: false, host }, `${trusted}: ${JSON.stringify(headers)}`);
    }
    await proxy.stop();
    await web.stop();
  }
});

test("the standard's header is believed where that is said", async () => {
  const web = await startServer("tests/interop_web", [], { TRUST_PROXY: "1", TRUST_FORWARDED: "yes" });
  const proxy = await startNginx(web.port, (site) => site.replace("proxy_set_header X-Forwarded-Proto $scheme;", 'proxy_set_header Forwarded "for=$remote_addr;proto=https;host=chat.example";'));
  assert.deepEqual(await who(proxy.url, { "X-Forwarded-For": "6.6.6.6", Forwarded: "for=6.6.6.6" }), { address: "127.0.0.2", secure: true, host: "chat.example" });
  await proxy.stop();
  await web.stop();
});
