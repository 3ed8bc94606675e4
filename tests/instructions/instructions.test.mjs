// SPDX-License-Identifier: MIT
// The work for a message, a connection or a recipient does not grow unseen: instructions by no more than 3 %, allocations
// not at all.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { compiler, complaints, measure, readCosts, whyNot } from "./measure.mjs";

const baseline = JSON.parse(await readFile(new URL("baseline.json", import.meta.url), "utf8"));

test("no operation takes more than it did", async (context) => {
  const reason = whyNot() ?? (compiler() === baseline.compiler ? undefined
    : `the figures are those of ${baseline.compiler}, and this is ${compiler()}: script/instructions --update makes new ones`);
  if (reason !== undefined) return context.skip(reason);
  assert.deepEqual(complaints(await measure(), baseline.operations), [],
    "script/instructions --top NAME shows where they go; --update accepts what there is now");
});

test("what is worse is told, and what is better is not", () => {
  const before = { echo: { instructions: 1000, allocations: 1 }, gone: { instructions: 1, allocations: 0 } };
  assert.deepEqual(complaints({ echo: { instructions: 1030, allocations: 1 }, gone: before.gone }, before), []);
  assert.deepEqual(complaints({ echo: { instructions: 500, allocations: 0 }, gone: before.gone }, before), []);
  assert.deepEqual(complaints({ echo: { instructions: 1031, allocations: 2 }, new: { instructions: 1, allocations: 0 } }, before), [
    "echo: 1031 instructions, which were 1000: 3.1 % more",
    "echo: asks for memory 2 times, and did 1 times",
    "new: there is no figure to hold it against; script/instructions --update writes one",
    "gone: is not measured any more",
  ]);
});

test("only our own functions are counted, and what they call is not counted twice", () => {
  const text = [
    "ob=/build/tests/instructions", "fl=(none)", "fn=parley::send()", "10 7", "cob=/lib/libc.so.6", "cfn=memcpy", "calls=2 0", "11 90",
    "cfn=operator new(unsigned long)", "calls=3 0", "12 50", "13 5",
    "fn=parley::net::detail::SimulatedWorld::run()", "10 1000",
    "ob=/lib/libc.so.6", "fn=memcpy", "0 90", "cfn=malloc", "calls=9 0", "0 1",
  ].join("\n");
  assert.deepEqual(readCosts(text), { costs: new Map([["parley::send()", 12]]), allocations: 3 });
});
