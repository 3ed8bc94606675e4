// SPDX-License-Identifier: MIT
// The chat's page as people hold it: on phones, with input methods, behind proxies, offline, and while they look away.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openPage } from "./support/browser.mjs";
import { client, enter, hears, members, newContext, person, post, say, sees, serveChat, site, texts } from "./support/chat.mjs";
import { versions } from "./support/clients.mjs";
import { startPrefixProxy } from "./support/prefix_proxy.mjs";
import { nextEvent, until, untilEqual } from "./support/program.mjs";

serveChat();

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, reducedMotion: "reduce" };

/** Fills a room with talk, so that its list scrolls. */
async function fillRoom(room, count = 20) {
  const talker = await client("Talker", room);
  for (let i = 1; i <= count; i++) await post(talker, `line ${i}`);
  return talker;
}

const isInSight = (page, text) => page.locator(".message__text", { hasText: text }).last().evaluate((line) => {
  const { top, bottom } = line.getBoundingClientRect();
  const log = document.getElementById("log").getBoundingClientRect();
  return top >= log.top && bottom <= log.bottom && bottom <= innerHeight;
});
const scrollTop = (page) => page.evaluate(() => document.getElementById("log").scrollTop);
const scrollUp = (page, top = 0) => page.evaluate((to) => {
  const log = document.getElementById("log");
  log.scrollTop = to;
  return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
}, top);

/** Makes the page believe that its person looks at something else, or back at it. */
const lookAway = (page, away) => page.evaluate((hidden) => {
  Object.defineProperty(document, "hidden", { configurable: true, value: hidden });
  document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
}, away);

test("the newest message stays in sight when the keyboard of a phone comes and goes", async () => {
  await fillRoom("keyboard");
  const ada = await person("Ada", { path: "/r/keyboard", ...phone });
  await hears(ada, "line 20");
  assert.equal(await isInSight(ada, "line 20"), true);
  for (const height of [430, 844, 300]) {
    await ada.setViewportSize({ width: 390, height });
    await until(() => isInSight(ada, "line 20"), `the end at a height of ${height}`);
    assert.equal(await ada.locator("#composer").evaluate((form) => form.getBoundingClientRect().bottom <= innerHeight), true);
  }
  await scrollUp(ada);
  await ada.setViewportSize({ width: 390, height: 500 });
  await ada.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  assert.equal(await scrollTop(ada), 0, "who reads further up stays there");
});

test("the newest message stays in sight while the draft grows", async () => {
  await fillRoom("growing");
  const ada = await person("Ada", { path: "/r/growing", ...phone });
  await hears(ada, "line 20");
  await ada.fill("#draft", "one\ntwo\nthree\nfour\nfive");
  await until(() => isInSight(ada, "line 20"), "the end above the draft");
});

test("a keyboard that covers the page instead of shrinking it leaves the end and the field in sight", async () => {
  const coverable = () => {
    const viewport = Object.assign(new EventTarget(), { width: 390, height: 844, offsetTop: 0, scale: 1 });
    Object.defineProperty(window, "visualViewport", { value: viewport });
  };
  await fillRoom("covered");
  const ada = await person("Ada", { path: "/r/covered", ...phone, prepare: (context) => context.addInitScript(coverable) });
  await hears(ada, "line 20");
  const uncovered = async (top, height) => {
    await ada.evaluate((size) => {
      Object.assign(visualViewport, size);
      visualViewport.dispatchEvent(new Event("resize"));
    }, { offsetTop: top, height });
    await until(() => isInSight(ada, "line 20"), "the end");
    assert.deepEqual(await ada.evaluate(() => {
      const { top: from, bottom } = document.body.getBoundingClientRect();
      return [from, bottom, document.getElementById("composer").getBoundingClientRect().bottom <= bottom];
    }), [top, top + height, true]);
  };
  await uncovered(120, 420);
  await uncovered(0, 844);
  await ada.evaluate(() => {
    Object.assign(visualViewport, { scale: 2, height: 422 });
    visualViewport.dispatchEvent(new Event("resize"));
  });
  assert.equal(await ada.evaluate(() => document.body.getBoundingClientRect().height), 844, "zooming in is not a keyboard");
});

