// SPDX-License-Identifier: MIT
// What is public is what stands in parley/public_headers.txt: the front doors, and all that they include.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { files, read, root } from "./house.mjs";

const listed = read("parley/public_headers.txt").split("\n").filter((line) => line && !line.startsWith("#"));
// A program includes these; the last ones only for its own data, and to observe.
const doors = [...files(/^parley\/\w+\.hpp$/), "parley/json/containers.hpp", "parley/json/variant.hpp", "parley/server/observer.hpp", "parley/server/operator_port.hpp"];

const includes = (text) => [...text.matchAll(/^\s*#\s*include\s+["<](parley\/[^">]+)[">]/gm)].map(([, path]) => path);

/** All headers that a program sees through `start`. */
function seenThrough(start, textOf = read) {
  const seen = new Set();
  const look = (path) => {
    if (seen.has(path)) return;
    seen.add(path);
    includes(textOf(path)).forEach(look);
  };
  start.forEach(look);
  return [...seen].sort();
}

test("public is what the front doors include, in order and no more", () => {
  assert.ok(listed.length > 40);
  assert.deepEqual(listed, [...listed].sort(), "sort parley/public_headers.txt");
  assert.deepEqual(listed, seenThrough(doors), "add to parley/public_headers.txt what becomes public, or include less in a public header");
});

test("what is included by an included header is public, too", () => {
  const tree = { a: '#include "parley/b"\n', "parley/b": "#include <parley/c>\n", "parley/c": "", "parley/d": "" };
  assert.deepEqual(seenThrough(["a"], (path) => tree[path]), ["a", "parley/b", "parley/c"]);
});

test("the sentence about the language stands first in each front door", () => {
  for (const door of doors.filter((path) => /^parley\/\w+\.hpp$/.test(path))) {
    assert.equal(includes(read(door))[0], "parley/base/language.hpp", door);
    assert.equal(/^#.*$/gm.exec(read(door).replace("#pragma once\n", ""))[0], '#include "parley/base/language.hpp"', door);
  }
});

// A source shows its names in the shared library when it includes a public header first (cmake/public_library.cmake).
test("every public header that declares more than it defines has a source which includes it first", () => {
  const firsts = new Set(files(/^parley\/.*\.cpp$/).map((path) => includes(read(path))[0]));
  for (const header of listed) {
    const source = header.replace(/\.hpp$/, ".cpp");
    if (existsSync(join(root, source))) assert.ok(firsts.has(header), `${source} includes ${header} first`);
  }
});
