// SPDX-License-Identifier: MIT
// What was said, on the chat's page: read back, linked to, found, and counted while one was away.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openPage } from "./support/browser.mjs";
import { client, enter, hears, newContext, person, post, say, sees, serveChat, site, texts } from "./support/chat.mjs";
import { until, untilEqual } from "./support/program.mjs";

serveChat(["--message-rate", "10000"]);

const shots = process.env.PARLEY_SHOTS;
const shoot = (page, name) => shots && page.screenshot({ path: `${shots}/${name}.png` });
const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, reducedMotion: "reduce" };

/** A room in which somebody has said `line 1` and so on. */
async function talk(room, count) {
  const talker = await client("Talker", room);
  for (let i = 1; i <= count; i += 100)
    await Promise.all(Array.from({ length: Math.min(100, count - i + 1) }, (_, j) => post(talker, `line ${i + j}`)));
  return talker;
}

const frames = (page) => page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
const scrollTo = async (page, top) => {
  await page.evaluate((to) => (document.getElementById("log").scrollTop = to), top);
  await frames(page);
};
const lineOf = (page, text) => page.locator(".message__text", { hasText: new RegExp(`^${text}$`) });
const placeOf = (page, text) => lineOf(page, text).evaluate((line) => line.getBoundingClientRect().top);
const isInSight = (page, text) => lineOf(page, text).evaluate((line) => {
  const { top, bottom } = line.getBoundingClientRect();
  const log = document.getElementById("log").getBoundingClientRect();
  return top >= log.top && bottom <= log.bottom;
});
const numbers = async (page) => (await texts(page)).flatMap((text) => /^line (\d+)$/.exec(text)?.slice(1).map(Number) ?? []);
const assertWhole = (shown) => assert.deepEqual(shown, Array.from({ length: shown.length }, (_, i) => shown[0] + i));

