// SPDX-License-Identifier: MIT
// `parley serve` in real Chromium tabs.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, afterEach, before, test } from "node:test";
import { launchBrowser, openPage } from "./support/browser.mjs";
import { versions } from "./support/clients.mjs";
import { nextEvent, startServer, until, untilEqual } from "./support/program.mjs";

const program = "apps/parley/parley";
let server;
let browser;
let contexts = [];
let clients = [];

before(async () => {
  server = await startServer(program, ["serve"]);
  browser = await launchBrowser();
});
afterEach(async () => {
  await Promise.all(contexts.map((context) => context.close()));
  contexts = [];
  for (const client of clients) client.disconnect();
  clients = [];
});
after(async () => {
  await browser?.close();
  assert.deepEqual(await server.stop("SIGTERM"), { code: 0, signal: null });
});

/** A person: a browser context of their own (own storage), on the page, with a name. */
async function person(name, { path = "/", url = server.url, ...options } = {}) {
  const context = await browser.newContext(options);
  contexts.push(context);
  const page = await openPage(context, url + path);
  await page.fill("#name-input", name);
  await page.click("#name-form button");
  await page.waitForSelector('#connection[data-state="connected"]');
  await page.waitForSelector(".member", { state: "attached" });
  return page;
}

/** A program in the chat: an official client that keeps what it is told in `heard`. */
async function client(name, room) {
  const socket = versions["4.8"](server.url, { forceNew: true, reconnection: false, transports: ["websocket"], auth: { name, room } });
  clients.push(socket);
  socket.heard = [];
  socket.onAny((event, value) => socket.heard.push({ event, value }));
  await nextEvent(socket, "welcome");
  return socket;
}

const post = (socket, text) => socket.timeout(10_000).emitWithAck("message", { key: randomUUID(), text });
const heardTexts = (socket) => socket.heard.filter(({ event }) => event === "message").map(({ value }) => value.text);
const hearsText = (socket, text) => until(() => heardTexts(socket).includes(text), `"${text}" is heard`);

async function say(page, text) {
  await page.fill("#draft", text);
  await page.press("#draft", "Enter");
}

const texts = (page) => page.locator(".message__text").allTextContents();
const hears = (page, text) => until(async () => (await texts(page)).includes(text), `"${text}" on the page`);
const members = (page) => page.locator(".member").allTextContents();
const sees = (page, pattern) => until(async () => pattern.test(await page.locator("body").innerText()), `${pattern} on the page`);

test("three people see each other, talk, type and leave", async () => {
  const ada = await person("Ada");
  const bob = await person("Bob");
  const cleo = await person("Cléo 🦊");
  await until(async () => (await members(ada)).length === 3, "three members");
  await untilEqual(() => members(cleo), ["Ada", "Bob", "Cléo 🦊(you)"]);
  await sees(ada, /Bob joined/);

  await say(ada, "Hello, all of you!");
  for (const page of [ada, bob, cleo]) await hears(page, "Hello, all of you!");
  assert.equal((await texts(ada)).filter((text) => text === "Hello, all of you!").length, 1);
  const head = await bob.locator(".message").last().innerText();
  assert.match(head, /Ada/);
  assert.match(head, /\d{1,2}[:.]\d\d/);

  await bob.locator("#draft").pressSequentially("thinking");
  await sees(ada, /Bob is typing…/);
  await bob.fill("#draft", "");
  await until(async () => !/Bob is typing/.test(await ada.innerText("#typing")), "typing ends");

  await cleo.close();
  await sees(ada, /Cléo 🦊 left/);
  await untilEqual(() => members(bob), ["Ada", "Bob(you)"]);
  for (const page of [ada, bob]) assert.deepEqual(page.troubles, []);
});

test("nothing a person types is markup", async () => {
  const ada = await person("<img src=x onerror=alert(1)>");
  const bob = await person("Bob");
  const nasty = '<script>document.title="broken"</script><b>bold</b> <a href="javascript:alert(1)">x</a> &amp;';
  await say(ada, nasty);
  await hears(bob, nasty);
  assert.equal(await bob.locator(".message__text b, .message__text script, .message__text img, .members img").count(), 0);
  assert.equal(await bob.title(), "#lobby · Parley");
  await say(ada, "see https://example.org/a?b=c. ok");
  await hears(bob, "see https://example.org/a?b=c. ok");
  assert.equal(await bob.locator(".message__text a").last().getAttribute("href"), "https://example.org/a?b=c");
  assert.deepEqual(bob.troubles, []);
});

