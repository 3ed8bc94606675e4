// SPDX-License-Identifier: MIT
// Every header compiles alone, and the front doors stay cheap to include.
//
// The build compiles them: a header stands alone when it is the first thing that some file of the build includes. What
// is left to check is that each header has such a file, and that it guards itself.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { files, read, root } from "./house.mjs";

const build = process.env.PARLEY_BUILD;
const compiler = process.env.PARLEY_CXX ?? "g++";
const otherCompiler = process.env.PARLEY_OTHER_CXX ?? "clang++-19";
const flags = ["-std=c++23", "-Wall", "-Wextra", "-Werror", `-I${root}`];
const scratch = mkdtempSync(join(tmpdir(), "parley-headers-"));
// Of preprocessed text, comments and empty lines left out: what a compiler has to read. The standard library's part is
// 40,000 of them with libstdc++ 12.
const linesMax = 44_500;
const doors = ["parley/server.hpp", "parley/client.hpp", "parley/web.hpp", "parley/json.hpp"];

/** The header that a source includes before anything else, as a path of the repository. */
const firstInclude = (text) => /^#include [<"]([^>"]+)[>"]/m.exec(text)?.[1];

/** The headers that a file of the build compiles alone. */
function provenHeaders() {
  const commands = JSON.parse(readFileSync(join(build, "compile_commands.json"), "utf8"));
  const sources = commands.map(({ file }) => file).filter((file) => file.endsWith(".cpp") && existsSync(file));
  return new Set(sources.map((file) => firstInclude(readFileSync(file, "utf8"))));
}

function compile(command, text, ...more) {
  const source = join(scratch, "door.cpp");
  writeFileSync(source, text);
  return execFileSync(command, [...flags, ...more, source], { encoding: "utf8", maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "pipe"] });
}

test("the build compiles every header alone", () => {
  assert.ok(build, "PARLEY_BUILD names the build tree");
  const headers = files(/^(parley|apps)\/.*\.hpp$/);
  assert.ok(headers.length > 150);
  const proven = provenHeaders();
  assert.deepEqual(headers.filter((path) => !proven.has(path)), [], "these are the first include of no file of the build: thing.cpp includes thing.hpp first");
});

test("only what stands first counts", () => {
  assert.equal(firstInclude('// why\n#include "parley/a/b.hpp"\n\n#include <vector>\n'), "parley/a/b.hpp");
  assert.equal(firstInclude('#include <vector>\n#include "parley/a/b.hpp"\n'), "vector");
  assert.equal(firstInclude("int i;\n"), undefined);
});

test("every header guards itself", () => {
  const open = files(/\.hpp$/).filter((path) => !/^(\/\/.*\n)*#pragma once\n/.test(read(path)));
  assert.deepEqual(open, []);
});

test("what does not stand alone does not compile", () => {
  assert.throws(() => compile(compiler, "inline std::string lame();\n", "-fsyntax-only"), /std/);
});

test("the other compiler takes the front doors too", () => {
  for (const door of doors) compile(otherCompiler, `#include <${door}>\n`, "-fsyntax-only");
});

for (const door of doors) {
  test(`${door} stays below ${linesMax} preprocessed lines and shows no third-party header`, () => {
    const text = `#include <${door}>\n`;
    const lines = compile(compiler, text, "-E").split("\n").filter((line) => line.trim() !== "").length;
    assert.ok(lines <= linesMax, `${door} costs ${lines} lines`);
    const included = compile(compiler, text, "-M").split(/[\s\\]+/);
    const foreign = included.filter((path) => /openssl|simdjson|zlib|boost|spdlog|fmt\/|nlohmann|epoll|io_uring/.test(path));
    assert.deepEqual(foreign, []);
  });
}
