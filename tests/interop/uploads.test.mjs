// SPDX-License-Identifier: MIT
// Forms and uploads as Node's fetch and raw sockets send them, and what pages in Chromium get: events, and what they may
// read of other origins.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { launchBrowser, openPage } from "./support/browser.mjs";
import { startServer, until } from "./support/program.mjs";
import { RawConnection } from "./support/raw.mjs";

let server;
let other;  // the same program: its page is of another origin
before(async () => {
  server = await startServer("tests/interop_web");
  other = await startServer("tests/interop_web");
});
after(async () => {
  for (const program of [server, other]) assert.deepEqual(await program.stop(), { code: 0, signal: null });
});

/** What the server says of octets that it does not keep. */
function digest(octets) {
  let sum = 0;
  for (const octet of octets) sum = (Math.imul(sum, 31) + octet) >>> 0;
  return `${octets.length} ${sum}`;
}

const octets = (size) => Uint8Array.from({ length: size }, (_, i) => (i * 7 + (i >> 8)) & 255);

function form(size) {
  const data = new FormData();
  data.set("title", "Tea & \"more\"\r\n");
  data.set('a "name" with ä', "value");
  data.set("photo", new File([octets(size)], 'a "b" ä/c.png', { type: "image/png" }));
  data.set("empty", new File([], "none.txt"));
  return data;
}

describe("forms", () => {
  test("of fetch are read in memory", async () => {
    const answer = await fetch(`${server.url}/form`, { method: "POST", body: form(200_000) });
    assert.equal(answer.status, 200);
    assert.deepEqual(await answer.json(), {
      fields: { title: "Tea & \"more\"\r\n", 'a "name" with ä': "value" },
      files: [
        { field: "photo", name: "c.png", type: "image/png", digest: digest(octets(200_000)) },
        { field: "empty", name: "none.txt", type: "application/octet-stream", digest: "0 0" },
      ],
    });
  });

  test("of fetch are read in pieces, however large", async () => {
    const answer = await fetch(`${server.url}/form/pieces`, { method: "POST", body: form(20_000_000) });
    assert.equal(answer.status, 200);
    const lines = (await answer.text()).split("\n");
    assert.equal(lines[2], `photo|c.png|${digest(octets(20_000_000))}`);
    assert.equal(lines[3], "empty|none.txt|0 0");
  });

  test("beyond the route's limit are 413", async () => {
    const answer = await fetch(`${server.url}/form`, { method: "POST", body: form(1_100_000) }).catch(() => null);
    if (answer) assert.equal(answer.status, 413);  // else the connection was closed while the rest was being written
    assert.equal((await fetch(`${server.url}/`)).status, 200);
  });
});