test("rooms are separate, and the address names them", async () => {
  const ada = await person("Ada", { path: "/r/tea" });
  const bob = await person("Bob", { path: "/r/coffee" });
  await say(ada, "only tea");
  await hears(ada, "only tea");
  await untilEqual(() => members(bob), ["Bob(you)"]);
  assert.ok(!(await texts(bob)).includes("only tea"));
  await bob.fill("#room-input", "tea");
  await bob.press("#room-input", "Enter");
  await bob.waitForURL("**/r/tea");
  await hears(bob, "only tea");
  assert.equal(await bob.innerText("#room-name"), "#tea");
  await until(async () => (await members(ada)).length === 2, "Bob in tea");
});

test("the name is remembered, and a name that will not do is asked for again", async () => {
  const ada = await person("Ada Lovelace");
  await ada.reload();
  await ada.waitForSelector('#connection[data-state="connected"]');
  await untilEqual(() => members(ada), ["Ada Lovelace(you)"]);
  await ada.evaluate(() => localStorage.setItem("parley.name", "\u0007"));
  await ada.reload();
  await ada.waitForSelector("#name-dialog[open]");
  await until(async () => (await ada.innerText("#name-error")) !== "", "a reason");
  await ada.fill("#name-input", "Ada again");
  await ada.press("#name-input", "Enter");
  await ada.waitForSelector('#connection[data-state="connected"]');
  await until(async () => (await members(ada)).includes("Ada again(you)"), "the new name");
});

test("a lost server is shown, and what was written meanwhile is sent afterwards, once and in order", async () => {
  const mortal = await startServer(program, ["serve"]);
  const ada = await person("Ada", { url: mortal.url });
  const bob = await person("Bob", { url: mortal.url });
  await say(ada, "before");
  await hears(bob, "before");

  mortal.kill("SIGKILL");
  await mortal.exited;
  await ada.waitForSelector('#connection[data-state="reconnecting"]');
  for (const text of ["one", "two", "three"]) await say(ada, text);
  assert.equal(await ada.locator(".message--pending").count(), 3);

  const revived = await startServer(program, ["serve", "--port", String(mortal.port)]);
  try {
    for (const page of [ada, bob]) await page.waitForSelector('#connection[data-state="connected"]', { timeout: 30_000 });
    await hears(bob, "three");
    await until(async () => (await ada.locator(".message--pending").count()) === 0, "nothing pending");
    for (const page of [ada, bob]) {
      assert.deepEqual((await texts(page)).filter((text) => /^(one|two|three)$/.test(text)), ["one", "two", "three"]);
    }
  } finally {
    await revived.stop();
  }
});

