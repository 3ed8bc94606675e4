// SPDX-License-Identifier: MIT
// Programs that must not compile say why in one readable sentence; programs beside them, one for each theme, compile.
//
// The sentence stands in a program of tests/misuse behind "// expect:". The theme is the first word of its name; the
// program `<theme>_control.cpp` shows how it is done right.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { files, read, root } from "./house.mjs";

const compiler = process.env.PARLEY_CXX ?? "g++";
const scratch = mkdtempSync(join(tmpdir(), "parley-misuse-"));
const flags = ["-std=c++23", `-I${scratch}`, `-I${root}`];
const sentenceCharactersMax = 250;

const programs = files(/^tests\/misuse\/.*\.cpp$/);
const nameOf = (path) => basename(path, ".cpp");
const themeOf = (path) => nameOf(path).split("_")[0];
const isControl = (path) => nameOf(path) === `${themeOf(path)}_control`;

const run = (...args) => promisify(execFile)(compiler, args, { cwd: root, maxBuffer: 1 << 26 });

/** g++ takes a front door compiled before where a program includes it first; other compilers read the header. */
async function compileDoor(door) {
  await run(...flags, "-w", "-x", "c++-header", `${door}.hpp`, "-o", join(scratch, `${door}.hpp.gch`));
}

/** What the compiler says; empty when it takes the program. */
async function complaint(path) {
  try {
    await run(...flags, "-fsyntax-only", path);
    return "";
  } catch (error) {
    return String(error.stderr);
  }
}

/** The sentence behind "// expect:", which may go on in the comment lines below. */
export function expectation(text) {
  const found = /^\/\/ expect: (.*(?:\n\/\/ .*)*)/m.exec(text);
  return found ? found[1].replaceAll("\n// ", " ") : "";
}

/** The compiler's own words, without the source lines that it shows. */
const diagnostics = (output) => output.split("\n").filter((line) => /: (error|note): /.test(line));

const complaints = new Map();
after(() => rmSync(scratch, { recursive: true }));
before(async () => {
  mkdirSync(join(scratch, "parley"));
  const { stdout: version } = await run("--version");
  if (!version.includes("clang")) await Promise.all(["parley/json", "parley/web", "parley/server"].map(compileDoor));
  const work = [...programs];
  const worker = async () => {
    for (let path = work.shift(); path; path = work.shift()) complaints.set(path, await complaint(path));
  };
  await Promise.all([worker(), worker()]);
});

test("an expectation goes on in the next comment line", () => {
  assert.equal(expectation("// one\n// expect: a handler\n// takes this\n\nint i;\n// no more\n"), "a handler takes this");
  assert.equal(expectation("// one\nint i;\n"), "");
});

test("each theme has one program that compiles and some that do not", () => {
  assert.ok(programs.length > 20);
  for (const theme of new Set(programs.map(themeOf))) {
    const themed = programs.filter((path) => themeOf(path) === theme);
    assert.equal(themed.filter(isControl).length, 1, `tests/misuse/${theme}_control.cpp is missing`);
    assert.ok(themed.length > 1, `${theme} has no program that must not compile`);
  }
});

for (const path of programs) {
  if (isControl(path)) {
    test(`${nameOf(path)} compiles`, () => assert.equal(complaints.get(path), ""));
    continue;
  }
  test(`${nameOf(path)} does not compile, for one stated reason`, () => {
    const sentence = expectation(read(path));
    assert.ok(sentence && sentence.length <= sentenceCharactersMax, `${path} needs a line "// expect: ..."`);
    const said = diagnostics(complaints.get(path));
    const errors = said.filter((line) => line.includes("error: "));
    assert.equal(errors.length, 1, `one error was due, not ${errors.length}:\n${errors.join("\n")}`);
    assert.ok(said.some((line) => line.includes(sentence)), `the compiler did not say "${sentence}" but:\n${said.join("\n")}`);
  });
}
