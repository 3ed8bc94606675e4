// SPDX-License-Identifier: MIT
// TLS on both sides: `parley serve` with official clients, and our clients at servers that others wrote.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { get as getPlain } from "node:http";
import { createServer, get } from "node:https";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { connect as connectTls } from "node:tls";
import { WebSocketServer } from "ws";
import { closeAll, transports, versions } from "./support/clients.mjs";
import { nextEvent, Program, startServer, until } from "./support/program.mjs";

const require = createRequire(import.meta.url);
const folder = mkdtempSync(join(tmpdir(), "parley-tls-"));
const certificateFile = join(folder, "certificate.pem");
const keyFile = join(folder, "private_key.pem");
let ca;

const makeCertificate = (where) => execFileSync("script/certificate", [where], { stdio: "pipe" });
before(() => {
  makeCertificate(folder);
  ca = readFileSync(certificateFile);
});
after(() => rmSync(folder, { recursive: true }));

async function run(...args) {
  const program = new Program("apps/parley/parley", args, {});
  const { code } = await program.exited;
  return { code, output: program.output };
}

/** What a command prints that is fed with a line. */
const fed = (...args) => new Program("apps/parley/parley", args, {}, 'exec "$0" "$@" < <(echo hello)');

const fingerprintAt = (port) => new Promise((resolve, reject) => {
  const socket = connectTls({ port, host: "127.0.0.1", rejectUnauthorized: false }, () => {
    resolve(socket.getPeerCertificate().fingerprint256);
    socket.end();
  });
  socket.on("error", reject);
});

test("parley serve speaks TLS to browsers' requests and official clients, and takes up a renewed certificate", async () => {
  const own = join(folder, "serve");
  makeCertificate(own);
  const [certificate, key] = [join(own, "certificate.pem"), join(own, "private_key.pem")];
  const trusted = { ca: readFileSync(certificate) };
  const server = await startServer("apps/parley/parley", ["serve", "--tls-cert", certificate, "--tls-key", key]);
  const sockets = [];
  try {
    assert.match(server.output, /listening on https:\/\/localhost:/);
    const [page] = await once(get(`${server.url}/`, trusted), "response");
    assert.equal(page.statusCode, 200);
    page.resume();
    const [hint] = await once(getPlain(`http://127.0.0.1:${server.port}/`), "response");
    assert.equal(hint.statusCode, 400);
    assert.match(String(Buffer.concat(await hint.toArray())), /use https:/);

    for (const io of Object.values(versions))
      for (const transport of Object.values(transports)) sockets.push(io(server.url, { forceNew: true, auth: { name: `guest ${sockets.length}` }, ...transport, ...trusted }));
    await Promise.all(sockets.map((socket) => nextEvent(socket, "connect")));

    const heard = nextEvent(sockets[0], "message");
    assert.deepEqual(await fed("chat", server.url, "--name", "ops", "--ca", certificate).exited, { code: 0, signal: null });
    assert.equal((await heard)[0].text, "hello");
    const stranger = fed("chat", server.url, "--name", "stranger", "--timeout", "2");
    assert.equal((await stranger.exited).code, 1);
    assert.match(stranger.output, /not trusted: self-signed certificate/);

    const before = await fingerprintAt(server.port);
    makeCertificate(own);
    server.kill("SIGHUP");
    await server.printed(/certificates were read again/);
    assert.notEqual(await fingerprintAt(server.port), before);
    writeFileSync(certificate, "nonsense");
    server.kill("SIGHUP");
    await server.printed(/certificates stay as they were: .*no PEM certificate/);
    assert.notEqual(await fingerprintAt(server.port), before);
    assert.ok(sockets.every((socket) => socket.connected), "who was there stays");
  } finally {
    closeAll(sockets);
    assert.deepEqual(await server.stop(), { code: 0, signal: null });
  }
});

