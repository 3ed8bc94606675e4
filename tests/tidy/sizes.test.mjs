// SPDX-License-Identifier: MIT
// Sizes, first lines, widths and banned spellings.
import assert from "node:assert/strict";
import { test } from "node:test";
import { files, isTest, read } from "./house.mjs";

const code = /\.(cpp|hpp|ts|mjs|js|css|cmake|sh)$|^script\/|CMakeLists\.txt$/;
const linesMax = 600;
const columnsMax = 120;
const functionLinesMax = 70;

const lines = (path) => read(path).split("\n");

test(`no file has more than ${linesMax} lines`, () => {
  const long = files(code).flatMap((path) => (lines(path).length > linesMax ? [`${path}: ${lines(path).length}`] : []));
  assert.deepEqual(long, []);
});

test("every source file names its licence near the top", () => {
  const ours = files(code).filter((path) => !path.startsWith("apps/parley/template/"));  // what `parley new` writes is its owner's
  const silent = ours.filter((path) => !lines(path).slice(0, 2).join("\n").includes("SPDX-License-Identifier: MIT"));
  assert.deepEqual(silent, []);
});

test(`no line of C++ is wider than ${columnsMax} columns`, () => {
  const wide = files(/\.(cpp|hpp)$/).flatMap((path) =>
    lines(path).flatMap((line, i) => (line.length > columnsMax && !/https?:/.test(line) ? [`${path}:${i + 1}: ${line.length}`] : [])),
  );
  assert.deepEqual(wide, []);
});

/** Lines of each function body, found by the column of its closing brace: the tree is formatted by one tool. */
export function longFunctions(path, text) {
  const found = [];
  const all = text.split("\n");
  for (let i = 0; i < all.length; ++i) {
    const opening = /^( {0,4})(?![ /*#])(?!do |namespace|class|struct|enum|union|extern|TEST_CASE|constexpr \w+ \w+\[).*[)\w] \{$/.exec(all[i]);
    if (!opening) continue;
    const end = all.findIndex((line, j) => j > i && line.startsWith(`${opening[1]}}`));
    if (end > 0 && end - i - 1 > functionLinesMax) found.push(`${path}:${i + 1}: ${end - i - 1} lines`);
  }
  return found;
}

test(`no function has more than ${functionLinesMax} lines`, () => {
  const library = files(/^(parley|apps|examples)\/.*\.(cpp|hpp)$/).filter((path) => !isTest(path));
  assert.deepEqual(library.flatMap((path) => longFunctions(path, read(path))), []);
  const monster = `int f() {\n${"    g();\n".repeat(80)}}\n`;
  assert.equal(longFunctions("x.cpp", monster).length, 1);
});

const banned = [
  [/\b(strcpy|strcat|sprintf|vsprintf|gets|strtok|atoi|atol|atof|rand|alloca)\s*\(/, "an unsafe C function"],
  [/std::regex|<regex>/, "std::regex on anything"],
  [/std::(endl|cout|cerr|printf)|\bprintf\s*\(/, "printing from a library"],
  [/co_await\s+[^;]*(\{[^;]*\}|\[[^\]&]+\])/, "a braced list or capturing lambda inside co_await (g++ 12 destroys it twice)"],
  [/\b(TODO|FIXME|XXX|HACK)\b/, "a leftover mark"],
  [/#include <(iostream|regex)>/, "a costly header"],
];

test("banned spellings do not occur in the library", () => {
  const found = [];
  for (const path of files(/^parley\/.*\.(cpp|hpp)$/)) {
    lines(path).forEach((line, i) => {
      for (const [pattern, what] of banned) {
        if (pattern.test(line)) found.push(`${path}:${i + 1}: ${what}: ${line.trim()}`);
      }
    });
  }
  assert.deepEqual(found, []);
});