test("it works on a phone, in the dark and with the keyboard alone", async () => {
  const phone = await person("Phone", { viewport: { width: 390, height: 780 }, colorScheme: "dark", hasTouch: true });
  assert.equal(await phone.locator("#people").isVisible(), false);
  await phone.click("#people-button");
  assert.equal(await phone.locator("#people").isVisible(), true);
  assert.equal(await phone.getAttribute("#people-button", "aria-expanded"), "true");
  await phone.keyboard.press("Escape");
  assert.equal(await phone.locator("#people").isVisible(), false);
  await phone.click("#people-button");
  await phone.click("#messages", { position: { x: 20, y: 200 } });
  assert.equal(await phone.locator("#people").isVisible(), false);
  assert.equal(await phone.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
  const background = await phone.evaluate(() => getComputedStyle(document.body).backgroundColor);
  assert.equal(background, "rgb(20, 24, 22)");

  await phone.focus("#draft");
  await phone.keyboard.type("line one");
  await phone.keyboard.press("Shift+Enter");
  await phone.keyboard.type("line two");
  await phone.keyboard.press("Enter");
  await hears(phone, "line one\nline two");
  assert.equal(await phone.getAttribute("#messages", "role"), "log");
});

test("the page forbids foreign and inline code", async () => {
  const response = await fetch(server.url);
  const policy = response.headers.get("content-security-policy");
  assert.match(policy, /default-src 'none'/);
  assert.match(policy, /script-src 'self'/);
  assert.doesNotMatch(policy, /unsafe/);
  assert.equal(response.headers.get("x-content-type-options"), "nosniff");
});

test("an empty room says so until something happens", async () => {
  const ada = await person("Ada", { path: "/r/empty" });
  await sees(ada, /Nothing has been said here yet/);
  assert.equal(await ada.innerText("#members-count"), "1");
  await say(ada, "hello");
  await hears(ada, "hello");
  assert.equal(await ada.locator(".empty").isVisible(), false);
});

test("a room named like somebody's id is a room like any other", async () => {
  const ada = await client("Ada", "secret");
  const bob = await client("Bob", "secret");
  const mallory = await client("Mallory", ada.id);
  mallory.emit("typing", true);
  assert.equal((await post(mallory, "injected")).message.text, "injected");
  await post(bob, "a word among friends");
  await hearsText(ada, "a word among friends");
  assert.deepEqual(heardTexts(ada), ["a word among friends"]);
  assert.deepEqual(ada.heard.filter(({ value }) => value?.name === "Mallory"), []);
});

test("typing faster than anybody types is dropped, and messages go on", async () => {
  const ada = await client("Ada", "typing");
  const bob = await client("Bob", "typing");
  const began = performance.now();
  for (let i = 0; i < 150; i++) bob.emit("typing", i % 2 === 0);
  await post(bob, "done");
  await hearsText(ada, "done");
  const seconds = (performance.now() - began) / 1000;
  const told = ada.heard.filter(({ event }) => event === "typing").length;
  assert.ok(told >= 1 && told <= 20 + 4 * seconds + 1, `${told} in ${seconds} s`);
});

test("writing too fast is refused in words", async () => {
  const ada = await client("Ada", "writing");
  const receipts = await Promise.all(Array.from({ length: 60 }, (_, i) => post(ada, `text ${i}`)));
  assert.equal(receipts[0].message.text, "text 0");
  assert.ok(receipts.some(({ error }) => /too fast/.test(error)), "some are refused");
});

test("somebody who does not stop is dismissed, whatever they send", async () => {
  for (const event of ["typing", "message", "nothing the chat knows"]) {
    const ada = await client("Ada", "dismissal");
    const bob = await client("Bob", "dismissal");
    const gone = nextEvent(bob, "disconnect");
    for (let i = 0; i < 2000; i++) bob.emit(event, true);
    assert.equal((await gone)[0], "io server disconnect");
    assert.match(bob.heard.at(-1).event, /^dismissed$/);
    assert.match(bob.heard.at(-1).value, /disconnected you/);
    await until(() => ada.heard.some(({ event: what, value }) => what === "left" && value.name === "Bob"), "Bob left");
    ada.disconnect();
  }
});

test("when many come at once everybody is known, and not each is told of alone", async () => {
  const ada = await client("Ada", "station");
  const began = performance.now();
  await Promise.all(Array.from({ length: 80 }, (_, i) => client(`Person ${i}`, "station")));
  const known = () => ada.heard.flatMap(({ event, value }) => (event === "joined" ? [value.name] : event === "changed" ? value.joined.map(({ name }) => name) : []));
  await until(() => known().length === 80, "80 people are known");
  assert.equal(new Set(known()).size, 80);
  const seconds = (performance.now() - began) / 1000;
  const alone = ada.heard.filter(({ event }) => event === "joined").length;
  assert.ok(alone <= 10 + seconds + 1, `${alone} in ${seconds} s`);
});

test("many who come and go at once are counted on the page", async () => {
  const ada = await person("Ada", { path: "/r/crowd" });
  await Promise.all(Array.from({ length: 60 }, (_, i) => client(`Person ${i}`, "crowd")));
  await until(async () => (await members(ada)).length === 61, "61 members");
  for (const socket of clients) socket.disconnect();
  await untilEqual(() => members(ada), ["Ada(you)"]);
  assert.deepEqual(ada.troubles, []);
});
