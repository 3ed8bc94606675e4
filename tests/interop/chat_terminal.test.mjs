// SPDX-License-Identifier: MIT
// `parley chat` in a terminal and in pipes, with official clients as the other people.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { after, afterEach, before, test } from "node:test";
import { versions } from "./support/clients.mjs";
import { Program, nextEvent, startServer, until, untilEqual } from "./support/program.mjs";
import { Terminal } from "./support/terminal.mjs";

const { Server } = createRequire(import.meta.url)("socket.io");
const path = "apps/parley/parley";
let server;
const open = { terminals: [], sockets: [], servers: [] };

before(async () => (server = await startServer(path, ["serve"])));
afterEach(async () => {
  for (const terminal of open.terminals.splice(0)) terminal.close();
  for (const socket of open.sockets.splice(0)) socket.disconnect();
  for (const other of open.servers.splice(0)) await other.stop();
});
after(() => server.stop());

/** Each test has a room of its own. */
const room = () => randomUUID();

async function person(name, where, url = server.url) {
  const socket = versions["4.8"](url, { forceNew: true, transports: ["websocket"], reconnectionDelay: 100, auth: { name, room: where, secret: randomUUID() } });
  open.sockets.push(socket);
  socket.heard = [];
  socket.typing = [];
  socket.on("message", ({ name: from, text }) => socket.heard.push(`${from}: ${text}`));
  socket.on("typing", (member, active) => socket.typing.push([member.name, active]));
  await nextEvent(socket, "welcome");
  socket.say = (text) => socket.timeout(10_000).emitWithAck("message", { key: randomUUID(), text });
  return socket;
}

async function terminal(name, where, options = {}) {
  const one = new Terminal(path, ["chat", options.url ?? server.url, "--name", name, "--room", where], options);
  open.terminals.push(one);
  await one.shows(new RegExp(`You are ${name} in #`));
  return one;
}

const piped = (input, ...args) => new Program(path, ["chat", ...args], { FED: input }, 'printf %b "$FED" | "$0" "$@"');

test("what others say appears above the line that is being typed", async () => {
  const where = room();
  const bob = await person("bob", where);
  const ada = await terminal("ada", where);
  ada.type("half a sen");
  await ada.showsRow("ada> half a sen");
  await bob.say("hello");
  await ada.shows(/^\d\d:\d\d bob: hello\n/m);
  assert.equal(ada.row(), "ada> half a sen");
  ada.type("tence");
  ada.press("Enter");
  await untilEqual(() => bob.heard, ["ada: half a sentence"]);
  await ada.shows(/\d\d:\d\d ada: half a sentence\nada>$/);
  assert.deepEqual(bob.typing[0], ["ada", true]);
  bob.emit("typing", true);
  await ada.showsRow(`ada>${" ".repeat(59)}bob is typing...`);
  await bob.say("two\nlines");
  await ada.shows(/bob: two\n {11}lines\nada>$/);
  await person("eve", where);
  await ada.shows(/\* eve joined\nada>$/);
});

test("the cursor stands right behind whatever was typed", async () => {
  const ada = await terminal("ada", room());
  for (const [text, columns] of [["中文", 4], ["é", 1], ["e\u0301", 1], ["😀", 2], ["한글", 4]]) {
    ada.type(text);
    await until(() => ada.cursor() === 5 + columns, `${text}: ${ada.cursor()}`);
    ada.press("Left", "End", "C-u");
    await until(() => ada.cursor() === 5, "an empty line");
  }
  // However wide the terminal makes these, what is typed next stands behind them, and one key takes one of them away.
  for (const text of ["👨‍👩‍👧", "🇩🇪", "👍🏿", "❤️"]) {
    ada.type(`a${text}z`);
    ada.press("Left", "BSpace");
    ada.type("b");
    await ada.showsRow("ada> abz");
    assert.equal(ada.cursor(), 7);
    ada.press("C-a", "C-k");
    await ada.showsRow("ada>");
  }
  ada.type("one two three");
  ada.press("M-b", "C-w");
  await ada.showsRow("ada> one three");
  ada.press("M-f", "C-u", "Delete", "Home");
  ada.type("x");
  await ada.showsRow("ada> x");
});

test("characters that are cut between reads are whole", async () => {
  const where = room();
  const bob = await person("bob", where);
  const ada = await terminal("ada", where);
  for (const octet of Buffer.from("ü€😀")) ada.send(octet);
  ada.press("Enter");
  await untilEqual(() => bob.heard, ["ada: ü€😀"]);
});