test("the Enter that ends the input of Japanese or Chinese sends nothing", async () => {
  const ada = await person("Ada", { path: "/r/composition" });
  await ada.fill("#draft", "こんにちは");
  const press = (init) => ada.evaluate((how) => {
    const event = new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true, ...how });
    return document.getElementById("draft").dispatchEvent(event);
  }, init);
  assert.equal(await press({ keyCode: 229, isComposing: false }), true, "as Safari tells it");
  assert.equal(await press({ keyCode: 13, isComposing: true }), true, "as the others tell it");
  assert.equal(await ada.inputValue("#draft"), "こんにちは");
  assert.equal(await press({ keyCode: 13, isComposing: false }), false);
  await hears(ada, "こんにちは");
  assert.deepEqual(await texts(ada), ["こんにちは"]);
});

test("an address with a slash too many leads to its room, and one that is not understood to none", async () => {
  const ada = await person("Ada", { path: "/r/tea%20house/?from=link" });
  assert.equal(new URL(ada.url()).pathname, "/r/tea%20house");
  assert.equal(new URL(ada.url()).search, "?from=link");
  assert.equal(await ada.innerText("#room-name"), "#tea house");
  const other = await person("Bob", { path: "/r/%20tea%20%20house%E2%80%8E" });
  assert.equal(new URL(other.url()).pathname, "/r/tea%20house");
  await untilEqual(() => members(ada), ["Ada(you)", "Bob"]);

  for (const path of ["/r/", "/r", "/R/tea", "/r/tea/pot", "/r//tea", "/tea", "/index.html", "/room.html", "/r/%ff"]) {
    assert.equal((await fetch(site.server.url + path, { redirect: "manual" })).status, 404, path);
  }
  assert.equal((await fetch(`${site.server.url}/r/%zz`)).status, 400);
});

test("an address is spelt in one way, whatever the name is made of", async () => {
  for (const name of ["a:b", "a/b", "..a", "a?b#c", "%2e", "Ж", "🦊", "it's (tea)!", "a+b&c=d"]) {
    const page = await person("Ada", { path: `/r/${encodeURIComponent(name)}` });
    assert.equal(new URL(page.url()).pathname, `/r/${encodeURIComponent(name)}`);
    assert.equal(await page.innerText("#room-name"), `#${name}`);
    const slashed = await fetch(`${site.server.url}/r/${encodeURIComponent(name)}/`);
    assert.equal(slashed.status, 200);
    assert.equal(slashed.redirected, true);
    assert.equal(slashed.url, page.url());
    await page.context().close();
  }
});

test("a page that does not understand its address joins no room", async () => {
  const context = await newContext();
  await context.route("**/r/tea/pot", (route) => route.fetch({ url: `${site.server.url}/r/tea` }).then((response) => {
    return response.text().then((text) => route.fulfill({ response, body: text.replaceAll('"../', '"../../') }));
  }));
  const page = await openPage(context, `${site.server.url}/r/tea/pot`);
  await sees(page, /This address names no room\./);
  assert.equal(await page.isDisabled("#draft"), true);
  assert.equal(await page.isVisible("#name-dialog"), false);
  await page.click("#to-lobby");
  await page.waitForURL(`${site.server.url}/`);
  await enter(page, "Ada");
  assert.deepEqual(page.troubles, []);
});

