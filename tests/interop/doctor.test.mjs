// SPDX-License-Identifier: MIT
// `parley doctor` before servers that are well, and before each thing that keeps clients from one.
import assert from "node:assert/strict";
import cluster from "node:cluster";
import { once } from "node:events";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { createServer as createTcpServer } from "node:net";
import { createServer as createTlsServer } from "node:https";
import { after, before, test } from "node:test";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Program, startServer } from "./support/program.mjs";
import { startNginx } from "./support/nginx.mjs";

const require = createRequire(import.meta.url);
const closing = [];
after(async () => {
  for (const close of closing) await close();
});

/** Listens on a free port of the loopback until the end of the tests; returns the URL. */
async function listening(server) {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(() => {
    server.closeAllConnections?.();
    server.close();
  });
  return `http://127.0.0.1:${server.address().port}`;
}

/** A server of `socket.io` in one of its versions. */
async function official(version, options = {}, prepare = () => {}) {
  const http = createServer();
  const io = version === "2.5" ? require("socket.io-2.5")(http, options) : new (require(version === "4" ? "socket.io" : `socket.io-${version}`).Server)(http, options);
  prepare(io);
  return listening(http);
}

async function examine(url, ...args) {
  const program = new Program("apps/parley/parley", ["doctor", url, "--json", "--timeout", "2", ...args], {});
  const { code } = await program.exited;
  assert.match(program.output, /^\{.*\}\n$/, program.output);
  const { ok, steps } = JSON.parse(program.output);
  assert.equal(ok, code === 0);
  assert.deepEqual(steps.map(({ step }) => step), ["name", "connection", "http", "session", "namespace", "sticky", "websocket", "origin"]);
  return { code, ...Object.fromEntries(steps.map(({ step, state, sentence }) => [step, `${state}: ${sentence}`])) };
}

/** The step fails with that sentence, and those that build on it are skipped. */
async function fails(step, sentence, url, ...args) {
  const found = await examine(url, ...args);
  assert.equal(found.code, 1);
  assert.match(found[step], /^failed: /, JSON.stringify(found));
  assert.match(found[step], sentence);
  return found;
}

let ours;
before(async () => {
  ours = await startServer("tests/interop_server");
  closing.push(() => ours.stop());
});

test("servers that are well are found so, ours and the official ones", async () => {
  for (const url of [ours.url, await official("4"), await official("3.1")]) {
    const found = await examine(url);
    assert.equal(found.code, 0, JSON.stringify(found));
    for (const step of ["name", "connection", "http", "session", "namespace", "sticky", "websocket"]) assert.match(found[step], /^ok: /);
    assert.match(found.origin, /^skipped: /);
  }
  const plain = new Program("apps/parley/parley", ["doctor", ours.url], {});
  assert.equal((await plain.exited).code, 0);
  assert.equal(plain.output.trimEnd().split("\n").length, 8);
  assert.match(plain.output, /^ok {7}websocket {3}The way is free for WebSockets\.$/m);
});