describe("uploads", () => {
  test("are not read faster than they are taken", async () => {
    const body = octets(5_000_000);
    const answer = await fetch(`${server.url}/slow`, { method: "POST", body });
    assert.equal(await answer.text(), digest(body));
  });

  test("in chunks are read as well, behind each other on one connection", async () => {
    const connection = await RawConnection.open(server.port);
    const body = octets(100_000);
    const head = "POST /slow HTTP/1.1\r\nHost: a\r\n";
    connection.write(`${head}Transfer-Encoding: chunked\r\n\r\n`);
    for (let at = 0; at < body.length; at += 1000) {
      connection.write(Buffer.concat([Buffer.from("3e8\r\n"), body.subarray(at, at + 1000), Buffer.from("\r\n")]));
    }
    connection.write(`0\r\nX-Trailer: a\r\n\r\n${head}Content-Length: 3\r\n\r\nabcGET /closed HTTP/1.1\r\nHost: a\r\n\r\n`);
    const received = (await connection.untilReceived(/for nobody else$/)).toString("latin1");
    assert.ok(received.includes(`\r\n\r\n${digest(body)}HTTP/1.1 200 OK`));
    assert.ok(received.includes(`\r\n\r\n${digest(Buffer.from("abc"))}HTTP/1.1 200 OK`));
    connection.destroy();
  });

  test("that wait for 100 Continue get it, or the answer", async () => {
    const wanted = await RawConnection.open(server.port);
    wanted.write("POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
    await wanted.untilReceived(/^HTTP\/1\.1 100 Continue\r\n\r\n$/);
    wanted.write("abc");
    await wanted.untilReceived(/200 OK/);
    wanted.destroy();
    const refused = await RawConnection.open(server.port);
    refused.write("POST /refuse HTTP/1.1\r\nHost: a\r\nContent-Length: 3000\r\nExpect: 100-continue\r\n\r\n");
    const received = (await refused.untilClosed()).toString("latin1");
    assert.match(received, /^HTTP\/1\.1 401 Unauthorized\r\n/);
    assert.match(received, /who are you\?$/);
  });

  test("that are answered before their end get the answer", async () => {
    const answer = await fetch(`${server.url}/refuse`, { method: "POST", body: octets(100_000) });
    assert.equal(answer.status, 401);
    assert.equal(await answer.text(), "who are you?");
  });

  test("that end in the middle are told", async () => {
    const connection = await RawConnection.open(server.port);
    connection.write("POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nabc");
    await new Promise((resolve) => setTimeout(resolve, 50));
    connection.destroy();
    await until(() => server.output.includes("aborted"), "the end is told");
  });
});

test("an EventSource in Chromium gets events, and comes back with the id of the last one", async () => {
  const browser = await launchBrowser();
  const page = await openPage(await browser.newContext(), `http://localhost:${server.port}/`);
  const told = await page.evaluate(() => new Promise((resolve) => {
    const told = [];
    const source = new EventSource("/events");
    source.addEventListener("greeting", ({ data, lastEventId }) => told.push(`${lastEventId}: ${data}`));
    source.addEventListener("message", ({ data }) => {
      told.push(JSON.parse(data).name);
      if (told.length < 6) return;
      source.close();
      resolve(told);
    });
  }));
  const lines = "\nand another line";
  assert.deepEqual(told, [`7: behind ${lines}`, "Zoë", `8: behind 7${lines}`, "Zoë", `9: behind 8${lines}`, "Zoë"]);
  await browser.close();
});

describe("a page of another origin in Chromium", () => {
  let browser;
  let page;
  before(async () => {
    browser = await launchBrowser();
    page = await openPage(await browser.newContext(), `http://localhost:${other.port}/`);
  });
  after(() => browser.close());

  const ask = (path, options) =>
    page.evaluate(async ([url, init]) => {
      try {
        const answer = await fetch(url, init);
        return { status: answer.status, text: await answer.text(), total: answer.headers.get("X-Total") };
      } catch (error) {
        return String(error);
      }
    }, [`http://localhost:${server.port}${path}`, options]);

  test("reads what is shared with it, behind a preflight", async () => {
    const answer = await ask("/shared/thing", { method: "PUT", headers: { "Content-Type": "application/json", "X-Token": "1" }, body: "{}" });
    assert.deepEqual(answer, { status: 200, text: '{"said":"{}"}', total: "7" });
  });

  test("reads why it was refused", async () => {
    assert.deepEqual(await ask("/shared/refused", { method: "POST" }), { status: 409, text: "taken", total: null });
    assert.deepEqual(await ask("/shared/nowhere", {}), { status: 404, text: "Not Found", total: null });
    const tooLong = await ask("/shared/thing", { method: "PUT", body: "x".repeat(100_001) });
    assert.deepEqual(tooLong, { status: 413, text: "Content Too Large", total: null });
  });

  test("sends its cookies where it is told that it may", async () => {
    assert.deepEqual(await ask("/private/cookie", { credentials: "include" }), { status: 200, text: "ada", total: null });
    assert.match(await ask("/shared/thing", { method: "PUT", credentials: "include" }), /TypeError/);
  });

  test("reads nothing else", async () => {
    assert.match(await ask("/closed", {}), /TypeError/);
  });
});
