// SPDX-License-Identifier: MIT
// How many arguments a function takes, and whether a call says what a bool means (STYLE.md, Shape). What broke these
// rules before they were checked stands in breaches.txt, which may only become shorter.
import assert from "node:assert/strict";
import { test } from "node:test";
import { files, isTest, read } from "./house.mjs";

const publicParametersMax = 3;
const parametersMax = 4;

const listed = new Set(read("parley/public_headers.txt").split("\n"));
const sources = files(/^(parley|apps|examples)\/.*\.(cpp|hpp)$/).filter((path) => !isTest(path) && !/\/test_\w+\.hpp$|_test_support\.hpp$|\/template\//.test(path));

/** The text without comments, and without what stands in literals. */
const bare = (text) =>
  text
    .replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, (comment) => comment.replace(/[^\n]/g, ""))
    .replace(/"(?:[^"\\\n]|\\.)*"/g, '""')
    .replace(/'(?:[^'\\\n]|\\.)'/g, "' '");

/** What stands between commas, brackets and braces respected. */
function split(list) {
  const parts = [""];
  let depth = 0;
  for (const c of list) {
    depth += "(<[{".includes(c) ? 1 : ")>]}".includes(c) ? -1 : 0;
    if (c === "," && depth === 0) parts.push("");
    else parts[parts.length - 1] += c;
  }
  return parts.map((part) => part.trim().replace(/\s+/g, " ")).filter((part) => part !== "");
}

/** Everything of the form name(...): {name, before, list, line}. */
function* lists(text) {
  const opening = /([A-Za-z_]\w*)\s*\(/g;
  for (let found; (found = opening.exec(text)); ) {
    let end = opening.lastIndex;
    for (let depth = 1; end < text.length && depth > 0; ++end) depth += text[end] === "(" ? 1 : text[end] === ")" ? -1 : 0;
    const before = text.slice(Math.max(0, found.index - 60), found.index);
    yield { name: found[1], before, list: split(text.slice(opening.lastIndex, end - 1)), line: text.slice(0, found.index).split("\n").length };
  }
}

const notFunctions = /^(if|for|while|switch|return|sizeof|decltype|static_assert|assert|requires|noexcept|catch)$/;
const isParameter = (part) =>
  /^(const |unsigned |signed )?[\w:]+(<.*>)?( const)?[ &*]+(\.\.\.)?\(?[&*]?\w+\)?(\[\w*\])?( = .*)?$/.test(part) && !/^(return|new|delete|throw|else|case) /.test(part);

/** Declarations of functions: {name, list, line}. */
const declarations = (text) => [...lists(text)].filter(({ name, list }) => !notFunctions.test(name) && list.length > 0 && list.every(isParameter));

export function wide(text, max) {
  const count = (list) => list.filter((part) => !part.includes("...")).length;  // a pack is as long as its caller likes
  return declarations(bare(text)).filter(({ list }) => count(list) > max);
}

// Which is the value itself, or what the official server calls so.
const publicBools = /^(const )?bool (value|boolean|close)( = .*)?$/;
export const withBool = (text) =>
  declarations(bare(text)).filter(({ list }) => list.some((part) => /^(const )?bool \w+( = .*)?$/.test(part) && !publicBools.test(part)));

// What is set, or made, to a truth is named by the call; so is that of other people's interfaces.
const saysItself = /^(compress|disconnect|disconnect_sockets|set_\w+|is_\w+|has_\w+|\w+_|[A-Z]\w*|value|value_or|store|exchange|make_shared|remaining|allow_extra_args|required)$/;

export function nameless(text) {
  return [...lists(bare(text))].filter(
    ({ name, before, list }) =>
      list.some((part) => part === "true" || part === "false") && !notFunctions.test(name) && !saysItself.test(name) && !/[\w>&*]\s+$/.test(before.replace(/\b(return|else|co_return)\s+$/, "")),
  );
}

/** Map from "rule name" to the places where that name breaks the rule. */
function breaches() {
  const found = new Map();
  const note = (rule, path, { name, line }) => {
    const key = `${rule} ${name}`;
    found.set(key, [...(found.get(key) ?? []), `${path}:${line}`]);
  };
  for (const path of sources) {
    const text = read(path);
    const isPublic = listed.has(path);
    for (const one of wide(text, isPublic ? publicParametersMax : parametersMax)) note("wide", path, one);
    if (isPublic) for (const one of withBool(text)) note("bool", path, one);
    for (const one of nameless(text)) note("nameless", path, one);
  }
  return found;
}

test("functions take few arguments, and what is true of a call has a name", () => {
  const lines = read("tests/tidy/breaches.txt").split("\n").filter((line) => line && !line.startsWith("#"));
  const allowed = new Map(lines.map((line) => /^(\w+ \w+) (\d+)$/.exec(line)).map(([, key, count]) => [key, Number(count)]));
  const found = breaches();
  const grown = [...found].filter(([key, places]) => places.length > (allowed.get(key) ?? 0)).map(([key, places]) => `${key}: ${places.join(", ")}`);
  assert.deepEqual(grown, [], "wide: a struct with names and defaults; bool, nameless: an enum (STYLE.md, Shape)");
  const shrunk = [...allowed].filter(([key, count]) => (found.get(key)?.length ?? 0) < count).map(([key]) => `${key} ${found.get(key)?.length ?? 0}`);
  assert.deepEqual(shrunk, [], "fewer than tests/tidy/breaches.txt says: make it say so");
});

test("a long list of parameters, a bool in a public signature and a nameless truth are each noticed", () => {
  const names = (found) => found.map(({ name }) => name);
  assert.deepEqual(names(wide("void f(int a, int b, const Map<int, int>& c, Function<void(int, int)> d);", 3)), ["f"]);
  assert.deepEqual(names(wide("void f(int a, int b, int c, Rest&&... rest) { g(a, b, c, 4, 5); }", 3)), []);
  assert.deepEqual(names(withBool("/// f(bool no)\nvoid f(int a, bool is_last = true);\nbool g(int a);\n")), ["f"]);
  assert.deepEqual(names(nameless("f(1, true); x->close(false); return g(true);")), ["f", "close", "g"]);
  assert.deepEqual(names(nameless('done_(false), flag.store(true, relaxed); f("true"); Done(false); Verdict verdict(false); f(is_true); while (true) {}')), []);
});
