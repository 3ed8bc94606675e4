// SPDX-License-Identifier: MIT
// Every header compiles alone, and the front doors stay cheap to include.
import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { files, root } from "./house.mjs";

const compiler = process.env.PARLEY_CXX ?? "g++";
const flags = ["-std=c++23", "-Wall", "-Wextra", "-Werror", `-I${root}`];
const scratch = mkdtempSync(join(tmpdir(), "parley-headers-"));
const linesMax = 60_000;

/** Compiles a file that only includes these; returns the compiler's complaints. */
async function compile(name, includes) {
  const source = join(scratch, `${name}.cpp`);
  writeFileSync(source, includes.map((path) => `#include "${path}"\n`).join(""));
  try {
    await promisify(execFile)(compiler, [...flags, "-fsyntax-only", source]);
    return "";
  } catch (error) {
    return String(error.stderr).slice(0, 2000);
  }
}

test("every header compiles alone", async () => {
  const headers = files(/^(parley|apps)\/.*\.hpp$/);
  assert.ok(headers.length > 30);
  const broken = [];
  const work = headers.map((path, index) => ({ path, index }));
  const worker = async () => {
    for (let job = work.shift(); job; job = work.shift()) {
      // Twice: it must also guard itself.
      const complaint = await compile(`header_${job.index}`, [job.path, job.path]);
      if (complaint) broken.push(`${job.path}: ${complaint}`);
    }
  };
  await Promise.all([worker(), worker()]);
  assert.deepEqual(broken, []);
});

test("a header that does not stand alone is noticed", async () => {
  writeFileSync(join(scratch, "lame.hpp"), "inline std::string lame();\n");
  assert.match(await compile("lame", [join(scratch, "lame.hpp")]), /std/);
});

for (const door of ["parley/server.hpp", "parley/web.hpp", "parley/json.hpp"]) {
  test(`${door} stays below ${linesMax} preprocessed lines and shows no third-party header`, () => {
    const source = join(scratch, "door.cpp");
    writeFileSync(source, `#include <${door}>\n`);
    const options = { encoding: "utf8", maxBuffer: 1 << 28 };
    const lines = execFileSync(compiler, [...flags, "-E", source], options).split("\n").length;
    assert.ok(lines <= linesMax, `${door} costs ${lines} lines`);
    const included = execFileSync(compiler, [...flags, "-M", source], options).split(/[\s\\]+/);
    const foreign = included.filter((path) => /openssl|simdjson|zlib|boost|spdlog|fmt\/|nlohmann|epoll|io_uring/.test(path));
    assert.deepEqual(foreign, []);
  });
}