test("scrolling up reads what was said before, to the beginning, and nothing moves", async () => {
  const talker = await talk("long", 350);
  const ada = await person("Ada", { path: "/r/long", viewport: { width: 1200, height: 800 } });
  await hears(ada, "line 350");
  assert.equal((await numbers(ada)).length, 100);
  await scrollTo(ada, 300);
  const held = "line 255";
  const place = await placeOf(ada, held);
  await until(async () => (await numbers(ada)).length >= 200, "an older page");
  assert.ok(Math.abs((await placeOf(ada, held)) - place) <= 1);
  await shoot(ada, "scrolled-up");
  await post(talker, "line 351");
  await hears(ada, "line 351");
  assert.ok(Math.abs((await placeOf(ada, held)) - place) <= 1, "while others write, too");
  while ((await numbers(ada))[0] > 1) {
    await scrollTo(ada, 0);
    await frames(ada);
  }
  await sees(ada, /This is where #long begins\./);
  const shown = await numbers(ada);
  assert.equal(shown.length, 351);
  assertWhole(shown);
  assert.equal(await ada.locator(".day").count(), 1, "one day has one line");
  assert.equal(await ada.locator(".message__head").count(), 1, "one breath has one head");
  assert.deepEqual(ada.troubles, []);
});

test("a long room is read up and down again with a bounded page", async () => {
  await talk("longer", 2300);
  const ada = await person("Ada", { path: "/r/longer", ...phone });
  await hears(ada, "line 2300");
  let most = 0;
  while ((await numbers(ada))[0] > 1) {
    await scrollTo(ada, 0);
    most = Math.max(most, await ada.locator("#messages > *").count());
  }
  assert.ok(most <= 2200, `${most} elements`);
  assertWhole(await numbers(ada));
  assert.equal(await ada.innerText("#jump"), "Latest messages ↓");
  await shoot(ada, "phone-at-the-beginning");
  while ((await numbers(ada)).at(-1) < 2300) {
    await scrollTo(ada, 1e6);
    assertWhole(await numbers(ada));
  }
  await until(async () => (await isInSight(ada, "line 2300")) && !(await ada.isVisible("#jump")), "the end");
  await say(ada, "and on");
  await hears(ada, "and on");
});

test("who has read far up comes back to the end with one press, or by writing", async () => {
  for (const [room, back] of Object.entries({ "by-press": (page) => page.click("#jump"), "by-word": (page) => say(page, "here I am") })) {
    const talker = await talk(room, 2200);
    const ada = await person("Ada", { path: `/r/${room}` });
    await hears(ada, "line 2200");
    while ((await numbers(ada))[0] > 1) await scrollTo(ada, 0);
    assert.ok(!(await numbers(ada)).includes(2200));
    await post(talker, "line 2201");
    await untilEqual(() => ada.innerText("#jump"), "1 new message ↓");
    await back(ada);
    await until(async () => (await lineOf(ada, "line 2201").count()) === 1 && !(await ada.isVisible("#jump")), "the end");
    await until(() => isInSight(ada, "line 2201"), "it in sight");
    assertWhole(await numbers(ada));
    await until(async () => (await ada.locator(".message--pending").count()) === 0, "nothing waits");
  }
});

test("a link leads somebody new to its message, with what stands around it", async () => {
  await talk("linked", 500);
  const ada = await person("Ada", { path: "/r/linked", viewport: { width: 1200, height: 800 } });
  await hears(ada, "line 500");
  const address = await ada.locator("#m449 .message__link").getAttribute("href");
  assert.equal(address, "#m449");
  const bob = await person("Bob", { path: `/r/linked${address}`, viewport: { width: 1200, height: 800 } });
  await until(() => isInSight(bob, "line 450"), "the message");
  const deep = await person("Cleo", { path: "/r/linked#m99", viewport: { width: 1200, height: 800 } });
  await until(async () => (await lineOf(deep, "line 100").count()) === 1 && isInSight(deep, "line 100"), "the message");
  await shoot(deep, "linked");
  assert.match(await deep.getAttribute("#m99", "class"), /message--revealed/);
  assertWhole(await numbers(deep));
  assert.equal(await deep.innerText("#jump"), "Latest messages ↓");
  await deep.evaluate(() => (location.hash = "#m300"));
  await until(async () => (await lineOf(deep, "line 301").count()) === 1 && isInSight(deep, "line 301"), "another message");
  const lost = await person("Dan", { path: "/r/linked#m123456789012345678901" });
  await hears(lost, "line 500");
  await lost.evaluate(() => (location.hash = "#m99999"));
  await sees(lost, /That message is not kept any more\./);
  for (const page of [ada, bob, deep, lost]) assert.deepEqual(page.troubles, []);
});

test("a page that slept while much was said leaves no gap", async () => {
  const talker = await talk("sleepy", 50);
  const ada = await person("Ada", { path: "/r/sleepy", url: `http://localhost:${site.server.port}` });
  await hears(ada, "line 50");
  await ada.context().setOffline(true);
  await untilEqual(() => ada.innerText("#connection"), "You are offline", 5_000);
  await Promise.all(Array.from({ length: 250 }, (_, i) => post(talker, `line ${51 + i}`)));
  await ada.context().setOffline(false);
  await ada.waitForSelector('#connection[data-state="connected"]');
  await hears(ada, "line 300");
  assertWhole(await numbers(ada));
  while ((await numbers(ada))[0] > 1) await scrollTo(ada, 0);
  assert.equal((await numbers(ada)).length, 300);
  assertWhole(await numbers(ada));
});

test("a history that cannot be read says so, and is read at the next try", async () => {
  await talk("troubled", 150);
  let isBroken = true;
  const context = await newContext({ viewport: { width: 1200, height: 800 } });
  await context.routeWebSocket(/socket\.io/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((message) => {
      const [, ack] = /^42(\d+)\["history"/.exec(message) ?? [];
      if (ack && isBroken) socket.send(`43${ack}[{"messages":[],"yours":[],"complete":false,"error":"The server cannot read what was said here just now.","retry_after":10}]`);
      else server.send(message);
    });
    server.onMessage((message) => socket.send(message));
  });
  const ada = await openPage(context, `${site.server.url}/r/troubled`);
  await enter(ada, "Ada");
  await hears(ada, "line 150");
  await scrollTo(ada, 0);
  await sees(ada, /The server cannot read what was said here just now\./);
  isBroken = false;
  await until(async () => {
    await scrollTo(ada, 100);
    await scrollTo(ada, 0);
    return (await numbers(ada)).length === 150;
  }, "the rest");
});

test("what was said is found by its words, by who said it, and where", async () => {
  const ada = await client("Ada", "kitchen");
  const bob = await client("Bob", "kitchen");
  await post(ada, "Is there any green tea left?");
  await post(bob, "Only the Café crème, I am afraid <b>of green</b>");
  await post(await client("Ada", "garden"), "green beans, everywhere");
  await post(await client("Ada", "secret garden"), "green and hidden");
  const cleo = await person("Cleo", { path: "/r/garden", viewport: { width: 1200, height: 800 } });
  await cleo.goto(`${site.server.url}/r/kitchen`);
  await cleo.waitForSelector('#connection[data-state="connected"]');
  await cleo.keyboard.press("Control+K");
  const find = async (text, expected) => {
    await cleo.fill("#search-input", text);
    await untilEqual(() => cleo.locator(".found__text").allTextContents(), expected);
  };
  const [tea, cafe, beans] = ["Is there any green tea left?", "Only the Café crème, I am afraid <b>of green</b>", "green beans, everywhere"];
  await find("green", [beans, cafe, tea]);
  await untilEqual(() => cleo.innerText("#search-answer"), "3 found");
  await shoot(cleo, "search");
  assert.deepEqual(await cleo.locator(".found mark").allTextContents(), ["green", "green", "green"]);
  await find("gre", [beans, cafe, tea]);
  await find("from:bob", [cafe]);
  await find('"green tea"', [tea]);
  await find("cafe creme", [cafe]);
  await find("in:garden green", [beans]);
  await find("green before:2000-01-01", []);
  await untilEqual(() => cleo.innerText("#search-answer"), "Nothing was found in the rooms that you know.");
  await find('" OR * ^ NEAR( {x}', []);
  await find("green before:tomorrow", []);
  await untilEqual(() => cleo.innerText("#search-answer"), "A date is written as in before:2026-11-28.");
  await find("in:garden green", [beans]);
  await cleo.click(".found__link");
  await cleo.waitForURL("**/r/garden#m0");
  await until(() => isInSight(cleo, beans), "the message in its room");
  assert.deepEqual(cleo.troubles, []);
});

test("a search on a phone, in parts, leads to a message far up in this room", async () => {
  await talk("many", 400);
  const ada = await person("Ada", { path: "/r/many", ...phone, colorScheme: "dark" });
  await hears(ada, "line 400");
  await ada.click("#search-button");
  await ada.fill("#search-input", "line");
  await untilEqual(() => ada.innerText("#search-answer"), "30 or more found");
  await shoot(ada, "search-phone");
  await ada.click("#search-more");
  await untilEqual(() => ada.locator(".found__link").count(), 60);
  assert.equal(await ada.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
  await ada.fill("#search-input", "line 17");
  await until(async () => (await ada.locator(".found__text").allTextContents()).includes("line 17"), "it is found");
  await ada.locator(".found__link", { hasText: /line 17$/ }).click();
  await until(async () => (await lineOf(ada, "line 17").count()) === 1 && isInSight(ada, "line 17"), "the message");
  assert.equal(await ada.isVisible("#search-dialog"), false);
  assert.deepEqual(ada.troubles, []);
});

test("rooms say how much is new in them, and a room where that begins, also after the page was closed", async () => {
  const room = await talk("news", 3);
  const other = await talk("elsewhere", 2);
  const context = await newContext({ viewport: { width: 1200, height: 800 } });
  const first = await openPage(context, `${site.server.url}/r/news`);
  await enter(first, "Ada");
  await hears(first, "line 3");
  await first.goto(`${site.server.url}/r/elsewhere`);
  await hears(first, "line 2");
  assert.equal(await first.locator(".rooms__new, .unseen").count(), 0);
  for (let i = 4; i <= 8; ++i) await post(room, `line ${i}`);
  await first.evaluate(() => window.dispatchEvent(new Event("focus")));
  const badge = (page) => page.locator('.rooms a[data-room="news"]').innerText();
  await until(async () => /^#news\s*5\s*new$/.test(await badge(first)), "five are new");
  await shoot(first, "rooms-unread");
  await first.close();

  await post(other, "line 3");
  const second = await openPage(context, `${site.server.url}/`);
  await second.waitForSelector('#connection[data-state="connected"]');
  await until(async () => /^#news\s*5\s*new$/.test(await badge(second)), "they still are");
  assert.match(await second.locator('.rooms a[data-room="elsewhere"]').innerText(), /^#elsewhere\s*1\s*new$/);
  await second.click('.rooms a[data-room="news"]');
  await second.waitForURL("**/r/news");
  await hears(second, "line 8");
  const lines = await second.locator("#messages > .unseen, #messages .message__text").allTextContents();
  assert.deepEqual(lines, ["line 1", "line 2", "line 3", "New since you were here", "line 4", "line 5", "line 6", "line 7", "line 8"]);
  await shoot(second, "new-since");
  await second.goto(`${site.server.url}/r/elsewhere`);
  await hears(second, "line 3");
  assert.equal(await second.locator('.rooms a[data-room="news"] .rooms__new').count(), 0);
  for (const page of [first, second]) assert.deepEqual(page.troubles, []);
});
