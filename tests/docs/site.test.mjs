// SPDX-License-Identifier: MIT
// The documents as script/site makes them a site: every page is there with all of its text, links lead somewhere, and
// search finds what is written.
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";
import { launchBrowser, openPage } from "../interop/support/browser.mjs";
import { startServer } from "../interop/support/program.mjs";
import { filesBelow, root, run } from "../package/support.mjs";

const site = join(root, "build/site");

test("the documents become a site", () => {
  run("timeout", ["--verbose", "240", "script/site"]);
});

/** The documents of which each is a page, and the page. */
const documents = ["docs", "docs/decisions"].flatMap((folder) =>
  readdirSync(join(root, folder)).filter((name) => name.endsWith(".md")).map((name) => join(folder, name)),
);
const pageOf = (document) => document.replace(/^README/, "index").replace(/\.md$/, ".html");

const entities = { lt: "<", gt: ">", amp: "&", quot: '"', "#39": "'", "#123": "{", "#x3C": "<", "#x26": "&", ZeroWidthSpace: "" };
const textOf = (html) =>
  html.replace(/<[^>]*>/g, "").replace(/&(#?\w+);/g, (whole, name) => entities[name] ?? whole).replace(/\s+/g, " ");
const contentOf = (page) => readFileSync(join(site, page), "utf8").replace(/^.*<main/s, "<main").replace(/<\/main>.*$/s, "");

test("each page has all the code of its document, as it stands there", () => {
  assert.ok(documents.length > 15);
  let pieces = 0;
  for (const document of [...documents, "README.md", "CONTRIBUTING.md"]) {
    const text = textOf(contentOf(pageOf(document)));
    const source = readFileSync(join(root, document), "utf8");
    const blocks = [...source.matchAll(/^```\w*\n(.*?)^```/gms)].map(([, code]) => code);
    const prose = source.replace(/^```.*?^```/gms, "");
    const words = [...prose.matchAll(/(?<!`)`([^`]+)`(?!`)/g)].map(([, code]) => code.replaceAll("\\|", "|"));
    for (const code of [...blocks, ...words]) {
      ++pieces;
      assert.ok(text.includes(code.replace(/\s+/g, " ").trim()), `${document} has ${code}`);
    }
  }
  assert.ok(pieces > 1500, `${pieces}`);
});

test("links of the pages lead to pages and to headings", () => {
  const pages = filesBelow(site, /\.html$/);
  const texts = new Map(pages.map((page) => [page, readFileSync(join(site, page), "utf8")]));
  const broken = [];
  let anchors = 0;
  for (const [page, html] of texts) {
    for (const [, path, name] of html.matchAll(/<a [^>]*href="([^":#]*)(?:#([^"]*))?"/g)) {
      const target = path === "" ? page : relative(site, join(path.startsWith("/") ? site : join(site, dirname(page)), path.replace(/\/$/, "/index.html")));
      anchors += name ? 1 : 0;
      if (!existsSync(join(site, target))) broken.push(`${page}: ${path}`);
      else if (name && !texts.get(target)?.includes(`id="${decodeURIComponent(name)}"`)) broken.push(`${page}: ${path}#${name}`);
    }
  }
  assert.deepEqual(broken, []);
  assert.ok(anchors > 100, `${anchors}`);
});

test("search finds a word of a page without any other server", async () => {
  const server = await startServer("examples/static_chat", [site]);
  const browser = await launchBrowser();
  try {
    const context = await browser.newContext();
    const page = await openPage(context, "about:blank");
    const asked = [];
    page.on("request", (request) => asked.push(new URL(request.url()).origin));
    await page.goto(`${server.url}/`);
    assert.match(await page.title(), /Parley/);
    await page.keyboard.press("/");
    await page.locator("#localsearch-input").fill("DynamicUser");
    await page.locator(".result", { hasText: "systemd" }).first().click();
    await page.waitForURL(/\/docs\/deployment/);
    assert.deepEqual([...new Set(asked)], [server.url]);
    assert.deepEqual(page.troubles, []);
  } finally {
    await browser.close();
    await server.stop();
  }
});
