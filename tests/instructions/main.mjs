// SPDX-License-Identifier: MIT
// Shows what each operation takes beside what it took before:
//
//   node tests/instructions/main.mjs               PARLEY_BUILD names the build tree, PARLEY_CXX its compiler
//   node tests/instructions/main.mjs --update      and writes baseline.json
//   node tests/instructions/main.mjs --top NAME    the functions that the operation spends most in
import { readFile, writeFile } from "node:fs/promises";

import { compiler, measure, whyNot } from "./measure.mjs";

const file = new URL("baseline.json", import.meta.url);
const reason = whyNot();
if (reason !== undefined) {
  console.error(reason);
  process.exit(1);
}
const baseline = JSON.parse(await readFile(file, "utf8").catch(() => "{\"operations\":{}}"));
const measured = await measure();

console.log(`${"".padEnd(32)} ${"instructions".padStart(12)} ${"before".padStart(8)} ${"".padStart(8)} ${"allocations".padStart(12)} ${"before".padStart(8)}`);
for (const [name, now] of Object.entries(measured)) {
  const then = baseline.operations[name];
  const change = then === undefined ? "" : `${((now.instructions / then.instructions - 1) * 100).toFixed(1)} %`;
  console.log(`${name.padEnd(32)} ${String(now.instructions).padStart(12)} ${String(then?.instructions ?? "").padStart(8)} ${change.padStart(8)} ${String(now.allocations).padStart(12)} ${String(then?.allocations ?? "").padStart(8)}`);
}

const top = process.argv.indexOf("--top");
if (top !== -1) {
  const { costs, count } = measured[process.argv[top + 1]];
  for (const [name, cost] of [...costs].sort((a, b) => b[1] - a[1]).slice(0, 60)) console.log(`${(cost / count).toFixed(1).padStart(9)}  ${name}`);
}
if (process.argv.includes("--update")) {
  const operations = Object.fromEntries(Object.entries(measured).map(([name, { instructions, allocations }]) => [name, { instructions, allocations }]));
  await writeFile(file, `${JSON.stringify({ compiler: compiler(), operations }, null, 2)}\n`);
}
