// SPDX-License-Identifier: MIT
// `parley doctor`, as a shell starts it, against servers that are well and servers that are not.
import assert from "node:assert/strict";
import cluster from "node:cluster";
import { once } from "node:events";
import { createServer, request } from "node:http";
import { createRequire } from "node:module";
import { createServer as createTcpServer } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { fileURLToPath } from "node:url";
import { after, test } from "node:test";
import { startNginx } from "./support/nginx.mjs";
import { Program, startServer } from "./support/program.mjs";

const require = createRequire(import.meta.url);
const { Server } = require("socket.io");
const ends = [];
after(() => ends.forEach((end) => end()));

/** The address of a server that listens from now on, until the tests are over. */
async function listening(server) {
  const sockets = new Set();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  ends.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return `http://127.0.0.1:${server.address().port}`;
}

async function socketio(options, set = () => {}, attach = (http, given) => new Server(http, given)) {
  const http = createServer();
  const io = attach(http, options);
  set(io);
  const url = await listening(http);
  ends.unshift(() => io.close());
  return url;
}

/** A proxy before `target`; `refuse(request)` may answer itself, as {status, headers, body}. */
function proxy(target, refuse = () => undefined) {
  const http = createServer((incoming, outgoing) => {
    const own = refuse(incoming);
    if (own) return outgoing.writeHead(own.status, own.headers ?? {}).end(own.body ?? "");
    const headers = { ...incoming.headers, connection: "close" };
    delete headers.upgrade;  // as every proxy that is not told otherwise
    const onward = request(target + incoming.url, { method: incoming.method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on("error", () => outgoing.destroy());
    incoming.pipe(onward);
  });
  return listening(http);
}

const answering = (status, body = "", headers = {}) => listening(createServer((_, response) => response.writeHead(status, headers).end(body)));

/** What the doctor says of `url`: its exit status, and the steps by name. */
async function doctor(url, ...args) {
  const program = new Program("apps/parley/parley", ["doctor", url, "--json", ...(args.includes("--timeout") ? [] : ["--timeout", "3"]), ...args], {});
  const { code } = await program.exited;
  let report;
  assert.doesNotThrow(() => (report = JSON.parse(program.output)), program.output);
  assert.equal(report.ok, code === 0);
  const steps = Object.fromEntries(report.steps.map(({ step, ...rest }) => [step, rest]));
  assert.deepEqual(Object.keys(steps), ["name", "connection", "http", "session", "sticky", "websocket", "namespace", "origin"]);
  return { code, steps, failed: report.steps.find(({ state }) => state === "failed") };
}

async function fails(url, step, finding, advice, ...args) {
  const { code, failed } = await doctor(url, ...args);
  assert.equal(code, 1);
  assert.equal(failed?.step, step, JSON.stringify(failed));
  assert.match(failed.sentence, finding);
  assert.match(failed.advice, advice);
}

const states = ({ steps }) => Object.values(steps).map(({ state }) => state).join(" ");

test("servers that are well are found well: Parley's, and the official ones of 3 and 4", async () => {
  const chat = await startServer("apps/parley/parley", ["serve", "--host", "127.0.0.1"]);
  const echo = await startServer("tests/interop_server", []);
  const three = await socketio({}, undefined, (http, options) => require("socket.io-3.1")(http, options));
  const four = await socketio({ allowEIO3: true });
  for (const url of [echo.url, three, four]) {
    const report = await doctor(url);
    assert.equal(states(report), "ok ok ok ok ok ok ok skipped", JSON.stringify(report));
  }
  assert.match((await doctor(four)).steps.session.sentence, /Clients of Socket\.IO 2 are let in/);
  assert.match((await doctor(three)).steps.session.sentence, /Clients of Socket\.IO 2 are not let in/);
  assert.equal(states(await doctor(chat.url, "--auth", '{"name":"doctor"}')), "ok ok ok ok ok ok ok skipped");
  assert.deepEqual(await chat.stop(), { code: 0, signal: null });
  assert.deepEqual(await echo.stop(), { code: 0, signal: null });
});

test("a person reads a line for each step", async () => {
  const url = await socketio();
  const program = new Program("apps/parley/parley", ["doctor", url], {});
  assert.deepEqual(await program.exited, { code: 0, signal: null });
  const lines = program.output.trimEnd().split("\n");
  assert.equal(lines.length, 9, program.output);
  assert.equal(lines[0], "ok       name        127.0.0.1 is an address.");
  assert.match(lines[7], /^skipped {2}origin {6}Not asked for/);
  assert.equal(lines[8], "All is well.");
  const bad = new Program("apps/parley/parley", ["doctor", "http://127.0.0.1:1"], {});
  assert.equal((await bad.exited).code, 1);
  assert.match(bad.output, /^failed {3}connection {2}Nothing listens on 127\.0\.0\.1:1[^]*\n {21}Start the server[^]*One step failed: connection\.\n$/m);
});

test("who cannot be reached, and why", async () => {
  await fails("http://no-such-host.invalid", "name", /no-such-host\.invalid/, /typing error/);
  await fails("http://127.0.0.1:1", "connection", /Nothing listens/, /Start the server/);
  const tls = await listening(createTlsServer({}));
  await fails(tls, "http", /speaks TLS/, /https:\/\//);
  await fails(tls.replace("http:", "https:"), "http", /TLS/, /certificate/);
  const plain = await answering(200, "hello");
  await fails(plain.replace("http:", "https:"), "http", /speaks plain HTTP/, /Write http:\/\//);
  const mute = await listening(createTcpServer(() => {}));
  await fails(mute, "http", /no answer comes/, /nothing in it answers/, "--timeout", "1");
  const greeter = await listening(createTcpServer((socket) => socket.end("SSH-2.0-OpenSSH_9.2\r\n")));
  await fails(greeter, "http", /no HTTP server: it says "SSH-2\.0/, /Correct the port/);
  await fails(await listening(createTcpServer((socket) => socket.end())), "http", /./, /ends the connection/);
  await fails(await answering(301, "", { Location: "https://elsewhere.example/" }), "http", /elsewhere\.example/, /follow no redirect/);
});

test("what answers, and is no Engine.IO server of today", async () => {
  const two = await socketio({}, undefined, (http, options) => require("socket.io-2.5")(http, options));
  await fails(two, "session", /Engine\.IO 3/, /Update it/);
  await fails(await answering(200, "hello"), "session", /no Engine\.IO server: "hello"/, /--path/);
  await fails(await answering(200, "<html>", { "Content-Type": "text/html" }), "session", /A web page is at/, /--path/);
  await fails(await answering(200, "\u001b[31m0{"), "session", /\?\[31m0\{/, /--path/);
  await fails(await answering(404), "session", /\(404\)/, /--path/);
  await fails(await answering(502), "session", /A proxy answers/, /Start the server/);
  await fails(await answering(401), "session", /who that is/, /--header/);
  await fails(await answering(400, '{"code":5,"message":"Unsupported protocol version"}'), "session", /code 5/, /revision/);
  const guarded = await socketio({ allowRequest: ({ headers }, callback) => callback(null, headers["x-key"] === "secret") });
  await fails(guarded, "session", /Forbidden|code 4/, /allowRequest/);
  assert.equal((await doctor(guarded, "--header", "X-Key: secret")).code, 0);
  const elsewhere = await socketio({ path: "/live" });
  await fails(elsewhere, "http", /no answer comes/, /--path/, "--timeout", "1");
  assert.equal((await doctor(elsewhere, "--path", "live")).code, 0);
});

test("transports that are switched off are no failure", async () => {
  const { code, steps } = await doctor(await socketio({ transports: ["websocket"] }));
  assert.equal(code, 0);
  assert.equal(steps.session.state, "skipped");
  assert.match(steps.session.advice, /transports: \["websocket"\]/);
  assert.equal(steps.websocket.state, "ok");
  const polling = await doctor(await socketio({ transports: ["polling"] }));
  assert.equal(polling.code, 0);
  assert.equal(polling.steps.websocket.state, "skipped");
  assert.equal(polling.steps.namespace.state, "ok");
});

test("servers that share an address, and do not keep sessions together", async () => {
  cluster.setupPrimary({ exec: fileURLToPath(new URL("support/cluster_worker.mjs", import.meta.url)) });
  const workers = [cluster.fork(), cluster.fork()];
  ends.push(() => workers.forEach((worker) => worker.kill()));
  const [{ port }] = await Promise.all(workers.map((worker) => once(worker, "listening").then(([address]) => address)));
  await fails(`http://127.0.0.1:${port}`, "sticky", /of 8 requests of one session were answered "Session ID unknown"/, /ip_hash/);
  // Kept together by a cookie, as balancers do.
  const targets = [await socketio(), await socketio()];
  let next = 0;
  const balancer = createServer((incoming, outgoing) => {
    const chosen = /node=(\d)/.exec(incoming.headers.cookie ?? "")?.[1] ?? next++ % 2;
    const onward = request(targets[chosen] + incoming.url, { method: incoming.method, headers: incoming.headers }, (answer) => {
      outgoing.writeHead(answer.statusCode, { ...answer.headers, "Set-Cookie": `node=${chosen}; Path=/` });
      answer.pipe(outgoing);
    });
    incoming.pipe(onward);
  });
  const { steps } = await doctor(await listening(balancer));
  assert.equal(steps.sticky.state, "ok");
  assert.match(steps.sticky.sentence, /cookie/);
});

test("proxies that lose the upgrade", async () => {
  const url = await socketio();
  await fails(await proxy(url), "websocket", /400 instead of 101/, /proxy_set_header Upgrade/);
  const isWebSocket = ({ url: asked }) => asked.includes("transport=websocket");
  for (const [status, finding] of [[200, /200 instead of 101/], [426, /426 instead of 101/], [404, /status 404/], [503, /does not \(503\)/]]) {
    await fails(await proxy(url, (incoming) => (isWebSocket(incoming) ? { status } : undefined)), "websocket", finding, /./);
  }
  const nginx = await startNginx(new URL(url).port, (site) => site.replace(/proxy_set_header (Upgrade|Connection) .*;/g, ""));
  ends.push(() => nginx.stop());
  const { steps } = await doctor(nginx.url);
  assert.match(steps.websocket.sentence, /400 instead of 101/);
  assert.equal(steps.namespace.state, "ok", "by polling");
  const upgrading = (answer) => {
    const server = createServer();
    new Server(server);
    server.removeAllListeners("upgrade");
    server.on("upgrade", (_, socket) => socket.end(answer));
    return listening(server);
  };
  const wrong = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: wrong\r\n\r\n";
  await fails(await upgrading(wrong), "websocket", /Sec-WebSocket-Accept/, /upgrade/);
  await fails(await upgrading(""), "websocket", /closed the connection/, /upgrade/);
});

test("pages of other origins", async () => {
  const url = await socketio({ cors: { origin: "https://a.example", credentials: true } });
  const allowed = await doctor(url, "--origin", "https://a.example/");
  assert.equal(allowed.code, 0);
  assert.match(allowed.steps.origin.sentence, /with cookies/);
  await fails(url, "origin", /only those of https:\/\/a\.example/, /cors: \{ origin: "https:\/\/b\.example" \}/, "--origin", "https://b.example");
  await fails(await socketio(), "origin", /no Access-Control-Allow-Origin/, /--cors-origin https:\/\/b\.example/, "--origin", "https://b.example");
  assert.equal((await doctor(url, "--origin", url)).steps.origin.state, "ok");
  const chat = await startServer("apps/parley/parley", ["serve", "--host", "127.0.0.1", "--cors-origin", "https://c.example"]);
  assert.equal((await doctor(chat.url, "--auth", '{"name":"doctor"}', "--origin", "https://c.example")).code, 0);
  await fails(chat.url, "origin", /b\.example/, /--cors-origin/, "--auth", '{"name":"doctor"}', "--origin", "https://b.example");
  await chat.stop();
});

test("namespaces, and who may enter them", async () => {
  const url = await socketio({}, (io) => {
    io.of("/admin").use((socket, next) => {
      if (socket.handshake.auth.token === "secret") return next();
      next(Object.assign(new Error("who are you?"), { data: { hint: "a token" } }));
    });
    io.of("/stuck").use(() => {});
  });
  await fails(`${url}/none`, "namespace", /There is no namespace \/none/, /io\.of/);
  await fails(url, "namespace", /who are you\? \{"hint":"a token"\}/, /--auth/, "--namespace", "admin");
  await fails(`${url}/admin`, "namespace", /who are you\?/, /not what the server wants/, "--auth", '{"token":"wrong"}');
  assert.equal((await doctor(`${url}/admin`, "--auth", '{"token":"secret"}')).code, 0);
  await fails(`${url}/stuck`, "namespace", /does not answer/, /next\(\)/, "--timeout", "1");
});

test("a wrong command line is told in a sentence", async () => {
  for (const [args, status, sentence] of [
    [[], 2, /"parley doctor" needs: URL/],
    [["http://127.0.0.1:1", "--bogus"], 2, /"parley doctor" has no option --bogus/],
    [["localhost:3000"], 1, /begin it with http/],
    [["http://127.0.0.1:1", "--origin", "a.example"], 1, /is no origin as browsers send it/],
    [["http://127.0.0.1:1", "--origin", "https://a.example/page"], 1, /is no origin as browsers send it/],
    [["http://127.0.0.1:1", "--auth", "secret"], 1, /--auth is no JSON object/],
    [["http://127.0.0.1:1", "--header", "secret"], 1, /has no colon/],
  ]) {
    const program = new Program("apps/parley/parley", ["doctor", ...args], {});
    assert.equal((await program.exited).code, status, program.output);
    assert.match(program.output, sentence);
  }
});
