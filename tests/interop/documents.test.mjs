// SPDX-License-Identifier: MIT
// The programs of docs/, as built from what stands there, with the clients that the pages speak of.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { Server } from "socket.io";
import WebSocket from "ws";
import { launchBrowser, openPage } from "./support/browser.mjs";
import { closeAll, versions } from "./support/clients.mjs";
import { Program, next, nextEvent, startServer, untilEqual } from "./support/program.mjs";

const io = versions["4.8"];
const connect = (url, options = {}) => io(url, { forceNew: true, reconnection: false, ...options });
const ask = (socket, ...args) => socket.timeout(10_000).emitWithAck(...args);

// Where the tutorial's programs are started: beside the folder with the page.
const folder = mkdtempSync(join(tmpdir(), "parley-tutorial-"));
mkdirSync(join(folder, "public"));
after(() => rmSync(folder, { recursive: true }));
const blocks = (document, language) =>
  [...readFileSync(new URL(`../../docs/${document}.md`, import.meta.url), "utf8").matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, "gms"))].map(([, code]) => code);
const startInFolder = (name) => startServer(`tests/doc_${name}`, [], { FOLDER: folder }, 'cd "$FOLDER" && exec "$0" "$@"');
const startStep = (step) => startInFolder(`tutorial_${step}`);