test("there is no room that an address cannot name, for pages and for programs", async () => {
  const ada = await person("Ada", { path: "/r/names" });
  for (const name of ["..", "#.", " .. "]) {
    await ada.fill("#room-input", name);
    await ada.press("#room-input", "Enter");
    await untilEqual(() => ada.innerText("#room-error"), "There can be no room of that name.");
  }
  await ada.fill("#room-input", "x".repeat(41));
  await ada.press("#room-input", "Enter");
  await untilEqual(() => ada.innerText("#room-error"), "A name can have at most 40 characters.");
  assert.equal(new URL(ada.url()).pathname, "/r/names");
  await ada.fill("#room-input", "x".repeat(40));
  assert.equal(await ada.innerText("#room-error"), "");
  await ada.press("#room-input", "Enter");
  await ada.waitForURL(`**/r/${"x".repeat(40)}`);
  await ada.waitForSelector('#connection[data-state="connected"]');

  for (const end of ["", "/"]) {
    const page = await openPage(await newContext(), `${site.server.url}/r/${"y".repeat(41)}${end}`);
    await sees(page, /This address names no room\./);
    assert.deepEqual(page.troubles, []);
  }
  for (const room of ["..", ".", "", 5, ["tea"], { room: "tea" }, true]) {
    const { message, data } = await refusal({ name: "Ada", room });
    assert.equal(message, "There can be no room of that name.", JSON.stringify(room));
    assert.equal(data.field, "room");
  }
});

/** What the server answers to a program that it does not let in. */
async function refusal(auth) {
  const socket = versions["4.8"](site.server.url, { forceNew: true, reconnection: false, transports: ["websocket"], auth });
  site.clients.push(socket);
  return (await nextEvent(socket, "connect_error"))[0];
}

test("links end where people mean them to end", async () => {
  const ada = await person("Ada", { path: "/r/links" });
  const cases = {
    "https://en.wikipedia.org/wiki/Parley_(disambiguation)": ["https://en.wikipedia.org/wiki/Parley_(disambiguation)"],
    "(see https://en.wikipedia.org/wiki/Parley_(disambiguation))": ["https://en.wikipedia.org/wiki/Parley_(disambiguation)"],
    "(https://a.example/b).": ["https://a.example/b"],
    "HTTPS://A.example/B and Http://c.example": ["HTTPS://A.example/B", "Http://c.example"],
    "https://a.example/Hobson's_choice": ["https://a.example/Hobson's_choice"],
    "'https://a.example/b'": ["https://a.example/b"],
    "“https://a.example/b”": ["https://a.example/b"],
    "詳しくはhttps://a.example/b。次に": ["https://a.example/b"],
    "https://a.example/日本、https://b.example": ["https://a.example/日本", "https://b.example"],
    "（https://a.example/約翰（消歧義））": ["https://a.example/約翰（消歧義）"],
    "「https://a.example」": ["https://a.example"],
    "https://a.example/?a=[1,2]&b={c|d}!": ["https://a.example/?a=[1,2]&b={c|d}"],
    "[https://a.example/b]": ["https://a.example/b"],
    "http://[::1]:3000/x, http://127.0.0.1:3000?": ["http://[::1]:3000/x", "http://127.0.0.1:3000"],
    "https://a.example/b… *https://a.example/c*": ["https://a.example/b", "https://a.example/c"],
    "https://a.example,https://b.example": ["https://a.example,https://b.example"],
    "xhttps://a.example https:// http://[ https://( javascript:alert(1) ftp://a.example": [],
  };
  for (const [i, [text, links]] of Object.entries(cases).entries()) {
    if (i % 15 === 14) await new Promise((resolve) => setTimeout(resolve, 10));
    await say(ada, text);
    await hears(ada, text);
    const line = ada.locator(".message__text").last();
    assert.equal(await line.textContent(), text);
    assert.deepEqual(await line.locator("a").evaluateAll((all) => all.map((a) => a.getAttribute("href"))), links, text);
  }
});

test("losing the network is seen at once, and its return used at once", async () => {
  // On localhost, where the official client itself does not listen for it.
  const ada = await person("Ada", { path: "/r/offline", url: `http://localhost:${site.server.port}` });
  const bob = await person("Bob", { path: "/r/offline" });
  await ada.context().setOffline(true);
  await untilEqual(() => ada.innerText("#connection"), "You are offline", 5_000);
  await say(ada, "written in a tunnel");
  await sees(ada, /Waiting to be sent: There is no connection\./);
  await ada.context().setOffline(false);
  await ada.waitForSelector('#connection[data-state="connected"]');
  await hears(bob, "written in a tunnel");
  await until(async () => (await ada.locator(".message--pending").count()) === 0, "nothing waits");
  await untilEqual(() => members(bob), ["Ada", "Bob(you)"]);
});

