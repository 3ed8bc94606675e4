// SPDX-License-Identifier: MIT
// The chat keeps what was said: official clients on a server that ends in every way, and its file.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { chmodSync, copyFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, test } from "node:test";
import { versions } from "./support/clients.mjs";
import { ask, assertIntact, newFile, serveFile } from "./support/history.mjs";
import { Program, nextEvent, startServer } from "./support/program.mjs";

const program = "apps/parley/parley";
const open = [];
afterEach(() => open.splice(0).forEach((socket) => socket.disconnect()));

/** Somebody in a room: an official client, once it has been welcomed. */
async function enter(server, auth, options = {}) {
  const socket = versions["4.8"](server.url, { forceNew: true, reconnection: false, transports: ["websocket"], ...options, auth: { name: "Ada", ...auth } });
  open.push(socket);
  [socket.welcome] = await nextEvent(socket, "welcome");
  return socket;
}

const post = (socket, text, key = randomUUID()) => socket.timeout(10_000).emitWithAck("message", { key, text });
const read = (socket, request) => socket.timeout(10_000).emitWithAck("history", request);
const textsOf = (messages) => messages.map(({ text }) => text);

test("what was said is there after the server's end, however that came", async () => {
  const file = newFile();
  let port = 0;
  let since;
  for (const [round, signal] of ["SIGTERM", "SIGKILL", "SIGHUP"].entries()) {
    const server = await serveFile(file, { port });
    port = server.port;
    const ada = await enter(server, { room: "tea" });
    assert.deepEqual(textsOf(ada.welcome.history), ["SIGTERM", "SIGKILL", "SIGHUP"].slice(0, round));
    assert.equal(ada.welcome.since, since ?? ada.welcome.since);
    since = ada.welcome.since;
    const { message } = await post(ada, signal);
    assert.equal(message.id, round);
    await server.stop(signal);
  }
  assertIntact(file);
});

test("a room lives on while nobody is in it", async () => {
  const server = await serveFile(newFile());
  const ada = await enter(server, { room: "tea" });
  await post(ada, "is anybody here?");
  ada.disconnect();
  const bob = await enter(server, { room: "tea", name: "Bob" });
  assert.deepEqual(textsOf(bob.welcome.history), ["is anybody here?"]);
  assert.deepEqual(bob.welcome.since, ada.welcome.since);
  assert.deepEqual((await enter(server, { room: "coffee" })).welcome.history, []);
  await server.stop();
});

test("a draft that is sent again is the same message, across a restart, and only for whoever sent it", async () => {
  const file = newFile();
  const secret = "a-secret-of-adas";
  const first = await serveFile(file);
  const ada = await enter(first, { secret });
  const { message } = await post(ada, "once", "key-1");
  assert.deepEqual((await post(ada, "twice", "key-1")).message, message);
  await first.stop("SIGKILL");

  const second = await serveFile(file);
  const again = await enter(second, { secret });
  assert.deepEqual(again.welcome.yours, [{ id: message.id, key: "key-1" }]);
  assert.deepEqual((await post(again, "three times", "key-1")).message, message);
  const mallory = await enter(second, { name: "Mallory", secret: "another-secret" });
  assert.deepEqual(mallory.welcome.yours, []);
  assert.equal((await post(mallory, "mine", "key-1")).message.text, "mine");
  assert.deepEqual(textsOf((await read(again, {})).messages), ["once", "mine"]);
  await second.stop();
  assert.doesNotMatch(JSON.stringify(ask(file, "SELECT * FROM messages")), new RegExp(secret), "secrets are not kept");
});

