// SPDX-License-Identifier: MIT
// The list of published weaknesses against the tests that it names.
import assert from "node:assert/strict";
import { test } from "node:test";
import { files, read } from "./house.mjs";

const list = read("tests/regress/README.md");

/** The rows of the table beneath a heading, as lists of cells. */
function rowsBeneath(heading) {
  const section = list.split(`## ${heading}\n`)[1].split("\n## ")[0];
  return section
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .slice(1)
    .map((line) => line.slice(2, -2).split(" | "));
}

const namesOf = (path) => [...read(path).matchAll(/TEST_CASE\(\s*"([^"]*)"/g)].map(([, name]) => name);
const named = (text) => text.match(/\b(CVE-\d{4}-\d+|GHSA-[\w-]+)/g) ?? [];
const here = files(/^tests\/regress\/\w+_test\.cpp$/).flatMap(namesOf);

test("each weakness of the first table has a test in tests/regress that carries its name", () => {
  const rows = rowsBeneath("Tested here");
  assert.ok(rows.length > 40, `only ${rows.length} rows were read`);
  assert.deepEqual(rows.map(([id]) => id).filter((id) => !here.some((name) => named(name).includes(id))), []);
});

test("each test of the second table exists where it says", () => {
  const rows = rowsBeneath("Tested beside the code");
  assert.ok(rows.length > 30, `only ${rows.length} rows were read`);
  const missing = rows.filter(([, , place]) => {
    const [, path, name] = /^`([^`]+)`: (.*)$/.exec(place);
    return !namesOf(path).includes(name);
  });
  assert.deepEqual(missing, []);
});

test("each name in a test is in the list, and none is there twice", () => {
  const tests = files(/^(parley|tests)\/.*_test\.cpp$/).flatMap(namesOf).flatMap(named);
  const listed = ["Tested here", "Tested beside the code", "Not of this server, so far"].flatMap((heading) =>
    rowsBeneath(heading).flatMap(([id]) => named(id)),
  );
  assert.deepEqual([...new Set(tests)].filter((id) => !listed.includes(id)), []);
  assert.deepEqual(listed.filter((id, i) => listed.indexOf(id) !== i), []);
});