test("no name, nobody there, and nobody who answers", async () => {
  const named = await fails("name", /"no\.such\.name\.invalid" cannot be found/, "http://no.such.name.invalid");
  for (const step of ["connection", "http", "session", "namespace", "sticky", "websocket", "origin"]) assert.match(named[step], /^skipped: /);
  await fails("connection", /Nothing listens on 127\.0\.0\.1:1\. Is the server running/, "http://127.0.0.1:1");
  const silent = await listening(createTcpServer());
  await fails("http", /takes the connection and answers nothing/, silent);
  const rude = await listening(createTcpServer((socket) => socket.on("error", () => {}).end()));
  await fails("http", /closes the connection without an answer/, rude);
  const other = await listening(createTcpServer((socket) => socket.on("error", () => {}).end("SSH-2.0-OpenSSH_9.2\r\n")));
  await fails("http", /no HTTP server: it says "SSH-2\.0/, other);
});

test("TLS where none is spoken, and the reverse", async () => {
  const folder = mkdtempSync(join(tmpdir(), "parley-doctor-"));
  execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1", "-subj", "/CN=localhost",
    "-keyout", join(folder, "key"), "-out", join(folder, "certificate")], { stdio: "ignore" });
  const server = createTlsServer({ key: readFileSync(join(folder, "key")), cert: readFileSync(join(folder, "certificate")) });
  rmSync(folder, { recursive: true });
  server.on("tlsClientError", () => {});
  const url = await listening(server);
  await fails("http", /The port speaks TLS: write https:\/\//, url);
  await fails("http", /speaks TLS, which this program cannot yet/, url.replace("http", "https"));
  await fails("http", /does not speak TLS: write http:\/\//, ours.url.replace("http", "https"));
});

test("HTTP without Socket.IO, another path, and what proxies say", async () => {
  const answering = (status, headers, body) => listening(createServer((request, response) => response.writeHead(status, headers).end(body)));
  await fails("session", /Nothing is at \/socket\.io\/ \(404\): give the server's path with --path/, await answering(404, {}, "not here"));
  await fails("session", /none of Engine\.IO \(200 "<html>"\)/, await answering(200, {}, "<html>\nhello"));
  await fails("session", /wants to know who asks \(401\)/, await answering(401, {}, ""));
  await fails("session", /A proxy answers 502/, await answering(502, {}, ""));
  await fails("session", /sends elsewhere \(302\), to "https:\/\/x\/"/, await answering(302, { Location: "https://x/" }, ""));
  const elsewhere = await official("4", { path: "/talk/" });
  await fails("http", /answers nothing.*is Socket\.IO at \/socket\.io\/ there \(--path\)/, elsewhere);  // nobody there answers at other paths
  assert.equal((await examine(elsewhere, "--path", "/talk/")).code, 0);
});

test("what Engine.IO refuses is explained by its code", async () => {
  await fails("session", /Engine\.IO 3 \(Socket\.IO 2\)/, await official("2.5"));
  const forbidding = await official("4", { allowRequest: (request, answer) => answer(null, request.headers["x-key"] === "secret") });
  await fails("session", /Forbidden\. Its allowRequest says no/, forbidding);
  assert.equal((await examine(forbidding, "--header", "X-Key: secret")).code, 0);
  await fails("session", /Transport unknown\. It does not offer this transport/, await official("4", { transports: ["websocket"] }));
  const old = createServer((request, response) => response.writeHead(400).end('{"code":5,"message":"Unsupported protocol version"}'));
  await fails("session", /another version of Engine\.IO/, await listening(old));
});

test("namespaces and their middlewares have their say", async () => {
  const url = await official("4", {}, (io) =>
    io.of("/admin").use((socket, next) => (socket.handshake.auth.token === "secret" ? next() : next(Object.assign(new Error("who are you?"), { data: { hint: 7 } })))));
  await fails("namespace", /no namespace \/none: the path of a URL is a namespace/, `${url}/none`);
  const refused = await fails("namespace", /"who are you\?" \{"hint":7\}\. A middleware says so/, url, "-n", "admin");
  assert.match(refused.websocket, /^ok: /);
  const found = await examine(url, "-n", "/admin", "--auth", '{"token":"secret"}');
  assert.equal(found.namespace, "ok: The server lets one into /admin.");
});

test("pages of another origin are let in where the server says so", async () => {
  const url = await official("4", { cors: { origin: "https://good.example", credentials: true } });
  assert.match((await examine(url, "--origin", "https://good.example")).origin, /^ok: .* with cookies/);
  await fails("origin", /Pages of https:\/\/bad\.example may not connect, but those of https:\/\/good\.example/, url, "--origin", "https://bad.example");
  await fails("origin", /may not connect: let the server have it/, await official("4"), "--origin", "https://good.example");
  assert.match((await examine(url, "--origin", url)).origin, /the server's own/);
});

test("a proxy that takes Upgrade away is found", async () => {
  const nginx = await startNginx(ours.port, (site) => site.replace(/proxy_set_header (Upgrade|Connection) .*;/g, ""));
  closing.push(() => nginx.stop());
  const found = await fails("websocket", /arrives as an ordinary one \(400\): a proxy takes Upgrade and Connection away/, nginx.url);
  for (const step of ["http", "session", "namespace", "sticky"]) assert.match(found[step], /^ok: /);
  const answering = (answer) => {
    const server = createServer();
    new (require("socket.io").Server)(server);
    server.removeAllListeners("upgrade");
    server.on("upgrade", (request, socket) => socket.end(answer));
    return listening(server);
  };
  await fails("websocket", /answer to the handshake is wrong: the server /, await answering("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: wrong\r\n\r\n"));
  await fails("websocket", /is 503 instead of 101/, await answering("HTTP/1.1 503 Unavailable\r\nContent-Length: 0\r\n\r\n"));
  await fails("websocket", /ends the connection of a WebSocket/, await answering(""));
});

test("several servers without sticky sessions are found", { timeout: 60_000 }, async () => {
  cluster.setupPrimary({ exec: new URL("./support/cluster_worker.mjs", import.meta.url).pathname });
  const workers = [cluster.fork(), cluster.fork()];
  const [{ port }] = await Promise.all(workers.map((worker) => once(worker, "listening").then(([address]) => address)));
  try {
    await fails("sticky", /does not know it \("Session ID unknown"\): several servers.*sticky sessions/, `http://127.0.0.1:${port}`);
  } finally {
    for (const worker of workers) worker.kill();
  }
});

test("options that cannot be are said in a sentence", async () => {
  for (const [args, sentence, status] of [
    [["localhost:3000"], /begin it with http/, 1],
    [["http://x", "--path", "socket.io"], /--path is no path/, 1],
    [["http://x", "--auth", "secret"], /--auth is no JSON object/, 1],
    [["http://x", "--header", "secret"], /has no colon/, 1],
    [["http://x", "--origin", "a b"], /--origin is no origin/, 1],
    [[], /"parley doctor" needs: URL/, 2],
  ]) {
    const program = new Program("apps/parley/parley", ["doctor", ...args], {});
    assert.equal((await program.exited).code, status, program.output);
    assert.match(program.output, sentence);
  }
});