test("a pasted text with lines waits for Enter, and goes as one message", async () => {
  const where = room();
  const bob = await person("bob", where);
  const ada = await terminal("ada", where);
  ada.paste("one\ntwo\x1b[31m\nthree");
  await ada.showsRow("ada> one⏎two⏎three");
  assert.deepEqual(bob.heard, []);
  ada.press("Enter");
  await untilEqual(() => bob.heard, ["ada: one\ntwo\nthree"]);
});

test("Tab completes names, the arrow up brings lines back", async () => {
  const where = room();
  await person("Bobby", where);
  await person("Bobette", where);
  const ada = await terminal("ada", where);
  ada.type("b");
  ada.press("Tab");
  await ada.showsRow("ada> Bob");
  ada.press("Tab");
  await ada.shows(/^Bobby {2}Bobette$|^Bobette {2}Bobby$/m);
  ada.type("b");
  ada.press("Tab");
  await ada.showsRow("ada> Bobby:");
  ada.type("hi");
  ada.press("Enter");
  await ada.shows(/ada: Bobby: hi\nada>$/);
  ada.type("begun");
  ada.press("Up");
  await ada.showsRow("ada> Bobby: hi");
  ada.press("Down");
  await ada.showsRow("ada> begun");
});

test("long lines scroll, and another width draws them anew", async () => {
  const where = room();
  const bob = await person("bob", where);
  const ada = await terminal("ada", where, { columns: 60 });
  const text = Array.from({ length: 30 }, (_, i) => `word${i}`).join(" ");
  ada.type(text);
  await until(() => /^ada> <.* word29$/.test(ada.row()), "the end of the line");
  ada.press("Home");
  await until(() => /^ada> word0 word1 .*>$/.test(ada.row()), "its beginning");
  ada.press("End");
  for (const columns of [30, 100, 20, 60]) {
    ada.resize(columns);
    await until(() => /^ada> <.*word29$/.test(ada.row()) && ada.row().length < columns && ada.row().length > columns / 2 - 2, `a line of ${columns} columns`);
    assert.equal(ada.screen().match(/ada> /g).length, 1, ada.screen());
  }
  ada.press("Enter");
  await untilEqual(() => bob.heard, [`ada: ${text}`]);
});

test("what is written while the server is away is sent once when it is back", async () => {
  const first = await startServer(path, ["serve"]);
  const where = room();
  const ada = await terminal("ada", where, { url: first.url });
  ada.type("before");
  ada.press("Enter");
  await ada.shows(/ada: before/);
  await first.stop();
  await ada.shows(/\* The connection is lost \(transport close\)\. Trying again\.\.\.\nada \(not connected\)>$/);
  for (const text of ["one", "two"]) {
    ada.type(text);
    ada.press("Enter");
  }
  await ada.shows(/ada \(not connected\)> +2 messages waiting$/);
  const second = await startServer(path, ["serve"], { PORT: String(first.port) });
  open.servers.push(second);
  const bob = await person("bob", where, second.url);
  await ada.shows(/Connected again\./);
  await ada.shows(/ada: one\n(.*\n)*.*ada: two\n(.*\n)*ada>$/);
  assert.ok(bob.heard.filter((line) => line === "ada: two").length <= 1);
  const seen = await new Promise((resolve) => {
    const late = versions["4.8"](second.url, { forceNew: true, transports: ["websocket"], auth: { name: "late", room: where } });
    open.sockets.push(late);
    late.on("welcome", ({ history }) => resolve(history.map(({ text }) => text)));
  });
  assert.deepEqual(seen, ["one", "two"]);
});