test("a text that is too long stays whole until it is short enough", async () => {
  const ada = await person("Ada", { path: "/r/long" });
  const long = "🦊".repeat(2000);
  await ada.fill("#draft", "x".repeat(1799));
  assert.equal(await ada.innerText("#length"), "");
  await ada.fill("#draft", "x".repeat(1800));
  assert.equal(await ada.innerText("#length"), "1800 of 2000 characters");
  await ada.evaluate((text) => {
    const field = document.getElementById("draft");
    field.value = "";
    field.focus();
    document.execCommand("insertText", false, text);
  }, `${long}!!`);
  assert.equal(await ada.innerText("#length"), "2 characters too long to send");
  assert.equal(await ada.getAttribute("#draft", "aria-invalid"), "true");
  await ada.press("#draft", "Enter");
  await ada.click("#composer button");
  assert.equal(await ada.inputValue("#draft"), `${long}!!`);
  assert.equal(await ada.locator(".message").count(), 0);
  await say(ada, long);
  await hears(ada, long);
  await until(async () => (await ada.locator(".message--pending, .message--failed").count()) === 0, "it is taken");
  assert.equal(await ada.innerText("#length"), "");
  assert.equal(await ada.getAttribute("#draft", "aria-invalid"), "false");
});

test("a name that is too long is not cut in silence", async () => {
  const page = await openPage(await newContext(), `${site.server.url}/r/long-names`);
  await page.fill("#name-input", "x".repeat(41));
  await page.press("#name-input", "Enter");
  await untilEqual(() => page.innerText("#name-error"), "A name can have at most 40 characters.");
  assert.equal(await page.inputValue("#name-input"), "x".repeat(41));
  await enter(page, "🦊".repeat(40));
});

test("a draft is kept through a reload and a visit to another room", async () => {
  const ada = await person("Ada", { path: "/r/draft" });
  await ada.fill("#draft", "half a\nthought");
  await ada.reload();
  await ada.waitForSelector('#connection[data-state="connected"]');
  assert.equal(await ada.inputValue("#draft"), "half a\nthought");
  await ada.click('.rooms a:text-is("#lobby")');
  await ada.waitForURL(`${site.server.url}/`);
  assert.equal(await ada.inputValue("#draft"), "");
  await ada.goBack();
  assert.equal(await ada.inputValue("#draft"), "half a\nthought");
  await ada.press("#draft", "Enter");
  await hears(ada, "half a\nthought");
  await ada.reload();
  await ada.waitForSelector('#connection[data-state="connected"]');
  assert.equal(await ada.inputValue("#draft"), "");
});

test("who writes too fast reads why it waits, and all of it arrives", async () => {
  let toServer;
  const ada = await person("Ada", {
    path: "/r/fast",
    prepare: (context) => context.routeWebSocket(/socket\.io/, (socket) => {
      toServer = socket.connectToServer();
    }),
  });
  await until(() => toServer !== undefined, "a WebSocket");
  const written = [];
  await until(async () => {
    // On the same connection, so that a slow machine writes too fast, too.
    for (let i = 0; i < 5; i++) toServer.send(`42["message",{"key":"${written.length}-${i}","text":"more"}]`);
    written.push(`quick ${written.length}`);
    const waiting = await ada.evaluate((text) => {
      document.getElementById("draft").value = text;
      document.getElementById("composer").requestSubmit();
      return [...document.querySelectorAll(".message__state")].map((state) => state.textContent);
    }, written.at(-1));
    return waiting.length >= 2 && waiting.every((why) => why === "Waiting to be sent: You are writing too fast. Wait a few seconds.");
  }, "all that wait say why");
  await until(async () => (await ada.locator(".message--pending").count()) === 0, "all are sent", 20_000);
  assert.deepEqual(await texts(ada), written);
});

