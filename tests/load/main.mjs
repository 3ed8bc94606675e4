// SPDX-License-Identifier: MIT
// Runs the attacks and prints each figure beside its bound: NAME value unit bound PASS/FAIL.
//
//   node tests/load/main.mjs [names...] [--full]       PARLEY_BUILD names the build tree
import { connections } from "./connections.mjs";
import { loopback } from "./loopback.mjs";
import { memory } from "./memory.mjs";
import { messages } from "./messages.mjs";
import { Canary, Target } from "./target.mjs";

const attacks = { ...connections, ...messages, ...memory };
const words = process.argv.slice(2);
const isFull = words.includes("--full");
const names = words.filter((word) => !word.startsWith("--"));
let failed = 0;

function print(name, value, { unit, most }) {
  const passed = value <= most;
  if (!passed) ++failed;
  const rounded = Math.round(value * 100) / 100;
  console.log(`${name.padEnd(36)} ${String(rounded).padStart(9)} ${unit.padEnd(8)} ${String(most).padStart(9)} ${passed ? "PASS" : "FAIL"}`);
}

/** The canary may take what a quiet server takes on this machine at this time, and so many milliseconds beyond. */
const canaryMost = ({ canary = 100 }, { control }) => Math.ceil(canary + 3 * control);

async function run(name, attack, control) {
  const { size, settings = {}, options, bounds } = { ...attack, ...(isFull ? attack.full : attack.short) };
  const target = await Target.start(settings, options);
  try {
    const canary = await Canary.start(target, control);
    const figures = await attack.run(target, size, settings).catch((error) => ({ error }));
    const seen = await canary.stop();
    if (figures.error) console.log(`${name}: ${figures.error.stack}`);
    for (const [figure, bound] of Object.entries(bounds)) print(`${name}.${figure}`, figures[figure] ?? Infinity, bound);
    print(`${name}.canary`, seen.p99, { unit: "ms", most: canaryMost(attack, seen) });
    const ended = await target.stop();
    print(`${name}.deaths`, Number(seen.lost) + Number(ended.code !== 0), { unit: "", most: 0 });
  } finally {
    if (target.alive) target.server.kill("SIGKILL");
  }
}

for (const address of ["10.0.0.1", "example.com", "127.0.0.1.example.com", "::1"]) {
  try {
    loopback(address);
    console.log(`${address} would be attacked`);
    process.exit(1);
  } catch {} // as it should be
}
const unknown = names.filter((name) => !attacks[name]);
if (unknown.length > 0) {
  console.error(`There is no attack ${unknown.join(", ")}. There are: ${Object.keys(attacks).join(", ")}`);
  process.exit(2);
}

process.setMaxListeners(0); // each target has one for the end
const control = await Target.start();
const begin = Date.now();
for (const [name, attack] of Object.entries(attacks)) {
  if (names.length === 0 || names.includes(name)) await run(name, attack, control);
}
await control.stop();
console.log(`${failed} bounds were not held, ${Math.round((Date.now() - begin) / 1000)} s`);
process.exit(failed === 0 ? 0 : 1);