test("the server's no is shown, and another name is asked for", async () => {
  const where = room();
  await person("ada", where);
  const ada = new Terminal(path, ["chat", server.url, "--name", "ada", "--room", where]);
  open.terminals.push(ada);
  await ada.shows(/Somebody in this room is called that already\.\nYour name:$/);
  ada.type("anna");
  ada.press("Enter");
  await ada.shows(/You are anna in #.* with ada\.\nanna>$/);
  ada.paste("x".repeat(2001));
  ada.press("Enter");
  await ada.shows(/Not sent: A message can have at most 2000 characters\./);
  ada.type("/nonsense");
  ada.press("Enter");
  await ada.shows(/There is no command \/nonsense/);
});

test("it ends cleanly, and gives the terminal back", async () => {
  const where = room();
  for (const end of [(it) => it.press("C-c"), (it) => it.press("C-d"), (it) => (it.type("/quit"), it.press("Enter")),
    (it) => process.kill(it.pid("parley chat"), "SIGTERM"), (it) => process.kill(it.pid("parley chat"), "SIGHUP")]) {
    const ada = await terminal("ada", where);
    end(ada);
    await ada.shows(/ended with 0, icanon/);
    assert.doesNotMatch(ada.screen(), /ada>/);
  }
});

test("colours are for terminals that want them", async () => {
  const where = room();
  const bob = await person("bob", where);
  const coloured = await terminal("ada", where);
  const plain = await terminal("eve", where, { env: { NO_COLOR: "1" } });
  await bob.say("hello");
  for (const one of [coloured, plain]) await one.shows(/bob: hello/);
  assert.match(coloured.painted(), /\x1b\[3\dm ?bob/);
  assert.doesNotMatch(plain.painted(), /\x1b/);
});

test("nothing of somebody's text steers the terminal", async () => {
  // The server of Parley refuses control characters: this one does not.
  const http = createServer().listen(0, "127.0.0.1");
  const io = new Server(http);
  io.on("connection", (socket) => {
    const you = { id: socket.id, name: "ada" };
    socket.emit("welcome", { room: "evil\x1b[2J", since: 1, you, members: [you, { id: "2", name: "m\x1b[31mal" }], yours: [],
      history: [{ id: 1, from: "2", name: "m\x1b]0;x\x07al", text: "a\x1b[2J\u009b1mb\r\nc", time: Date.now() }] });
    socket.emit("message", "nonsense");
  });
  await until(() => http.address(), "the port");
  const ada = new Terminal(path, ["chat", `http://127.0.0.1:${http.address().port}`, "--name", "ada"]);
  open.terminals.push(ada);
  await ada.shows(/m\?\]0;x\?al: a\?\[2J\?1mb\?\n +c\n/);
  await ada.shows(/You are ada in #evil\?\[2J, with m\?\[31mal/);
  await ada.shows(/does not understand: message/);
  io.close();
  http.closeAllConnections();
});

test("a pipe sends each line, in order, and ends when all of them have arrived", async () => {
  const where = room();
  const bob = await person("bob", where);
  const lines = Array.from({ length: 24 }, (_, i) => `line ${i}`);  // more than may come at once
  const ops = piped(`${lines.join("\\n")}\\n\\n\\x1b[31mred\\x1b[0m and \\tü`, server.url, "--name", "ops", "--room", where);
  assert.deepEqual(await ops.exited, { code: 0, signal: null });
  assert.deepEqual(bob.heard, [...lines, "red and \tü"].map((line) => `ops: ${line}`));
  assert.match(ops.output, /parley: You are writing too fast\. Wait a few seconds\. It will be sent then\./);
  assert.match(ops.output, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d ops: line 23$/m);
  assert.doesNotMatch(ops.output, /\x1b/);
  await until(async () => (await person("ops", where)) !== undefined, "the name is free again");
});

test("a pipe outlives its server, and nothing is lost or said twice", async () => {
  const first = await startServer(path, ["serve"]);
  const where = room();
  const ops = new Program(path, ["chat", first.url, "--name", "ops", "--room", where], {}, '{ echo one; sleep 1; echo two; sleep 1; echo three; } | "$0" "$@"');
  await ops.printed(/ops: one/);
  await first.stop("SIGKILL");
  await ops.printed(/The connection is lost/);
  const second = await startServer(path, ["serve"], { PORT: String(first.port) });
  open.servers.push(second);
  assert.deepEqual(await ops.exited, { code: 0, signal: null });
  assert.deepEqual(ops.output.match(/ops: \w+/g), ["ops: one", "ops: two", "ops: three"]);
});

test("what a pipe cannot do is said in a sentence, and by the status", async () => {
  const where = room();
  const refused = piped(`${"x".repeat(2001)}\\nfine\\n`, `${server.url}/r/${where}`, "--name", "ops");
  assert.equal((await refused.exited).code, 1);
  assert.match(refused.output, /parley: Not sent: A message can have at most 2000 characters/);
  assert.match(refused.output, /ops: fine/);
  await person("taken", where);
  for (const [args, sentence] of [
    [["http://127.0.0.1:1", "--name", "x"], /Nothing listens on 127\.0\.0\.1:1/],
    [[server.url, "--name", "taken", "--room", where], /called that already\. Give another one with --name/],
    [[server.url, "--name", "x", "--room", ".."], /There can be no room of that name/],
    [["localhost", "--name", "x"], /begin it with http/],
  ]) {
    const failed = piped("hello", ...args);
    assert.equal((await failed.exited).code, 1, failed.output);
    assert.match(failed.output, sentence);
    assert.match(failed.output, /^parley: /m);
  }
  const nobody = new Program(path, ["chat", server.url], { USER: "", LOGNAME: "" }, '"$0" "$@" </dev/null');
  assert.equal((await nobody.exited).code, 1);
  assert.match(nobody.output, /--name NAME/);
});
