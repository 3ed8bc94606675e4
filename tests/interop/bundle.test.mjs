// SPDX-License-Identifier: MIT
// The official client bundle as the server sends it.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { request } from "node:http";
import { after, before, test } from "node:test";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { startServer } from "./support/program.mjs";

const dist = new URL("../../node_modules/socket.io-client/dist/", import.meta.url);
let server;
before(async () => {
  server = await startServer("tests/interop_server");
});
after(() => server.stop());

function get(path, headers = {}, method = "GET") {
  return new Promise((resolve, reject) => {
    const sent = request({ port: server.port, host: "127.0.0.1", path, headers, method }, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }));
    });
    sent.on("error", reject);
    sent.end();
  });
}

const hash = (bytes) => createHash("sha256").update(bytes).digest("hex");

for (const name of ["socket.io", "socket.io.min", "socket.io.esm.min", "socket.io.msgpack.min"].flatMap((n) => [`${n}.js`, `${n}.js.map`])) {
  test(`${name} is the file of the npm package, in three encodings`, async () => {
    const original = hash(readFileSync(new URL(name, dist)));
    const path = `/socket.io/${name}?v=1`;
    const plain = await get(path);
    assert.equal(plain.status, 200);
    assert.equal(plain.headers.etag, '"4.8.4"');
    assert.equal(plain.headers["cache-control"], "public, max-age=0");
    assert.match(plain.headers["content-type"], name.endsWith(".map") ? /application\/json/ : /application\/javascript/);
    assert.equal(hash(plain.body), original);
    const brotli = await get(path, { "accept-encoding": "gzip, br" });
    assert.equal(brotli.headers["content-encoding"], "br");
    assert.equal(hash(brotliDecompressSync(brotli.body)), original);
    const gzip = await get(path, { "accept-encoding": "gzip" });
    assert.equal(gzip.headers["content-encoding"], "gzip");
    assert.equal(hash(gunzipSync(gzip.body)), original);
    for (const etag of ['"4.8.4"', 'W/"4.8.4"']) {
      const unchanged = await get(path, { "if-none-match": etag });
      assert.equal(unchanged.status, 304);
      assert.equal(unchanged.body.length, 0);
    }
    const head = await get(path, {}, "HEAD");
    assert.equal(head.status, 200);
    assert.equal(head.body.length, 0);
  });
}

test("other names fall through to the engine", async () => {
  for (const name of ["LICENSE", "socket.io.wat.js", "../package.json", "socket.io.js.gz"]) {
    const answer = await get(`/socket.io/${name}`);
    assert.notEqual(answer.status, 200, name);
  }
});
