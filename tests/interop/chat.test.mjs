// SPDX-License-Identifier: MIT
// `parley serve` in real Chromium tabs: people and programs in rooms.
import assert from "node:assert/strict";
import { test } from "node:test";
import { WebSocket } from "ws";
import { openPage } from "./support/browser.mjs";
import { client, hears, hearsText, heardTexts, members, newContext, person, post, program, say, sees, serveChat, site, texts } from "./support/chat.mjs";
import { versions } from "./support/clients.mjs";
import { nextEvent, startServer, until, untilEqual } from "./support/program.mjs";

serveChat();

test("three people see each other, talk, type and leave", async () => {
  const ada = await person("Ada");
  const bob = await person("Bob");
  const cleo = await person("Cléo 🦊");
  await until(async () => (await members(ada)).length === 3, "three members");
  await untilEqual(() => members(cleo), ["Ada", "Bob", "Cléo 🦊(you)"]);
  await sees(ada, /Bob and Cléo 🦊 joined/);

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
  await ada.evaluate(() => sessionStorage.setItem("parley.name", "\u0007"));
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

test("many messages written without a connection all arrive, once and in order", async () => {
  const mortal = await startServer(program, ["serve"]);
  const ada = await person("Ada", { url: mortal.url });
  const bob = await person("Bob", { url: mortal.url });
  mortal.kill("SIGKILL");
  await mortal.exited;
  await ada.waitForSelector('#connection[data-state="reconnecting"]');
  const written = Array.from({ length: 25 }, (_, i) => `draft ${i + 1}`);
  for (const text of written) await say(ada, text);

  const revived = await startServer(program, ["serve", "--port", String(mortal.port)]);
  try {
    for (const page of [ada, bob]) await page.waitForSelector('#connection[data-state="connected"]', { timeout: 30_000 });
    await until(async () => (await texts(bob)).includes("draft 25"), "the last draft", 30_000);
    for (const page of [ada, bob]) await untilEqual(async () => (await texts(page)).filter((text) => text.startsWith("draft")), written);
    assert.equal(await ada.locator(".message--pending, .message--failed").count(), 0);
    assert.equal(await ada.locator(".message--own").count(), 25);
    assert.equal(await bob.locator(".message--own").count(), 0);
    await ada.reload();
    await hears(ada, "draft 25");
    assert.equal(await ada.locator(".message--own").count(), 25);
  } finally {
    await revived.stop();
  }
});

test("a message that is refused for good says so, and its text can be had back", async () => {
  const ada = await person("Ada", { path: "/r/refused" });
  await say(ada, "bell \u0007");
  await sees(ada, /Not sent: The message has control characters\./);
  await say(ada, "the next one goes");
  await until(async () => (await ada.locator(".message--pending").count()) === 0, "nothing pending");
  await ada.click(".message--failed button");
  assert.equal(await ada.inputValue("#draft"), "bell \u0007");
  assert.equal(await ada.locator(".message--failed").count(), 0);
});

test("storage that is broken or forbidden does not keep anybody out", async () => {
  const broken = () => {
    for (const key of ["parley.rooms", "parley.secret", "parley.unsent.lobby"]) {
      localStorage.setItem(key, "{not json");
      sessionStorage.setItem(key, '[1,null,{"key":2}]');
    }
  };
  const forbidden = () => {
    for (const name of ["localStorage", "sessionStorage"])
      Object.defineProperty(window, name, { get: () => { throw new DOMException("forbidden", "SecurityError"); } });
  };
  for (const spoil of [broken, forbidden]) {
    const context = await newContext();
    await context.addInitScript(spoil);
    const page = await openPage(context, `${site.server.url}/`);
    await page.fill("#name-input", "Ada");
    await page.click("#name-form button");
    await page.waitForSelector('#connection[data-state="connected"]');
    await say(page, "still here");
    await until(async () => (await texts(page)).includes("still here") && (await page.locator(".message--pending").count()) === 0, "it is sent");
    assert.deepEqual(page.troubles, []);
    await context.close();
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
  await phone.click("#log", { position: { x: 20, y: 200 } });
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
  assert.equal(await phone.getAttribute("#log", "role"), "log");
});

test("the page forbids foreign and inline code", async () => {
  const response = await fetch(site.server.url);
  const policy = response.headers.get("content-security-policy");
  assert.match(policy, /default-src 'none'/);
  assert.match(policy, /script-src 'self'/);
  assert.match(policy, /connect-src 'self';/);
  assert.doesNotMatch(policy, /unsafe/);
  assert.equal(response.headers.get("x-content-type-options"), "nosniff");
});

test("the page may open a WebSocket to its own server, and to no other", async () => {
  const context = await newContext();
  const page = await openPage(context, site.server.url);
  const opened = page.waitForEvent("websocket");
  await page.fill("#name-input", "Ada");
  await page.click("#name-form button");
  assert.match((await opened).url(), new RegExp(`^ws://127\\.0\\.0\\.1:${site.server.port}/`));
  await page.waitForSelector('#connection[data-state="connected"]');
  assert.deepEqual(page.troubles, []);
  await page.evaluate((port) => {
    try {
      new WebSocket(`ws://localhost:${port}/`);
    } catch {
      // some versions throw, others only complain
    }
  }, site.server.port);
  await until(() => page.troubles.some((trouble) => /Content Security Policy/.test(trouble)), "the refusal");
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

test("who leaves and joins again on the same connection has no new allowance", async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${site.server.port}/socket.io/?EIO=4&transport=websocket`);
  const rounds = 50;
  let round = 0;
  let answers = 0;
  let taken = 0;
  let refusals = 0;
  const join = () => socket.send('40{"name":"Hasty","room":"hasty"}');
  socket.on("message", (data) => {
    const text = String(data);
    if (text === "2") socket.send("3");
    if (text.startsWith("40{")) for (let i = 0; i < 20; i++) socket.send(`42${i}["message",{"key":"${round}-${i}","text":"x"}]`);
    if (text.startsWith("43")) {
      if (text.includes('"message"')) taken++;
      if (++answers % 20 > 0 || ++round === rounds) return;
      socket.send("41");
      join();
    }
    if (text.startsWith("44") && ++refusals <= 30) join();
  });
  await nextEvent(socket, "open");
  join();
  await Promise.race([until(() => refusals > 30, "refusals"), nextEvent(socket, "close")]);
  assert.ok(round > 5, `${round} rounds`);
  assert.ok(taken >= 20 && taken < 40, `${taken} messages`);
  socket.close();
});

test("a name belongs to one person in a room, and to the same person again at once", async () => {
  const options = { forceNew: true, reconnection: false, transports: ["websocket"] };
  const connect = (auth) => {
    const socket = versions["4.8"](site.server.url, { ...options, auth: { room: "names", ...auth } });
    site.clients.push(socket);
    return socket;
  };
  const secret = "a secret of Ada's".replaceAll(" ", "-");
  await nextEvent(connect({ name: "Ada", secret }), "welcome");
  const [error] = await nextEvent(connect({ name: "aDA", secret: "another-secret" }), "connect_error");
  assert.equal(error.message, "Somebody in this room is called that already.");
  assert.equal(error.data.field, "name");
  await nextEvent(connect({ name: "Ada" }), "connect_error");
  await nextEvent(connect({ name: "Ada", secret }), "welcome");

  const page = await person("Bob", { path: "/r/names" });
  await page.evaluate(() => sessionStorage.setItem("parley.name", "ADA"));
  await page.reload();
  await page.waitForSelector("#name-dialog[open]");
  assert.match(await page.innerText("#name-error"), /called that already/);
  await page.fill("#name-input", "Bob");
  await page.press("#name-input", "Enter");
  await page.waitForSelector('#connection[data-state="connected"]');
  await untilEqual(() => members(page), ["Ada", "Bob(you)"]);
});

test("another tab of one browser is another person, who is asked for a name if the remembered one is here", async () => {
  const ada = await person("Ada", { path: "/r/tabs" });
  const second = await openPage(ada.context(), `${site.server.url}/r/tabs`);
  await second.waitForSelector("#name-dialog[open]");
  assert.match(await second.innerText("#name-error"), /called that already/);
  assert.equal(await second.inputValue("#name-input"), "Ada");
  await second.fill("#name-input", "Bob");
  await second.press("#name-input", "Enter");
  await say(second, "from the second tab");
  for (const page of [ada, second]) await hears(page, "from the second tab");
  await untilEqual(() => members(ada), ["Ada(you)", "Bob"]);
  for (const [page, name] of [[ada, "Ada"], [second, "Bob"]]) {
    await page.reload();
    await page.waitForSelector('#connection[data-state="connected"]');
    await until(async () => (await members(page)).includes(`${name}(you)`), `${name} again`);
  }
  await second.close();
  await ada.close();

  // Later, the name that was chosen last is remembered.
  const third = await openPage(site.contexts.at(-1), `${site.server.url}/r/tabs`);
  await third.waitForSelector('#connection[data-state="connected"]');
  await untilEqual(() => members(third), ["Bob(you)"]);
});

test("a namesake's message has a head of its own", async () => {
  const first = await client("Ada", "namesakes");
  const bob = await client("Bob", "namesakes");
  await post(first, "from the first");
  first.disconnect();
  await until(() => bob.heard.some(({ event }) => event === "left"), "she left");
  await post(await client("Ada", "namesakes"), "from the second");
  const page = await person("Cleo", { path: "/r/namesakes" });
  await hears(page, "from the second");
  assert.equal(await page.locator(".message--first").count(), 2);
});

test("the key of a message stays with its sender", async () => {
  const ada = await client("Ada", "keys");
  const bob = await client("Bob", "keys");
  await post(ada, "mine");
  await hearsText(bob, "mine");
  const cleo = await client("Cleo", "keys");
  for (const socket of [bob, cleo]) assert.doesNotMatch(JSON.stringify(socket.heard), /"key"/);
});

test("somebody who was dismissed reads why, and comes back with one press", async () => {
  const context = await newContext();
  await context.addInitScript(() => {
    const Native = window.WebSocket;
    window.WebSocket = class extends Native {
      constructor(...given) {
        super(...given);
        window.latestSocket = this;
      }
    };
  });
  const page = await openPage(context, `${site.server.url}/r/dismissed`);
  await page.fill("#name-input", "Ada");
  await page.click("#name-form button");
  await page.waitForSelector('#connection[data-state="connected"]');
  await until(async () => page.evaluate(() => window.latestSocket?.readyState === 1), "the WebSocket");
  await until(async () => page.evaluate(() => {
    for (let i = 0; i < 300; i++) window.latestSocket.send('42["anything"]');
    return document.getElementById("connection").dataset.state === "disconnected";
  }), "the dismissal");
  assert.match(await page.innerText("#notice"), /You did too much at once, and the chat has disconnected you\./);
  if (process.env.PARLEY_SHOTS) await page.screenshot({ path: `${process.env.PARLEY_SHOTS}/dismissed.png` });
  await say(page, "sorry");
  await page.click("#come-back");
  await page.waitForSelector('#connection[data-state="connected"]');
  assert.equal(await page.isVisible("#notice"), false);
  await until(async () => (await page.locator(".message--pending").count()) === 0, "it is sent");
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
  for (const socket of site.clients) socket.disconnect();
  await untilEqual(() => members(ada), ["Ada(you)"]);
  assert.deepEqual(ada.troubles, []);
});