test("the history is read in pages, to its beginning and back to its end", async () => {
  const server = await serveFile(newFile(), { args: ["--message-rate", "1000"] });
  const ada = await enter(server, { room: "long", secret: "a-secret-of-adas" });
  for (let i = 0; i < 250; ++i) await post(ada, `line ${i}`, `key-${i}`);
  const bob = await enter(server, { room: "long", name: "Bob" });
  assert.equal(bob.welcome.history.length, 100);
  const up = [];
  for (let before = bob.welcome.history[0].id, page; !page?.complete; before = page.messages[0].id) {
    page = await read(bob, { before });
    assert.ok(page.messages.length <= 100);
    assert.deepEqual(page.yours, []);
    up.unshift(...page.messages);
  }
  assert.deepEqual(textsOf([...up, ...bob.welcome.history]), Array.from({ length: 250 }, (_, i) => `line ${i}`));
  const down = await read(bob, { after: 199 });
  assert.deepEqual([down.messages.length, down.messages[0].id, down.complete], [50, 200, true]);
  assert.equal((await read(bob, { after: 10 })).complete, false);
  assert.deepEqual((await read(ada, { before: 2 })).yours, [{ id: 0, key: "key-0" }, { id: 1, key: "key-1" }]);
  for (const strange of [{ before: -1 }, { before: 0 }, { after: 1e15 }]) assert.deepEqual((await read(bob, strange)).messages, []);
  await server.stop();
});

test("who reads too fast is told when to go on, and what cannot be a request is no answer", async () => {
  const server = await serveFile(newFile());
  const ada = await enter(server, {});
  const pages = await Promise.all(Array.from({ length: 60 }, () => read(ada, {})));
  const refused = pages.filter(({ error }) => error);
  assert.ok(refused.length >= 20, `${refused.length} are refused`);
  assert.match(refused[0].error, /reading too fast/);
  assert.ok(refused[0].retry_after > 0);
  assert.match((await read(ada, { before: "x" })).error, /expected a number/);
  await server.stop();
});

test("without --data it is kept in the user's state directory, for nobody else to read", async () => {
  const state = join(dirname(newFile()), "state");
  const first = await startServer(program, ["serve"], { XDG_STATE_HOME: state });
  await first.printed(/what is said is kept in .*\/state\/parley\/chat\.db/);
  await post(await enter(first, {}), "hello");
  // Another one of the same user talks, and keeps nothing.
  const second = await startServer(program, ["serve"], { XDG_STATE_HOME: state });
  await second.printed(/error what is said is forgotten when the server ends: \S+chat\.db is in use by another parley serve\. Give a file with --data FILE/);
  const bob = await enter(second, { name: "Bob" });
  assert.deepEqual(bob.welcome.history, []);
  assert.equal((await post(bob, "volatile")).message.text, "volatile");
  await Promise.all([first.stop(), second.stop()]);
  assert.deepEqual(ask(join(state, "parley/chat.db"), "SELECT text FROM messages"), [{ text: "hello" }]);

  const home = join(dirname(newFile()), "home");
  mkdirSync(home);
  const third = await startServer(program, ["serve"], { XDG_STATE_HOME: "relative", HOME: home });
  await third.stop();
  assert.ok(existsSync(join(home, ".local/state/parley/chat.db")));
  const fourth = await startServer(program, ["serve"], { XDG_STATE_HOME: "", HOME: "" });
  await fourth.printed(/forgotten when the server ends: neither XDG_STATE_HOME nor HOME names a folder/);
  await fourth.stop();
});

test("--data :memory: writes nothing anywhere", async () => {
  const state = join(dirname(newFile()), "untouched");
  const server = await startServer(program, ["serve", "--data", ":memory:"], { XDG_STATE_HOME: state });
  const ada = await enter(server, { room: "tea" });
  await post(ada, "hello");
  ada.disconnect();
  assert.deepEqual(textsOf((await enter(server, { room: "tea" })).welcome.history), ["hello"]);
  await server.stop();
  assert.equal(existsSync(state), false);
});

