// SPDX-License-Identifier: MIT
// Links in the documents lead somewhere, and what ARCHITECTURE.md names exists.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { test } from "node:test";
import { files, read, root } from "./house.mjs";

const documents = files(/\.md$/);

test("relative links in documents lead to files of this repository", () => {
  const broken = [];
  for (const path of documents) {
    const prose = read(path).replace(/^```.*?^```/gms, "");  // a lambda looks like a link
    for (const [, target] of prose.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      if (!existsSync(join(root, normalize(join(dirname(path), target))))) broken.push(`${path}: ${target}`);
    }
  }
  assert.deepEqual(broken, []);
});

/** What a heading is called in a link, as GitHub does it. */
const anchor = (heading) => heading.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-");

test("links to a heading lead to one", () => {
  const broken = [];
  let links = 0;
  for (const path of documents) {
    const prose = read(path).replace(/^```.*?^```/gms, "");
    for (const [, target, name] of prose.matchAll(/\]\(([^)#:\s]*)#([^)\s]+)\)/g)) {
      ++links;
      const file = target === "" ? path : normalize(join(dirname(path), target));
      const headings = [...read(file).replace(/^```.*?^```/gms, "").matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchor(heading));
      if (!headings.includes(name)) broken.push(`${path}: ${target}#${name}`);
    }
  }
  assert.deepEqual(broken, []);
  assert.ok(links > 0);
});

test("paths named in ARCHITECTURE.md exist", () => {
  const missing = [];
  for (const [, path] of read("ARCHITECTURE.md").matchAll(/`((?:parley|apps|tests|examples|bench|docs|cmake|script)\/[\w./]*)`/g)) {
    if (!existsSync(join(root, path))) missing.push(path);
  }
  assert.deepEqual(missing, []);
});

test("every example has its README and its main.cpp", () => {
  const examples = new Set(files(/^examples\/\w+\//).map((path) => path.split("/")[1]));
  assert.ok(examples.size >= 5);
  for (const name of examples) {
    for (const file of ["README.md", "main.cpp"]) assert.ok(existsSync(join(root, "examples", name, file)), `${name}/${file}`);
  }
});
