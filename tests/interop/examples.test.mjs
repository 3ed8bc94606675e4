// SPDX-License-Identifier: MIT
// Each example, as built, with the client or page it is made for.
import assert from "node:assert/strict";
import { createReadStream } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { once } from "node:events";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import WebSocket, { WebSocketServer } from "ws";
import { launchBrowser, openPage } from "./support/browser.mjs";
import { closeAll, versions } from "./support/clients.mjs";
import { Program, next, nextEvent, startServer, until } from "./support/program.mjs";

const folder = (name) => fileURLToPath(new URL(`../../examples/${name}/`, import.meta.url));
const io = versions["4.8"];
let browser;

before(async () => {
  browser = await launchBrowser();
});
after(() => browser?.close());

const itemsOf = (page) => page.locator("li").allTextContents();

/** Serves one example's page from an origin of its own. */
async function servePage(name, host, port = 0) {
  const server = createServer((request, response) => {
    response.setHeader("content-type", "text/html; charset=utf-8");
    createReadStream(join(folder(name), "index.html")).pipe(response);
  });
  server.listen(port, host);
  await once(server, "listening");
  return server;
}

test("broadcast_chat greets, relays to everyone and logs", async () => {
  const server = await startServer("examples/broadcast_chat");
  const a = io(server.url, { forceNew: true });
  assert.deepEqual(await nextEvent(a, "chat message"), ["Welcome to the chat!"]);
  const b = io(server.url, { forceNew: true });
  assert.deepEqual(await nextEvent(b, "chat message"), ["Welcome to the chat!"]);
  await server.printed(/A user connected/);
  const heard = [nextEvent(a, "chat message"), nextEvent(b, "chat message")];
  a.emit("chat message", "tea?");
  assert.deepEqual(await Promise.all(heard), [["Server: tea?"], ["Server: tea?"]]);
  await server.printed(/Client says: tea\?/);
  closeAll([a, b]);
  await server.printed(/User disconnected/);
  assert.deepEqual(await server.stop(), { code: 0, signal: null });
});

/** A client for the terminal, and what is fed to it by a pipe. */
const feed = (path, url, lines) => new Program(path, [url], { FED: lines.map((line) => `${line}\n`).join("") }, 'exec "$0" "$@" < <(printf %s "$FED")');

