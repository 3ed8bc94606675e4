// SPDX-License-Identifier: MIT
// `parley serve` on a Unix-domain socket, on sockets that were handed over, and behind a proxy that connects to such.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, test } from "node:test";
import { closeAll, versions } from "./support/clients.mjs";
import { Program, nextEvent, ownState, startServer } from "./support/program.mjs";
import { startNginx } from "./support/nginx.mjs";

const folder = mkdtempSync(join(tmpdir(), "parley-sockets-"));
after(() => rmSync(folder, { recursive: true }));
const program = "apps/parley/parley";

/** The status of a GET of the page by a Unix-domain socket. */
function statusAt(socketPath) {
  return new Promise((resolve, reject) => {
    request({ socketPath, path: "/", agent: false }, (answer) => resolve(answer.resume().statusCode)).on("error", reject).end();
  });
}

test("serve listens on a Unix-domain socket, which has its mode and goes with it", async () => {
  const path = join(folder, "chat.sock");
  for (const [options, mode] of [[[], 0o660], [["--socket-mode", "0600"], 0o600]]) {
    const server = new Program(program, ["serve", "--socket", path, ...options], {});
    await server.printed(new RegExp(`listening on ${path}`));
    assert.equal(statSync(path).mode & 0o777, mode);
    assert.equal(await statusAt(path), 200);
    const second = new Program(program, ["serve", "--socket", path], {});
    assert.equal((await second.exited).code, 1);
    assert.match(second.output, /^parley: The socket [^\n]* is in use\. Stop the program[^\n]*\n$/);
    assert.equal(await statusAt(path), 200);
    assert.deepEqual(await server.stop("SIGTERM"), { code: 0, signal: null });
    assert.equal(existsSync(path), false);
  }
});

test("a socket that a killed server left behind is taken over", async () => {
  const path = join(folder, "left.sock");
  const killed = new Program(program, ["serve", "--socket", path], {});
  await killed.printed(/listening on/);
  await killed.stop("SIGKILL");
  assert.ok(existsSync(path));
  const next = new Program(program, ["serve", "--socket", path], {});
  await next.printed(/listening on/);
  assert.equal(await statusAt(path), 200);
  await next.stop();
});

test("nginx reaches it by its socket, and the client is who it is", async () => {
  const path = join(folder, "proxied.sock");
  const server = new Program(program, ["serve", "--socket", path, "--trust-proxy", "loopback", "--cors-origin", "https://example.com"], {});
  await server.printed(/listening on/);
  const nginx = await startNginx(1, (site) => site.replace("127.0.0.1:1;", `unix:${path};`));
  assert.equal((await fetch(nginx.url)).status, 200);
  const answer = await fetch(`${nginx.url}/socket.io/?EIO=4&transport=polling`, { headers: { origin: "https://example.com" } });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get("access-control-allow-origin"), "https://example.com");
  await nginx.stop();
  await server.stop();
});

test("sockets that are handed over are served, all of them", async () => {
  const ports = [];
  const handles = [];
  for (let i = 0; i < 2; ++i) {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    ports.push(server.address().port);
    handles.push(server);
  }
  const shell = 'export LISTEN_PID=$$ LISTEN_FDS=2; exec "$0" "$@"';
  const child = spawn("bash", ["-c", shell, resolve(process.env.PARLEY_BUILD, program), "serve", "--handed-over"], {
    env: { ...process.env, ...ownState() },
    stdio: ["ignore", "pipe", "inherit", ...handles.map((server) => server._handle.fd)],
  });
  const exited = once(child, "exit");
  let output = "";
  for await (const part of child.stdout) if ((output += part).includes("end")) break;
  for (const server of handles) server.close();
  assert.match(output, new RegExp(`listening on http://127\\.0\\.0\\.1:${ports[0]}|listening on http://localhost:${ports[0]}`));
  for (const port of ports) assert.equal((await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: "close" } })).status, 200);
  child.kill("SIGTERM");
  assert.deepEqual(await exited, [0, null]);
});

test("what cannot be is said in a sentence", async () => {
  for (const [args, sentence, status] of [
    [["--socket", "/no/such/folder/a.sock"], /Cannot make the socket \/no\/such\/folder\/a\.sock/, 1],
    [["--socket", "x".repeat(108)], /none that a socket can have \(107 octets at most\)/, 1],
    [["--socket", "/dev/null"], /something else than a socket/, 1],
    [["--handed-over"], /No socket was handed over/, 1],
    [["--socket", "a", "--port", "1"], /excludes/, 2],
    [["--socket", "a", "--handed-over"], /excludes/, 2],
    [["--socket-mode", "0600"], /--socket/, 2],
    [["--socket", "a", "--socket-mode", "rw"], /"rw" is no mode of a file/, 2],
    [["--trust-proxy", "everybody"], /trust_proxy: "everybody" is nobody/, 1],
    [["--trust-forwarded"], /--trust-proxy/, 2],
  ]) {
    const refused = new Program(program, ["serve", ...args], {});
    assert.equal((await refused.exited).code, status, refused.output);
    assert.match(refused.output, sentence);
    assert.match(refused.output, /^parley: [^\n]+\n$/, "one line");
  }
});

test("operators ask on an address of their own, and are told while it stops", async () => {
  const server = await startServer(program, ["serve", "--operator-port", "0"]);
  const [, port] = await server.printed(/operators: 127\.0\.0\.1:(\d+)/);
  const ask = (path) => fetch(`http://127.0.0.1:${port}${path}`, { headers: { connection: "close" } });
  assert.equal(await (await ask("/healthz")).text(), "ok\n");
  assert.equal((await ask("/readyz")).status, 200);
  assert.equal((await fetch(`${server.url}/metrics`)).status, 404);
  const socket = versions["4.8"](server.url, { forceNew: true, reconnection: false, transports: ["websocket"], auth: { name: "Ada" } });
  await nextEvent(socket, "welcome");
  const page = await ask("/metrics");
  assert.match(page.headers.get("content-type"), /^text\/plain; version=0\.0\.4/);
  const text = await page.text();
  assert.match(text, /^parley_sessions 1$/m);
  assert.match(text, /^parley_sessions_opened_total\{transport="websocket"\} 1$/m);
  assert.match(text, /^parley_messages_sent_total [1-9]\d*$/m);
  assert.match(text, /^process_resident_memory_bytes [\d.e+]+$/m);
  for (const line of text.trim().split("\n")) assert.match(line, /^(# (HELP|TYPE) \w+ .+|\w+(\{\w+="[^"\\]*"\})? [\d.e+-]+)$/);
  closeAll([socket]);
  assert.deepEqual(await server.stop("SIGTERM"), { code: 0, signal: null });
});