test("certificates that cannot be are said in a sentence", async () => {
  const other = join(folder, "other");
  makeCertificate(other);
  copyFileSync(certificateFile, join(folder, "alone.pem"));
  for (const [args, sentence, status] of [
    [["--tls-cert", join(folder, "missing.pem")], /missing\.pem cannot be read: No such file or directory/, 1],
    [["--tls-cert", join(folder, "alone.pem")], /There is no private key in .*alone\.pem/, 1],
    [["--tls-cert", certificateFile, "--tls-key", join(other, "private_key.pem")], /is not that of the certificate/, 1],
    [["--tls-key", keyFile], /--tls-key needs --tls-cert|--tls-cert/, 2],
  ]) {
    const { code, output } = await run("serve", "--port", "0", ...args);
    assert.match(output, sentence);
    assert.equal(code, status, output);
  }
});

for (const [version, module] of [["4.8", "socket.io"], ["3.1", "socket.io-3.1"]]) {
  test(`our client at socket.io ${version} over TLS: trusted, refused, and insecure`, async () => {
    const { Server } = require(module);
    const https = createServer({ cert: ca, key: readFileSync(keyFile) });
    const io = new Server(https);
    io.on("connection", (socket) => socket.on("add", (a, b, ack) => ack(a + b, socket.handshake.secure)));
    https.listen(0, "127.0.0.1");
    await once(https, "listening");
    const url = `https://localhost:${https.address().port}`;
    try {
      for (const transport of ["polling", "websocket", "any"]) {
        const asked = ["emit", url, "add", "2", "3", "--ack", "--transport", transport];
        assert.deepEqual(await run(...asked, "--ca", certificateFile), { code: 0, output: "5\ntrue\n" });
        const refused = await run(...asked);
        assert.equal(refused.code, 1);
        assert.match(refused.output, /The certificate is not trusted: self-signed certificate/);
      }
      const insecure = await run("emit", url, "add", "2", "3", "--ack", "--insecure");
      assert.equal(insecure.code, 0);
      assert.match(insecure.output, /certificates of servers are not checked/);
      const plain = await run("emit", url.replace("https", "http"), "add", "2", "3", "--ack");
      assert.equal(plain.code, 1);
      assert.match(plain.output, /^parley: .+\n$/);
    } finally {
      io.close();
      https.closeAllConnections();
    }
  });
}

test("parley ws speaks to wss://, and says when nobody speaks TLS there", async () => {
  const https = createServer({ cert: ca, key: readFileSync(keyFile) });
  const server = new WebSocketServer({ server: https });
  server.on("connection", (socket) => socket.on("message", (data) => socket.send(`heard ${data}`)));
  https.listen(0, "127.0.0.1");
  await once(https, "listening");
  const address = `wss://127.0.0.1:${https.address().port}`;
  try {
    const trusted = fed("ws", address, "--ca", certificateFile);
    assert.deepEqual(await trusted.exited, { code: 0, signal: null });
    assert.match(trusted.output, /^heard hello$/m);
  } finally {
    server.close();
    https.closeAllConnections();
    https.close();
  }
  const plain = await startServer("apps/parley/parley", ["serve"]);
  const lost = fed("ws", `wss://127.0.0.1:${plain.port}`);
  assert.equal((await lost.exited).code, 1);
  assert.match(lost.output, /does not speak TLS here/);
  await plain.stop();
});

test("a client that is asked for a certificate and has none is told so", async () => {
  const https = createServer({ cert: ca, key: readFileSync(keyFile), requestCert: true, rejectUnauthorized: true, ca });
  https.listen(0, "127.0.0.1");
  await once(https, "listening");
  const { code, output } = await run("emit", `https://127.0.0.1:${https.address().port}`, "x", "--ca", certificateFile, "--timeout", "5");
  assert.equal(code, 1);
  assert.match(output, /certificate/);
  https.closeAllConnections();
  https.close();
  await until(() => !https.listening, "the end of the server");
});