test("messages stand below their day", async () => {
  const talker = await client("Talker", "days");
  let now;
  for (const text of ["of old", "of old too", "of yesterday", "of today"]) now = (await post(talker, text)).message.time;
  const day = 86_400_000;
  const ago = { "of old": 400 * day, "of old too": 400 * day, "of yesterday": day, "of today": 0 };
  // The server cannot be made to wait for a year: its messages are dated back on their way to the page.
  const datedBack = (context) => context.route(/transport=polling/, async (route) => {
    const response = await route.fetch({ timeout: 0 });
    const body = (await response.text()).replace(/"text":"([^"]*)","time":(\d+)/g, (whole, said, time) =>
      said in ago ? `"text":"${said}","time":${Number(time) - ago[said]}` : whole);
    await route.fulfill({ response, body });
  });
  const ada = await person("Ada", { path: "/r/days", prepare: datedBack, locale: "en-GB" });
  await hears(ada, "of today");
  const shown = await ada.locator("#messages > *").evaluateAll((items) => items.flatMap((item) => {
    if (item.classList.contains("day")) return [item.textContent];
    return [...item.querySelectorAll(".message__text")].map((text) => text.textContent);
  }));
  const named = (time, year) => new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long", ...year }).format(time);
  assert.deepEqual(shown, [
    named(now - 400 * day, { year: "numeric" }), "of old", "of old too", named(now - day), "of yesterday", named(now), "of today",
  ]);
  assert.match(await ada.locator(".message__time").first().getAttribute("title"), /20\d\d, \d\d:\d\d$/);
});

test("nothing is taken away beneath somebody who reads further up", async () => {
  let toPage;
  const ada = await person("Ada", {
    path: "/r/busy",
    reducedMotion: "reduce",
    prepare: (context) => context.routeWebSocket(/socket\.io/, (socket) => {
      socket.connectToServer();
      toPage = socket;
    }),
  });
  let next = 0;
  // A busy room: events as the server sends them, sooner than it would take them from anybody.
  const flood = async (count) => {
    const time = Date.now();
    for (const end = next + count; next < end; next++) {
      toPage.send(`42["message",${JSON.stringify({ id: next, from: "x", name: "Talker", text: `message ${next}`, time })}]`);
    }
    await until(async () => (await ada.locator(".message__text").last().textContent()) === `message ${next - 1}`, "the flood is over");
  };
  const count = () => ada.locator(".message").count();
  const placeOf = (text) => ada.locator(".message__text", { hasText: new RegExp(`^${text}$`) }).evaluate((line) => line.getBoundingClientRect().top);
  await until(() => toPage !== undefined, "a WebSocket");
  await flood(600);
  assert.equal(await count(), 500, "at the end old ones go");
  assert.equal(await ada.locator("#messages > *").first().getAttribute("class"), "day");
  assert.match(await ada.locator(".message").first().getAttribute("class"), /message--first/);
  assert.equal(await ada.locator(".message__head").count(), 1);

  const held = "message 105";
  await scrollUp(ada, 200);
  const before = await placeOf(held);
  await flood(700);
  assert.equal(await placeOf(held), before);
  assert.ok((await count()) > 1100, "what is above the reader stays");
  await flood(1000);
  assert.ok((await count()) <= 2100, "but not for ever");
  assert.match(await ada.innerText("#jump"), /^1700 new messages/);

  const late = `message ${next - 1000}`;
  await scrollUp(ada, await ada.locator(".message__text", { hasText: late }).evaluate((line) => line.offsetTop - 100));
  const place = await placeOf(late);
  await flood(300);
  assert.ok(Math.abs((await placeOf(late)) - place) <= 1, "what goes above moves nothing");
  await ada.click("#jump");
  await until(() => isInSight(ada, `message ${next - 1}`), "the end");
  assert.equal(await count(), 500);
  assert.deepEqual(ada.troubles, []);
});

test("the conversation is a log that holds a list", async () => {
  const ada = await person("Ada", { path: "/r/roles" });
  await say(ada, "hello");
  await hears(ada, "hello");
  const tree = await ada.locator("#log").ariaSnapshot();
  assert.match(tree, /^- log "Messages":\n {2}- list:\n {4}- listitem/);
  for (const list of ["#messages", "#members", "#rooms"]) {
    assert.equal(await ada.getAttribute(list, "role"), null);
    assert.equal(await ada.locator(list).evaluate((at) => getComputedStyle(at).listStyleType), '""', `${list}: "none" is no list in Safari`);
  }
});