test("broadcast_chat's client says what it is given and shows what is said, to our server and to the official one", async () => {
  const { Server } = createRequire(import.meta.url)("socket.io");
  const http = createServer();
  const theirs = new Server(http);
  const said = [];
  theirs.on("connection", (socket) => {
    socket.emit("chat message", "Welcome to the chat!");
    socket.on("chat message", (text) => said.push([socket.conn.transport.name, text]) && theirs.emit("chat message", `Server: ${text}`));
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const ours = await startServer("examples/broadcast_chat");
  const ends = { [ours.url]: () => ours.stop(), [`http://127.0.0.1:${http.address().port}`]: () => new Promise((done) => theirs.close(done)) };
  for (const [url, end] of Object.entries(ends)) {
    const client = feed("examples/broadcast_chat_client", url, ["tea?", "with milk"]);
    await client.printed(/Server: Client: with milk/);
    assert.deepEqual(client.output.trim().split("\n"), ["Connected to server", "Welcome to the chat!", "Server: Client: tea?", "Server: Client: with milk"]);
    await end();
    await client.printed(/Disconnected from server/);
    assert.deepEqual(await client.exited, { code: 0, signal: null });
  }
  assert.match(ours.output, /Client says: Client: tea\?\nClient says: Client: with milk/);
  assert.deepEqual(said, [["websocket", "Client: tea?"], ["websocket", "Client: with milk"]]);
  const nobody = new Program("examples/broadcast_chat_client", ["http://127.0.0.1:1"], {});
  assert.deepEqual(await nobody.exited, { code: 0, signal: null });
  assert.match(nobody.output, /Nothing listens on 127\.0\.0\.1:1/);
});

test("page_chat sends its page, and two tabs talk", async () => {
  const server = await startServer("examples/page_chat");
  const context = await browser.newContext();
  const [a, b] = [await openPage(context, server.url), await openPage(context, server.url)];
  for (const page of [a, b]) await page.waitForFunction("socket.connected");
  await a.fill("#input", "hi <b>there</b>");
  await a.press("#input", "Enter");
  for (const page of [a, b]) {
    await until(async () => (await itemsOf(page)).includes("hi <b>there</b>"), "the message");
    assert.deepEqual(page.troubles, []);
  }
  await server.printed(/a user connected[^]*a user connected[^]*message: hi <b>there<\/b>/);
  await context.close();
  await server.printed(/user disconnected/);
  await server.stop();
});

describe("cors_events", () => {
  const allowedPort = 5500;
  let server;
  before(async () => {
    server = await startServer("examples/cors_events");
  });
  after(() => server.stop());

  test("a page of the allowed origin connects by polling, upgrades, and both sides speak", async () => {
    const pages = await servePage("cors_events", "127.0.0.1", allowedPort);
    const context = await browser.newContext();
    const page = await openPage(context, `http://127.0.0.1:${allowedPort}/?server=${server.url}`);
    const requests = [];
    page.on("request", (request) => requests.push(request.url()));
    await until(async () => (await itemsOf(page)).includes("Welcome to WebSocket"), "the greeting");
    await until(async () => (await page.innerText("#transport")) === "websocket", "the upgrade");
    await server.printed(/client-message/);
    await server.printed(/hello/);
    for (const property of ["id", "handshake", "rooms", "namespace", "transport"]) assert.match(server.output, new RegExp(property));
    assert.deepEqual(page.troubles, []);
    await context.close();
    pages.close();
  });

  test("a page of another origin is refused by the browser", async () => {
    const pages = await servePage("cors_events", "127.0.0.1");
    const context = await browser.newContext();
    const page = await openPage(context, `http://127.0.0.1:${pages.address().port}/?server=${server.url}`);
    await until(async () => /refused: xhr poll error/.test(await page.innerText("#state")), "the refusal");
    assert.ok(page.troubles.some((trouble) => /CORS/.test(trouble)), page.troubles.join("\n"));
    await context.close();
    pages.close();
  });
});

test("ws_echo answers the ws package and a browser's own WebSocket", async () => {
  const server = await startServer("examples/ws_echo");
  const address = `ws://127.0.0.1:${server.port}`;
  const socket = new WebSocket(address);
  await next(socket, "open");
  await server.printed(/Client connected/);
  const answer = next(socket, "message");
  socket.send("from node");
  assert.equal(String((await answer)[0]), "Received from node");
  await server.printed(/Received: from node/);
  const binary = next(socket, "message");
  socket.send(Buffer.from([0xff, 0x00]));
  const [octets, isBinary] = await binary;
  assert.ok(isBinary);
  assert.deepEqual(octets, Buffer.concat([Buffer.from("Received "), Buffer.from([0xff, 0x00])]));
  socket.close();
  await server.printed(/Client disconnected/);

  const pages = await servePage("ws_echo", "127.0.0.1");
  const context = await browser.newContext();
  const page = await openPage(context, `http://127.0.0.1:${pages.address().port}/?server=${address}`);
  await until(async () => (await itemsOf(page)).includes("Received Hello from browser!"), "the answer");
  await page.fill("#input", "again");
  await page.press("#input", "Enter");
  await until(async () => (await itemsOf(page)).includes("Received again"), "the second answer");
  assert.deepEqual(page.troubles, []);
  await context.close();
  pages.close();
  await server.stop();
});

test("static_chat serves its directory; what one sends goes to every other", async () => {
  const server = await startServer("examples/static_chat");
  const context = await browser.newContext();
  const [a, b] = [await openPage(context, server.url), await openPage(context, server.url)];
  for (const page of [a, b]) await page.waitForFunction("socket.connected");
  await a.fill("#input", "hello others");
  await a.press("#input", "Enter");
  await until(async () => (await itemsOf(b)).includes("hello others"), "the message");
  await server.printed(/New websocket connection!/);
  assert.deepEqual(await itemsOf(a), ["hello others"]);
  for (const page of [a, b]) assert.deepEqual(page.troubles, []);
  const script = await fetch(`${server.url}/js/chat.js`);
  assert.match(script.headers.get("content-type"), /javascript/);
  assert.equal((await fetch(`${server.url}/js/../../main.cpp`)).status, 404);
  assert.equal((await fetch(`${server.url}/..%2fmain.cpp`)).status, 404);
  await context.close();
  await server.stop();
});

for (const name of ["broadcast_chat", "page_chat", "cors_events", "ws_echo", "static_chat", "bench_server"]) {
  test(`${name} ends with a sentence where it cannot listen`, async () => {
    const taken = createServer();
    taken.listen(0);
    await once(taken, "listening");
    for (const [port, sentence] of [
      [String(taken.address().port), /^parley: [^\n]*already in use[^\n]*\n$/],
      ["three", /^parley: The environment variable PORT is "three"\.[^\n]*\n$/],
    ]) {
      const program = new Program(`examples/${name}`, [], { PORT: port });
      assert.deepEqual(await program.exited, { code: 1, signal: null });
      assert.match(program.output, sentence);
    }
    taken.close();
  });
}

test("ws_echo's client asks for a name, sends each line under it and shows what comes, from our server and from ws", async () => {
  const theirs = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await once(theirs, "listening");
  theirs.on("connection", (socket) => socket.on("message", (data) => socket.send(`Received ${data}`)));
  const ours = await startServer("examples/ws_echo");
  const ends = {
    [`ws://127.0.0.1:${ours.port}`]: () => ours.stop(),
    [`ws://127.0.0.1:${theirs.address().port}`]: () => theirs.clients.forEach((socket) => socket.close()),
  };
  for (const [url, end] of Object.entries(ends)) {
    const client = feed("examples/ws_echo_client", url, ["Ada", "hello"]);
    await client.printed(/Message from server: Received Ada: hello/);
    const lines = client.output.trim().split("\n");
    assert.deepEqual(lines.slice(0, 4), ["Connected to server", "Please enter user name:", "Welcome Ada! You can start chatting now.", "Type your message and press Enter to send:"]);
    assert.deepEqual(lines.slice(4), ["Message from server: Received Ada: Ada", "Message from server: Received Ada: hello"]);
    await end();
    await client.printed(/Disconnected from server/);
    assert.deepEqual(await client.exited, { code: 0, signal: null });
  }
  theirs.close();
});
