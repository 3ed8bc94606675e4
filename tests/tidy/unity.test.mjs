// SPDX-License-Identifier: MIT
// The sources of a library compile as one file, so that CMAKE_UNITY_BUILD works whatever the size of its batches: no
// two of them use one name for two things, and none needs to be the main file.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { before, test } from "node:test";
import { files, isTest, layerTable, root } from "./house.mjs";

const compiler = process.env.PARLEY_CXX ?? "g++";
const flags = ["-std=c++23", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", `-I${root}`, "-x", "c++", "-"];

const libraries = [...layerTable().keys()].map((name) => `parley/${name}`).concat("apps/chat");

function sourcesOf(library) {
  return files(/\.cpp$/).filter((path) => path.startsWith(`${library}/`) && !isTest(path));
}

/** What the compiler says of these sources as one file; empty when it takes them. */
function complaint(sources) {
  return new Promise((resolve, reject) => {
    const running = spawn(compiler, flags, { cwd: root });
    let said = "";
    running.stderr.on("data", (text) => (said += text));
    running.on("error", reject);
    running.on("close", (code) => resolve(code === 0 ? "" : said || `exit status ${code}`));
    running.stdin.end(sources.map((path) => `#include "${path}"\n`).join(""));
  });
}

const complaints = new Map();
before(async () => {
  const work = [...libraries];
  const worker = async () => {
    for (let library = work.shift(); library; library = work.shift())
      complaints.set(library, await complaint(sourcesOf(library)));
  };
  await Promise.all([worker(), worker()]);
});

test("two files that use one name for two things are found", async () => {
  assert.match(await complaint(["parley/http/date.cpp", "parley/http/date.cpp"]), /redefinition/);
});

for (const library of libraries) {
  test(`${library} compiles as one file`, () => {
    assert.ok(sourcesOf(library).length > 1);
    assert.equal(complaints.get(library), "");
  });
}