test("piled up accents do not run over their neighbours", async () => {
  const accents = "\u0300\u0301\u0302\u0308\u030A\u0316\u0317\u0323\u0324\u0330";
  const bob = await client("Bob", "accents");
  const other = await client(`C${accents.repeat(3)}`, "accents");
  await post(bob, "a neighbour above");
  await post(other, `h${accents.repeat(12)}`);
  await post(bob, "a neighbour below");
  const ada = await person("Ada", { path: "/r/accents", reducedMotion: "reduce" });
  await hears(ada, "a neighbour below");
  const neighbours = async () => {
    const items = [
      ...["above", "below"].map((which) => ada.locator(".message__text", { hasText: `a neighbour ${which}` })),
      ...["Ada", "Bob"].map((name) => ada.locator(".member", { hasText: name })),
    ];
    const shots = [];
    for (const item of items) shots.push((await item.screenshot()).toString("base64"));
    return shots;
  };
  const before = await neighbours();
  assert.deepEqual(await neighbours(), before, "the same is drawn the same");
  // How high accents pile up is the font's: shadows stand in for those that pile them higher.
  await ada.evaluate(() => {
    for (const item of document.querySelectorAll(".message__text, .member")) {
      if (!/^[hC]\p{M}/u.test(item.textContent.normalize("NFD"))) continue;
      item.style.textShadow = Array.from({ length: 30 }, (_, i) => `0 ${4 * (i + 1)}px red, 0 ${-4 * (i + 1)}px red`).join();
      item.dataset.piled = "";
    }
  });
  assert.equal(await ada.locator("[data-piled]").count(), 2);
  assert.deepEqual(await neighbours(), before);
});

test("behind a proxy the chat works beneath a path of its own", async () => {
  const proxy = await startPrefixProxy("/chat", site.server.port);
  try {
    const ada = await person("Ada", { url: proxy.url, path: "/chat/" });
    assert.equal(await ada.evaluate(() => getComputedStyle(document.body).display), "flex", "the style is there");
    const bob = await person("Bob", { url: proxy.url, path: "/chat/r/tea/" });
    assert.equal(bob.url(), `${proxy.url}/chat/r/tea`);
    await ada.fill("#room-input", "tea");
    await ada.press("#room-input", "Enter");
    await ada.waitForURL(`${proxy.url}/chat/r/tea`);
    await ada.waitForSelector('#connection[data-state="connected"]');
    await say(ada, "beneath");
    await hears(bob, "beneath");
    await bob.click('.rooms a:text-is("#lobby")');
    await bob.waitForURL(`${proxy.url}/chat/`);
    await bob.waitForSelector('#connection[data-state="connected"]');
    for (const page of [ada, bob]) assert.deepEqual(page.troubles, []);
    assert.deepEqual(proxy.strays, [], "nothing is asked for outside of the path");
  } finally {
    await proxy.close();
  }
});

test("comings and goings between two messages are one line", async () => {
  const ada = await person("Ada", { path: "/r/folding" });
  const lines = () => ada.locator(".event").evaluateAll((items) => items.map((item) => item.textContent.replace(/ · .*$/, "")));
  const join = (name) => client(name, "folding");
  const bob = await join("Bob");
  await untilEqual(lines, ["Bob joined"]);
  const cleo = await join("Cléo");
  await untilEqual(lines, ["Bob and Cléo joined"]);
  const dan = await join("Dan");
  await untilEqual(lines, ["Bob, Cléo and Dan joined"]);
  dan.disconnect();
  await untilEqual(lines, ["Bob and Cléo joined, Dan came and went"]);
  await post(bob, "hello");
  await hears(ada, "hello");
  cleo.disconnect();
  await untilEqual(lines, ["Bob and Cléo joined, Dan came and went", "Cléo left"]);
  await join("Cléo");
  await untilEqual(lines, ["Bob and Cléo joined, Dan came and went"]);
  for (let i = 1; i <= 5; i++) await join(`Person ${i}`);
  await untilEqual(lines, ["Bob and Cléo joined, Dan came and went", "Person 1, Person 2, Person 3 and 2 others joined"]);
});

