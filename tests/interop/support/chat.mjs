// SPDX-License-Identifier: MIT
// `parley serve` in real Chromium tabs: persons with pages, and programs beside them.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, afterEach, before } from "node:test";
import { launchBrowser, openPage } from "./browser.mjs";
import { versions } from "./clients.mjs";
import { nextEvent, startServer, until } from "./program.mjs";

export const program = "apps/parley/parley";

/** One server and one browser for all tests of a file; what a test opened is closed after it. */
export const site = { server: undefined, browser: undefined, contexts: [], clients: [] };

export function serveChat(args = []) {
  before(async () => {
    site.server = await startServer(program, ["serve", ...args]);
    site.browser = await launchBrowser();
  });
  afterEach(async () => {
    await Promise.all(site.contexts.map((context) => context.close()));
    site.contexts = [];
    for (const client of site.clients) client.disconnect();
    site.clients = [];
  });
  after(async () => {
    await site.browser?.close();
    assert.deepEqual(await site.server.stop("SIGTERM"), { code: 0, signal: null });
  });
}

/** A browser context: somebody with storage of their own. */
export async function newContext(options) {
  const context = await site.browser.newContext(options);
  site.contexts.push(context);
  return context;
}

/** Gives the name that the page asks for, and waits until its owner is in the room. */
export async function enter(page, name) {
  await page.fill("#name-input", name);
  await page.click("#name-form button");
  await page.waitForSelector('#connection[data-state="connected"]');
  await page.waitForSelector(".member", { state: "attached" });
}

/** A person: a browser context of their own, on the page, with a name. `prepare(context)` runs before the page. */
export async function person(name, { path = "/", url = site.server.url, prepare = () => {}, ...options } = {}) {
  const context = await newContext(options);
  await prepare(context);
  const page = await openPage(context, url + path);
  await enter(page, name);
  return page;
}

/** A program in the chat: an official client that keeps what it is told in `heard`. */
export async function client(name, room) {
  const socket = versions["4.8"](site.server.url, { forceNew: true, reconnection: false, transports: ["websocket"], auth: { name, room } });
  site.clients.push(socket);
  socket.heard = [];
  socket.onAny((event, value) => socket.heard.push({ event, value }));
  await nextEvent(socket, "welcome");
  return socket;
}

export const post = (socket, text) => socket.timeout(10_000).emitWithAck("message", { key: randomUUID(), text });
export const heardTexts = (socket) => socket.heard.filter(({ event }) => event === "message").map(({ value }) => value.text);
export const hearsText = (socket, text) => until(() => heardTexts(socket).includes(text), `"${text}" is heard`);

export async function say(page, text) {
  await page.fill("#draft", text);
  await page.press("#draft", "Enter");
}

export const texts = (page) => page.locator(".message__text").allTextContents();
export const hears = (page, text) => until(async () => (await texts(page)).includes(text), `"${text}" on the page`);
export const members = (page) => page.locator(".member").allTextContents();
export const sees = (page, pattern) => until(async () => pattern.test(await page.locator("body").innerText()), `${pattern} on the page`);