/** The tutorial's page as it stands after a step. */
function pageOf(step) {
  const [first, second] = blocks("tutorial", "html");
  if (step === 1) return first;
  const page = first.replace(/<script>.*<\/script>\n/s, () => second);
  if (step === 2) return page;
  const third = blocks("tutorial", "js").at(-1);
  return page.replace(/^  socket\.on\("connect", .*\n/m, () => third).replace(/^  socket\.on\("said", .*\n/m, "");
}

const itemsOf = (page) => page.locator("li").allTextContents();

test("cheatsheet: the whole server relays to the others of the room, for pages of one origin", async () => {
  const server = await startInFolder("cheatsheet_1");
  const from = (origin) => connect(server.url, { extraHeaders: { origin } });
  const stranger = from("https://other.example");
  await nextEvent(stranger, "connect_error");
  const [a, b] = [from("https://chat.example"), from("https://chat.example")];
  await Promise.all([a, b].map((socket) => nextEvent(socket, "connect")));
  const [first, second] = [a, b].map((socket) => nextEvent(socket, "chat message"));
  a.emit("chat message", "tea?");
  assert.deepEqual(await second, ["tea?"]);
  b.emit("chat message", "milk");
  assert.deepEqual(await first, ["milk"]);  // and not what it has said itself
  closeAll([a, b, stranger]);
  assert.deepEqual(await server.stop(), { code: 0, signal: null });
});

test("http-client: the program answers with what another server says, and says so when that is gone", async () => {
  const upstream = createServer((request, response) => response.writeHead(203).end(`asked for ${request.url}`));
  upstream.listen(0, "127.0.0.1");
  await once(upstream, "listening");
  const server = await startServer("tests/doc_http-client_1", [], { UPSTREAM: `http://127.0.0.1:${upstream.address().port}` });
  const ask = async () => {
    const response = await fetch(`${server.url}/weather?city=S%C3%A3o%20Paulo`);
    return [response.status, await response.text()];
  };
  assert.deepEqual(await ask(), [203, "asked for /weather?city=S%C3%A3o%20Paulo"]);
  upstream.closeAllConnections();
  await new Promise((resolve) => upstream.close(resolve));
  const [status, text] = await ask();
  assert.equal(status, 502);
  assert.match(text, /^GET http:\/\/127\.0\.0\.1:\d+\/weather: Cannot connect to .*: Nothing listens on /);
  assert.deepEqual(await server.stop(), { code: 0, signal: null });
});

test("from-node: the program lets in who has a token, and relays to the others", async () => {
  const server = await startServer("tests/doc_from-node_1");
  const stranger = connect(server.url);
  assert.match((await nextEvent(stranger, "connect_error"))[0].message, /^who are you\?$/);
  const [a, b] = [connect(server.url, { auth: { token: "x" } }), connect(server.url, { auth: { token: "x" } })];
  await Promise.all([a, b].map((socket) => nextEvent(socket, "connect")));
  const heard = nextEvent(b, "said");
  assert.deepEqual(await ask(a, "say", "tea?"), { ok: true });
  assert.deepEqual(await heard, [a.id, "tea?"]);
  const id = a.id;
  closeAll([a, stranger]);
  await server.printed(new RegExp(`${id} client namespace disconnect`));
  closeAll([b]);
  assert.deepEqual(await server.stop(), { code: 0, signal: null });
});

test("threads: all cores count the goals of all players, and each keeps its own points", async () => {
  const server = await startServer("tests/doc_threads-and-lifetimes_1");
  const players = Array.from({ length: 6 }, () => connect(server.url));
  const last = new Map(players.map((player) => [player, 0]));
  for (const player of players) player.on("goals", (goals) => last.set(player, Math.max(last.get(player), goals)));
  const ticks = nextEvent(players[0], "tick");
  for (let round = 1; round <= 5; ++round) {
    const points = await Promise.all(players.map((player, i) => ask(player, "goal", i)));
    assert.deepEqual(points, players.map((player, i) => i * round));
  }
  await untilEqual(() => [...last.values()], players.map(() => 30));
  await ticks;
  closeAll(players);
  assert.deepEqual(await server.stop(), { code: 0, signal: null });
});

test("threads: what a thread counts is answered, and the handlers' state is shared without a lock", async () => {
  const server = await startServer("tests/doc_threads-and-lifetimes_2");
  const socket = connect(server.url);
  const progress = nextEvent(socket, "progress");
  assert.equal(await ask(socket, "count primes", 100), 25);
  assert.deepEqual(await progress, ["counted"]);
  assert.equal(await ask(socket, "requests"), 1);
  closeAll([socket]);
  assert.deepEqual(await server.stop(), { code: 0, signal: null });
});

test("observing: the metrics say what the clients and the requests did", async () => {
  const server = await startServer("tests/doc_observing_1");
  const sockets = [connect(server.url), connect(server.url, { transports: ["websocket"] })];
  await Promise.all(sockets.map((socket) => nextEvent(socket, "connect")));
  const heard = sockets.map((socket) => nextEvent(socket, "chat message"));
  sockets[0].emit("chat message", "tea?");
  await Promise.all(heard);
  const metrics = async () => Object.fromEntries((await (await fetch(`${server.url}/metrics`)).text()).trim().split("\n").map((line) => line.split(" ")).map(([name, value]) => [name, Number(value)]));
  const said = await metrics();
  assert.equal(said.sessions, 2);
  assert.equal(said.broadcast_recipients_total, 2);
  assert.ok(said.requests_total >= 3 && said.octets_sent_total > 2 * '2["chat message","tea?"]'.length);
  assert.deepEqual([said.failures_total, said.slow_clients_total], [0, 0]);
  closeAll(sockets);
  await untilEqual(async () => (await metrics()).sessions, 0);
  assert.deepEqual(await server.stop(), { code: 0, signal: null });
});

test("errors: each failure is told to the client and to on_error, and a taken port ends with its sentence", async () => {
  const server = await startServer("tests/doc_errors_1");
  const socket = connect(server.url);
  assert.equal(await ask(socket, "price", "tea"), 3);
  assert.deepEqual(await ask(socket, "price", "gold"), { error: "no such article" });
  assert.deepEqual(await ask(socket, "break"), { error: "internal error" });
  assert.match((await ask(socket, "price", 7)).error, /argument 1/);
  await server.printed(/break: this is contained/);
  await server.printed(/price: argument 1/);
  await assert.rejects(startServer("tests/doc_errors_1", [], { PORT: String(server.port) }), /ended with 1[^]*already in use/);
  closeAll([socket]);
  assert.deepEqual(await server.stop(), { code: 0, signal: null });
});

test("http: notes are made, listed and deleted", async () => {
  const server = await startServer("tests/doc_http_1");
  const post = (body) => fetch(`${server.url}/notes`, { method: "POST", body, headers: { "content-type": "application/json" } });
  const made = await post('{"text":"tea"}');
  assert.equal(made.status, 201);
  assert.equal(made.headers.get("location"), "/notes/1");
  for (const body of ["{", "{}", '{"text":7}']) assert.equal((await post(body)).status, 400);
  assert.deepEqual(await (await fetch(`${server.url}/notes`)).json(), [{ id: 1, text: "tea" }]);
  for (const status of [204, 404]) assert.equal((await fetch(`${server.url}/notes/1`, { method: "DELETE" })).status, status);
  assert.deepEqual(await server.stop(), { code: 0, signal: null });
});

test("websocket: the echo keeps text and binary apart", async () => {
  const server = await startServer("tests/doc_websocket_1");
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}`);
  await next(socket, "open");
  for (const [sent, isBinary] of [["tea", false], [Buffer.from([0xff, 0]), true]]) {
    socket.send(sent);
    const [data, was] = await next(socket, "message");
    assert.deepEqual([data, was], [Buffer.from(sent), isBinary]);
  }
  socket.close();
  await next(socket, "close");
  assert.deepEqual(await server.stop(), { code: 0, signal: null });
});

test("tutorial, step 2: names are asked for, and rooms are apart", async () => {
  const server = await startStep(2);
  const nobody = connect(server.url);
  assert.match((await nextEvent(nobody, "connect_error"))[0].message, /a name, please/);
  const [ada, bob] = ["Ada", "Bob"].map((name) => connect(server.url, { auth: { name } }));
  assert.deepEqual(await ask(ada, "enter", ""), { error: "that is no room" });
  assert.equal(await ask(ada, "say", "too early"), false);
  assert.deepEqual(await ask(ada, "enter", "tea"), { room: "tea" });
  const entered = nextEvent(ada, "entered");
  await ask(bob, "enter", "tea");
  assert.deepEqual(await entered, ["Bob"]);
  const heard = [ada, bob].map((socket) => nextEvent(socket, "said"));
  assert.equal(await ask(bob, "say", "hello"), true);
  for (const said of await Promise.all(heard)) assert.deepEqual(said, [{ from: "Bob", text: "hello" }]);
  const left = nextEvent(ada, "left");
  closeAll([bob]);
  assert.deepEqual(await left, ["Bob"]);
  closeAll([ada, nobody]);
  assert.deepEqual(await server.stop(), { code: 0, signal: null });
});

test("tutorial, steps 1 and 3: the pages talk, and who enters later gets the history", async () => {
  const browser = await launchBrowser();
  try {
    for (const step of [1, 3]) {
      writeFileSync(join(folder, "public", "index.html"), pageOf(step));
      const server = await startStep(step);
      const context = await browser.newContext();
      const open = async () => {
        const page = await openPage(context, "about:blank");
        page.on("dialog", (dialog) => dialog.accept("Ada"));
        await page.goto(`${server.url}/#tea`);
        await page.waitForFunction("socket.connected");
        return page;
      };
      const [a, b] = [await open(), await open()];
      await a.fill("input", "hi <b>there</b>");
      await a.press("input", "Enter");
      for (const page of [a, b]) await page.locator("li", { hasText: "hi <b>there</b>" }).waitFor();
      if (step === 3) {
        const late = await open();
        await late.locator("li", { hasText: "hi <b>there</b>" }).waitFor();
        assert.equal((await itemsOf(late)).filter((text) => /Ada: hi <b>there<\/b>$/.test(text)).length, 1);
        const [message] = await (await fetch(`${server.url}/rooms/tea`)).json();
        assert.equal(message.text, "hi <b>there</b>");
        assert.match(message.at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
        assert.deepEqual(await (await fetch(`${server.url}/rooms/coffee`)).json(), []);
      }
      await context.close();
      assert.deepEqual(await server.stop(), { code: 0, signal: null });
    }
  } finally {
    await browser.close();
  }
});

