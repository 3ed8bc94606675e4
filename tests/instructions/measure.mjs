// SPDX-License-Identifier: MIT
// Counts, under callgrind, what the program `instructions` does for each operation.
//
// Two figures are the same on every machine that has the same compiler: the instructions of our own code, and how often
// it asks for memory. What the C library, the loader and other libraries need is not counted: they choose among
// variants by the processor. The simulated network, which no server has, is not counted either.
import { execFile, execFileSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const program = "instructions";
const isOfSimulation = /Simulated|Scripted|SeededRandom|parley::instructions::/;
const allocates = /^(operator new|malloc|calloc|realloc)\b/;

/** Why nothing can be counted here, as a sentence; undefined when it can be. */
export function whyNot() {
  if (process.arch !== "x64") return "instructions are counted on x86-64 only";
  try {
    execFileSync("valgrind", ["--version"], { stdio: "ignore" });
  } catch {
    return "valgrind is not there: script/bootstrap installs it";
  }
}

/** The compiler whose code is counted, as "g++ 12.2.0". */
export function compiler() {
  const command = process.env.PARLEY_CXX ?? "g++";
  const text = execFileSync(command, ["--version"], { encoding: "utf8" });
  const version = /\d+\.\d+\.\d+/.exec(text)[0];
  return `${/clang/.test(text) ? "clang" : "g++"} ${version}`;
}

/** The self cost of our own functions, by name, and their calls for memory, in a file of callgrind. */
export function readCosts(text) {
  const costs = new Map();
  let allocations = 0;
  let isOwn = false;
  let name = "";
  let called = "";
  let isOfCall = false;
  const counts = () => isOwn && !isOfSimulation.test(name);
  for (const line of text.split("\n")) {
    if (line.startsWith("ob=")) isOwn = line.endsWith(`/${program}`);
    else if (line.startsWith("fn=")) name = line.slice(3);
    else if (line.startsWith("cfn=")) called = line.slice(4);
    else if (line.startsWith("calls=")) {
      isOfCall = true;
      if (counts() && allocates.test(called)) allocations += Number.parseInt(line.slice(6), 10);
    } else if (/^(0x|[+*-]|\d)\S* \d+$/.test(line)) {
      if (!isOfCall && counts()) costs.set(name, (costs.get(name) ?? 0) + Number(line.slice(line.indexOf(" ") + 1)));
      isOfCall = false;
    }
  }
  return { costs, allocations };
}

/** What each operation takes once, by its name: `instructions`, `allocations`, and `costs` by function. */
export async function measure(build = process.env.PARLEY_BUILD ?? "build/release") {
  const directory = await mkdtemp(join(tmpdir(), "parley-instructions-"));
  try {
    const { stdout } = await promisify(execFile)("valgrind", [
      "--tool=callgrind", "--compress-strings=no", "--compress-pos=no", "--zero-before=measured", "--dump-after=measured",
      `--callgrind-out-file=${directory}/out`, resolve(build, "tests/instructions", program)],
    { maxBuffer: 1 << 20 });
    const operations = stdout.trim().split("\n").map((line) => /^(\d+) (.+)$/.exec(line));
    const parts = (await readdir(directory)).filter((file) => /^out\.\d+$/.test(file));
    if (parts.length !== operations.length) throw new Error(`${operations.length} operations, but ${parts.length} counts of callgrind`);
    const measured = {};
    for (const [i, [, count, name]] of operations.entries()) {
      const { costs, allocations } = readCosts(await readFile(join(directory, `out.${i + 1}`), "utf8"));
      const instructions = [...costs.values()].reduce((sum, cost) => sum + cost, 0);
      measured[name] = { instructions: Math.round(instructions / count), allocations: Math.round(allocations / count * 100) / 100, count, costs };
    }
    return measured;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** What is worse than `before`, a sentence each; `tolerance` is a share. */
export function complaints(measured, before, tolerance = 0.03) {
  const found = [];
  for (const [name, now] of Object.entries(measured)) {
    const then = before[name];
    if (then === undefined) {
      found.push(`${name}: there is no figure to hold it against; script/instructions --update writes one`);
      continue;
    }
    if (now.instructions > then.instructions * (1 + tolerance)) {
      const more = (now.instructions / then.instructions - 1) * 100;
      found.push(`${name}: ${now.instructions} instructions, which were ${then.instructions}: ${more.toFixed(1)} % more`);
    }
    if (now.allocations > then.allocations + 0.02) found.push(`${name}: asks for memory ${now.allocations} times, and did ${then.allocations} times`);
  }
  for (const name of Object.keys(before)) {
    if (measured[name] === undefined) found.push(`${name}: is not measured any more`);
  }
  return found;
}
