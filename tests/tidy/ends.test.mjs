// SPDX-License-Identifier: MIT
// What ends something is called by one of the verbs of STYLE.md, Ends.
import assert from "node:assert/strict";
import { test } from "node:test";
import { files, isTest, read } from "./house.mjs";

const table = /^## Ends\n[\s\S]*?(?=^## )/m.exec(read("STYLE.md"))[0];
const verbs = [...table.matchAll(/^\| (\w+) \|/gm)].map(([, verb]) => verb).filter((verb) => verb !== "Verb");

// Other words for the same, as the heads of names of functions.
const others = /^(abort|kill|expel|evict|lose|dismiss|dispose|discard|give_up|expire|quit|purge|shut_?down|tear_down|clean_?up|terminate)(_|$)/;
// What people know by its name: `ws` has it.
const known = new Set(["terminate"]);

const namesIn = (text) => [...text.replace(/\/\/.*$/gm, "").matchAll(/\b([a-z][a-z0-9_]*)\(/g)].map(([, name]) => name);
const strange = (text) => namesIn(text).filter((name) => others.test(name) && !known.has(name));

const headers = files(/^parley\/.*\.hpp$/).filter((path) => !isTest(path));

test("another word for an end is found, and one in a comment is none", () => {
  assert.deepEqual(strange("void kill_session();\n// kill()\nvoid close();"), ["kill_session"]);
});

test("what ends something has a verb of the table", () => {
  const breaches = headers.flatMap((path) => strange(read(path)).map((name) => `${path}: ${name}`));
  assert.deepEqual(breaches, []);
});

test("each verb of the table is in use", () => {
  const heads = new Set(headers.flatMap((path) => namesIn(read(path))).map((name) => name.split("_")[0]));
  assert.ok(verbs.length > 10);
  assert.deepEqual(verbs.filter((verb) => !heads.has(verb)), []);
});