test("client: the page's programs talk to a server of Socket.IO and to one of WebSocket", async () => {
  const chat = await startServer("examples/broadcast_chat");
  const client = new Program("tests/doc_client_1", [chat.url], {});
  await client.printed(/Welcome to the chat!/);
  assert.deepEqual(await client.exited, { code: 0, signal: null });
  const polled = new Program("tests/doc_client_3", [chat.url], {});
  assert.deepEqual(await polled.exited, { code: 0, signal: null });
  assert.deepEqual(await chat.stop(), { code: 0, signal: null });
  const echo = await startServer("examples/ws_echo");
  const socket = new Program("tests/doc_client_4", [`ws://127.0.0.1:${echo.port}`], {});
  await socket.printed(/Received hello/);
  assert.deepEqual(await socket.exited, { code: 0, signal: null });
  assert.deepEqual(await echo.stop(), { code: 0, signal: null });
});

test("client: a server that is a client too passes on what it hears and what it is asked", async () => {
  const http = createServer();
  const upstream = new Server(http);
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const joined = once(upstream, "connection");
  upstream.on("connection", (socket) => socket.on("ask", (question, answer) => answer(`${question} Yes.`)));
  const free = createServer().listen(0, "127.0.0.1");
  await once(free, "listening");
  const { port } = free.address();
  free.close();
  const server = new Program("tests/doc_client_2", [`http://127.0.0.1:${http.address().port}`, String(port)], {});
  const client = io(`http://127.0.0.1:${port}`, { forceNew: true, reconnectionDelay: 50 });
  await Promise.all([nextEvent(client, "connect"), joined]);
  assert.equal(await ask(client, "ask", "Tea?"), "Tea? Yes.");
  const news = nextEvent(client, "news");
  upstream.emit("news", "It rains.");
  assert.deepEqual(await news, ["It rains."]);
  closeAll([client]);
  assert.deepEqual(await server.stop(), { code: 0, signal: null });
  upstream.close();
});

test("coroutines: the page's client waits for its connection and an acknowledgement, its server for its clients", async () => {
  const server = await startServer("tests/doc_coroutines_2");
  const talk = new Program("tests/doc_coroutines_1", [server.url], {});
  await talk.printed(/^1 \+ 2 = 3$/m);
  assert.deepEqual(await talk.exited, { code: 0, signal: null });
  const sockets = [connect(server.url), connect(server.url, { transports: ["websocket"] })];
  await Promise.all(sockets.map((socket) => nextEvent(socket, "connect")));
  const told = nextEvent(sockets[0], "asked");
  sockets[1].on("age", (answer) => answer(42));
  assert.equal(await ask(sockets[0], "everybody's age"), 42);
  assert.deepEqual(await told, [2]);
  closeAll(sockets);
  assert.deepEqual(await server.stop(), { code: 0, signal: null });
});
