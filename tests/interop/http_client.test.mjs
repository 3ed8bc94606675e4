// SPDX-License-Identifier: MIT
// The HTTP client against Node's HTTP server: lengths, chunks, kept connections, redirects, interim answers.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";

let server;
let base;
let client;
let lines;
const sockets = new Set();
before(async () => {
  server = createServer({ keepAliveTimeout: 5_000 }, (request, response) => {
    sockets.add(request.socket);
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => answer(request, Buffer.concat(chunks).toString(), response));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  base = `http://127.0.0.1:${server.address().port}`;
  client = spawn(join(process.env.PARLEY_BUILD, "tests/interop_http_client"), { stdio: ["pipe", "pipe", "inherit"] });
  lines = createInterface({ input: client.stdout })[Symbol.asyncIterator]();
});
after(async () => {
  client.stdin.end();
  const [code] = await once(client, "exit");
  assert.equal(code, 0);
  server.closeAllConnections();
  server.close();
});

function answer(request, body, response) {
  const { pathname } = new URL(request.url, base);
  if (pathname === "/echo") response.end(JSON.stringify({ method: request.method, url: request.url, headers: request.headers, body }));
  else if (pathname === "/chunks") {
    for (const part of ["one ", "two ", "three"]) response.write(part);
    response.end();
  } else if (pathname === "/hints") {
    response.writeProcessing();
    response.writeEarlyHints({ link: "</a.css>; rel=preload; as=style" });
    response.end("hinted");
  } else if (pathname === "/moved") response.writeHead(302, { location: "/echo?moved" }).end("over there");
  else if (pathname === "/empty") response.writeHead(204).end();
  else if (pathname === "/close") response.writeHead(200, { connection: "close" }).end("closed");
  else if (pathname === "/until-end") {
    response.socket.end("HTTP/1.0 200 OK\r\n\r\nuntil the end");
  } else if (pathname === "/broken") {
    response.writeHead(200, { "content-length": 100 });
    response.write("half");
    response.socket.destroySoon();
  } else if (pathname === "/stale") {
    response.end("stale", () => setImmediate(() => request.socket.destroy()));
  } else response.writeHead(404).end("nothing here");
}

async function ask(path, { method = "GET", body = "" } = {}) {
  client.stdin.write(`${JSON.stringify({ url: base + path, method, body })}\n`);
  const { value } = await lines.next();
  return JSON.parse(value);
}

test("requests arrive as they were sent", async () => {
  const { status, body } = await ask("/echo?a=b%20c", { method: "POST", body: "grüße" });
  assert.equal(status, 200);
  const asked = JSON.parse(body);
  assert.equal(asked.method, "POST");
  assert.equal(asked.url, "/echo?a=b%20c");
  assert.equal(asked.body, "grüße");
  assert.equal(asked.headers.host, new URL(base).host);
  assert.equal(asked.headers["user-agent"], "parley");
  assert.equal(asked.headers["content-type"], "text/plain; charset=utf-8");
});

test("answers come whole, however their end is said, over one connection that is kept", async () => {
  await ask("/echo");
  const before = sockets.size;
  assert.equal((await ask("/chunks")).body, "one two three");
  assert.equal((await ask("/hints")).body, "hinted");
  assert.deepEqual([(await ask("/empty")).status, (await ask("/missing")).body], [204, "nothing here"]);
  assert.deepEqual((await ask("/echo", { method: "HEAD" })).body, "");
  const moved = await ask("/moved", { method: "POST", body: "x" });
  assert.equal(JSON.parse(moved.body).method, "GET");
  assert.equal(moved.url, `${base}/echo?moved`);
  assert.equal(sockets.size, before);
});

test("connections end in every way, and the next request finds another", async () => {
  assert.equal((await ask("/close")).body, "closed");
  assert.equal((await ask("/until-end")).body, "until the end");
  assert.match((await ask("/broken")).error, /the server is gone: it has gone within its answer/);
  for (let i = 0; i < 10; ++i) assert.equal((await ask("/stale")).body, "stale");
  assert.equal((await ask("/chunks")).body, "one two three");
});