test("a file that cannot be used is said in a sentence, and nothing starts", async () => {
  const refused = async (file) => {
    const server = new Program(program, ["serve", "--port", "0", "--data", file], {});
    assert.deepEqual(await server.exited, { code: 1, signal: null }, server.output);
    return server.output;
  };
  const file = newFile();
  const server = await serveFile(file);
  assert.match(await refused(file), /^parley: \S+ is in use by another parley serve\. Give another file with --data FILE, or keep nothing with --data :memory:\.\n$/);
  await server.stop();
  ask(file, "PRAGMA user_version=999");
  assert.match(await refused(file), /was written by a newer version of Parley \(schema 999, /);
  const text = newFile();
  writeFileSync(text, "these are not messages, but a letter to somebody\n".repeat(100));
  assert.match(await refused(text), /is no database\./);
  const other = newFile();
  ask(other, "CREATE TABLE notes(text)");
  assert.match(await refused(other), /belongs to another program\./);
  assert.match(await refused("/no/such/folder/chat.db"), /Cannot write beside \/no\/such\/folder\/chat\.db: No such file or directory\./);
  assert.match(await refused("/"), /Cannot write beside|cannot be opened/);
});

test("one file is all that moves to another machine, and what a killed server left is taken up", async () => {
  const file = newFile();
  const server = await serveFile(file);
  await post(await enter(server, {}), "before the move");
  await server.stop();
  const moved = newFile();
  copyFileSync(file, moved);
  chmodSync(moved, 0o644);
  const there = await serveFile(moved);
  const ada = await enter(there, {});
  assert.deepEqual(textsOf(ada.welcome.history), ["before the move"]);
  await post(ada, "after it");
  await there.stop("SIGKILL");
  assert.ok(existsSync(`${moved}-wal`));
  const torn = newFile();
  copyFileSync(moved, torn);
  copyFileSync(`${moved}-wal`, `${torn}-wal`);
  // What a write left unfinished at the end of the log counts for nothing.
  writeFileSync(`${torn}-wal`, Buffer.alloc(5000, 0xa5), { flag: "a" });
  const revived = await serveFile(torn);
  assert.deepEqual(textsOf((await enter(revived, {})).welcome.history), ["before the move", "after it"]);
  await revived.stop();
  assertIntact(torn);
});

test("beyond --keep-size the oldest messages are forgotten", async () => {
  const file = newFile();
  const server = await serveFile(file, { args: ["--keep-size", "1", "--message-rate", "10000"] });
  const ada = await enter(server, {});
  const text = "x".repeat(1900);
  for (let i = 0; i < 20; ++i) for (const { error } of await Promise.all(Array.from({ length: 100 }, (_, j) => post(ada, `${i * 100 + j} ${text}`)))) assert.equal(error, undefined);
  await server.stop();
  const [{ oldest, latest, count }] = ask(file, "SELECT min(number) AS oldest, max(number) AS latest, count(*) AS count FROM messages");
  assert.equal(latest, 1999);
  assert.ok(oldest > 1000 && count > 200, `${oldest}, ${count}`);
  assert.match((await refusedOption("--keep-size", "-1")), /--keep-size/);
  assert.match((await refusedOption("--message-rate", "0")), /--message-rate/);
});

async function refusedOption(...args) {
  const server = new Program(program, ["serve", ...args], {});
  assert.deepEqual(await server.exited, { code: 2, signal: null });
  return server.output;
}

test("only rooms that were named are searched, and nothing that is typed is more than words", async () => {
  const server = await serveFile(newFile());
  const ada = await enter(server, { room: "tea" });
  await post(ada, "green tea");
  const mallory = await enter(server, { room: "lobby", name: "Mallory" });
  const search = (socket, text, rooms) => socket.timeout(10_000).emitWithAck("search", { text, rooms });
  const found = ({ found: all, error }) => (assert.equal(error, undefined), all.map(({ room, message }) => [room, message.text]));
  assert.deepEqual(found(await search(mallory, "green", ["lobby"])), []);
  assert.deepEqual(found(await search(mallory, "green", [])), []);
  assert.deepEqual(found(await search(ada, "green", ["lobby", "tea"])), [["tea", "green tea"]]);
  assert.deepEqual(found(await search(ada, "green in:tea", [])), [["tea", "green tea"]]);
  for (const text of ["scope:r1 x", 'x" OR scope:"r1', "r1", "x) OR (scope:r1", "text:green OR x"]) assert.deepEqual(found(await search(mallory, text, ["lobby"])), []);
  assert.match((await search(ada, "x".repeat(201), ["tea"])).error, /too long/);
  assert.match((await search(ada, "x ".repeat(17), ["tea"])).error, /too many words/);
  assert.match((await search(ada, "x", Array(33).fill("tea"))).error, /too many rooms/);
  assert.match((await search(ada, "", ["tea"])).error, /Type a word/);
  const flood = await Promise.all(Array.from({ length: 40 }, () => search(mallory, "x", ["lobby"])));
  assert.ok(flood.some(({ error, retry_after: pause }) => /too fast/.test(error) && pause > 0));
  await server.stop();
});

test("rooms that are known by name say how they stand", async () => {
  const server = await serveFile(newFile());
  const ada = await enter(server, { room: "tea" });
  await post(ada, "one");
  await post(ada, "two");
  const rooms = (names) => ada.timeout(10_000).emitWithAck("rooms", { names });
  const since = ada.welcome.since;
  assert.deepEqual(await rooms(["tea", "coffee"]), { rooms: [{ name: "tea", since, next: 2, here: 1 }, { name: "coffee", since: 0, next: 0, here: 0 }] });
  assert.deepEqual(await rooms([]), { rooms: [] });
  assert.equal((await rooms(Array(32).fill("tea"))).rooms.length, 32);
  assert.match((await rooms(Array(33).fill("tea"))).error, /too many rooms/);
  const flood = await Promise.all(Array.from({ length: 40 }, () => rooms(["tea"])));
  assert.ok(flood.some(({ error, retry_after: pause }) => /too fast/.test(error) && pause > 0));
  await server.stop();
});

/** A disk of its own; `resize(megabytes)` gives it more room. */
function smallDisk(megabytes) {
  const folder = newFile();
  mkdirSync(folder);
  const mount = (options) => execFileSync("mount", [...options, "parley-small-disk", folder], { stdio: "pipe" });
  mount(["-t", "tmpfs", "-o", `size=${megabytes}m`]);
  const resize = (size) => mount(["-o", `remount,size=${size}m`]);
  return { file: join(folder, "chat.db"), resize, remove: () => execFileSync("umount", [folder]) };
}

// Root may, but not in every container.
function whyNoSmallDisk() {
  try {
    smallDisk(1).remove();
    return false;
  } catch (error) {
    return `a small disk cannot be made here: ${error.message}`;
  }
}

const cannotMount = whyNoSmallDisk();
test("while a disk is full nobody is told that a message is kept, and all are when there is room again", { skip: cannotMount }, async () => {
  const disk = smallDisk(1);
  try {
    const server = await serveFile(disk.file, { args: ["--message-rate", "10000"] });
    const ada = await enter(server, { secret: "a-secret-of-adas" });
    const drafts = Array.from({ length: 400 }, (_, i) => [`${i} ${"x".repeat(1900)}`, `key-${i}`]);
    const receipts = await Promise.all(drafts.map((draft) => post(ada, ...draft)));
    const refused = drafts.filter((_, i) => receipts[i].error);
    assert.ok(refused.length > 0 && refused.length < 400, `${refused.length} are refused`);
    const { error, retry_after: pause } = receipts.find((receipt) => receipt.error);
    assert.equal(error, "The server cannot keep messages just now.");
    assert.ok(pause > 0);
    await server.printed(/error nothing is kept: There is no room on the disk for \S+chat\.db\./);
    assert.deepEqual((await read(ada, { before: 1 })).messages.length, 1, "what was kept is read meanwhile");
    disk.resize(32);
    const later = await Promise.all(refused.map((draft) => post(ada, ...draft)));
    for (const receipt of later) assert.equal(receipt.error, undefined);
    await server.stop("SIGKILL");
    assertIntact(disk.file);
    const kept = ask(disk.file, "SELECT key FROM messages ORDER BY number").map(({ key }) => key);
    assert.deepEqual(new Set(kept), new Set(drafts.map(([, key]) => key)));
    assert.equal(kept.length, 400);
  } finally {
    disk.remove();
  }
});