test("the title counts what is unread", async () => {
  const ada = await person("Ada", { path: "/r/unread" });
  const bob = await client("Bob", "unread");
  await post(bob, "seen");
  await hears(ada, "seen");
  assert.equal(await ada.title(), "#unread · Parley");
  await lookAway(ada, true);
  for (const text of ["one", "two"]) await post(bob, text);
  await untilEqual(() => ada.title(), "(2) #unread · Parley");
  await lookAway(ada, false);
  assert.equal(await ada.title(), "#unread · Parley");
  await lookAway(ada, true);
  await say(ada, "my own");
  await hears(ada, "my own");
  assert.equal(await ada.title(), "#unread · Parley");
});

test("who reads further up is told how much is new below", async () => {
  const talker = await fillRoom("below", 19);
  const ada = await person("Ada", { path: "/r/below", viewport: { width: 800, height: 500 } });
  await hears(ada, "line 19");
  await scrollUp(ada);
  await post(talker, "new");
  await hears(ada, "new");
  assert.equal(await ada.innerText("#jump"), "1 new message ↓");
  assert.equal(await scrollTop(ada), 0);
  await ada.click("#jump");
  await until(() => isInSight(ada, "new"), "the end");
  assert.equal(await ada.isVisible("#jump"), false);
});

/** Stands in for the system's notifications: headless browsers have none. */
function recordNotifications() {
  window.shown = [];
  window.Notification = class {
    static permission = "default";
    static answer = "granted";
    static async requestPermission() {
      return (this.permission = this.answer);
    }
    constructor(title, options) {
      window.shown.push({ title, ...options });
    }
    close() {
      window.shown.push("closed");
    }
  };
}

test("notifications come when they were asked for, and while nobody looks", async () => {
  const ada = await person("Ada", { path: "/r/notify", prepare: (context) => context.addInitScript(recordNotifications) });
  const bob = await client("Bob", "notify");
  const shown = () => ada.evaluate(() => window.shown);
  await lookAway(ada, true);
  await post(bob, "not asked for");
  await untilEqual(() => ada.title(), "(1) #notify · Parley");
  await lookAway(ada, false);
  assert.deepEqual(await shown(), []);

  await ada.click("#notify");
  await untilEqual(() => ada.getAttribute("#notify", "aria-pressed"), "true");
  await post(bob, "while she looks");
  await hears(ada, "while she looks");
  assert.deepEqual(await shown(), []);
  await lookAway(ada, true);
  await post(bob, "<b>first</b>");
  await post(bob, "second");
  await untilEqual(shown, [
    { title: "Bob · #notify", body: "<b>first</b>", tag: "parley:notify" },
    { title: "Bob · #notify (2 new)", body: "second", tag: "parley:notify" },
  ]);
  await lookAway(ada, false);
  assert.equal((await shown()).at(-1), "closed");

  await ada.click("#notify");
  await untilEqual(() => ada.getAttribute("#notify", "aria-pressed"), "false");
  await ada.evaluate(() => {
    Notification.answer = "denied";
  });
  await ada.click("#notify");
  await sees(ada, /does not let this page notify you/);
  assert.equal(await ada.getAttribute("#notify", "aria-pressed"), "false");
});

test("where there are no notifications none are offered", async () => {
  const without = (context) => context.addInitScript(() => delete window.Notification);
  const ada = await person("Ada", { path: "/r/no-notify", prepare: without });
  const bob = await client("Bob", "no-notify");
  assert.equal(await ada.isVisible("#notify"), false);
  await lookAway(ada, true);
  await post(bob, "counted");
  await untilEqual(() => ada.title(), "(1) #no-notify · Parley");
  assert.deepEqual(ada.troubles, []);
});
