// SPDX-License-Identifier: MIT
// What the documents say of the options is what the options are: each has its row, and the defaults are those of the code.
import assert from "node:assert/strict";
import { test } from "node:test";
import { files, read } from "./house.mjs";

const units = { "": 1, B: 1, octets: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, KB: 1e3, MB: 1e6, GB: 1e9, ms: 1, s: 1000, min: 60_000 };

/** A number in words, as in `16 KiB`, `10 s`, `1,024` or `none`: octets, milliseconds or how many; undefined for others. */
export function figure(words) {
  if (words.trim() === "none") return 0;
  const found = /^([\d,]+)(?: (B|octets|[KMG]i?B|ms|s|min))?$/.exec(words.trim());
  return found ? Number(found[1].replaceAll(",", "")) * units[found[2] ?? ""] : undefined;
}

const constant = (text) => text.replaceAll(/(?<=\d)'|U\b/g, "").split("*").map(Number).reduce((product, factor) => product * factor, 1);

/** Map from `Struct.option` to its default, of the structs whose names end with Options or Limits. */
export function optionsIn(text) {
  const options = new Map();
  for (const [, struct, body] of text.matchAll(/^struct (\w*(?:Options|Limits)) \{\n([\s\S]*?)^\};/gm)) {
    for (const [, name, braced, assigned] of body.matchAll(/^ {4}(?:std::\w+|int|Milliseconds|Seconds|Duration) (\w+)(?:\{([^}]*)\}| = ([^;]*));/gm)) {
      const seconds = /^std::chrono::(milli)?seconds\((\d+)\)$/.exec(assigned ?? "");
      options.set(`${struct}.${name}`, seconds ? Number(seconds[2]) * (seconds[1] ? 1 : 1000) : constant(braced ?? assigned));
    }
  }
  return options;
}

const headers = read("parley/public_headers.txt").split("\n").filter((line) => line.startsWith("parley/"));
const options = new Map(headers.flatMap((path) => [...optionsIn(read(path))]));
const documents = files(/^(README\.md|docs\/[\w-]+\.md)$/);

// A member of these is spelt with the name of the option that it is of.
const members = { closing: "ClosingLimits", limits: "WebSocketLimits", websocket: "WebSocketLimits" };

/** The defaults that an option of this name may have: those of every struct that has it. */
function defaultsOf(spelt) {
  const [, struct, , member, name] = /^(?:(\w+)::)?((\w+)\.)?(\w+)$/.exec(spelt) ?? [];
  const owner = struct ?? members[member];
  return [...options].filter(([key]) => key.endsWith(`.${name}`) && (!owner || key === `${owner}.${name}`)).map(([, value]) => value);
}

/** What a document says of defaults: [option, words]. */
export function claims(text) {
  const found = [];
  for (const [, names, values] of text.matchAll(/^\| ([^|]*) \| ([^|]*) \|/gm)) {
    const spelt = [...names.matchAll(/`([\w.:]+)`/g)].map(([, name]) => name).filter((name) => defaultsOf(name).length > 0);
    const words = values.split(/, (?!\d{3}\b)/);
    if (!words.every((word) => figure(word) !== undefined)) continue;
    spelt.forEach((name, i) => found.push([name, words.length === 1 ? words[0] : words[i] ?? "nothing"]));
  }
  for (const [, name, words] of text.matchAll(/`([\w.:]+)` \(([^)`]*)\)/g)) found.push([name, words]);
  for (const [, name, words] of text.matchAll(/`([\w.:]+)`, (\d[\d,]*(?: (?:[KMG]i?B|ms|s|min)\b)?)/g)) found.push([name, words.replace(/,$/, "")]);
  return found;
}

test("the defaults that documents name are those of the code", () => {
  assert.ok(options.size > 70, `only ${options.size} options`);
  const wrong = [];
  let checked = 0;
  for (const path of documents) {
    for (const [name, words] of claims(read(path))) {
      const value = figure(words);
      const defaults = defaultsOf(name);
      if (defaults.length === 0 || (value === undefined && words !== "nothing")) continue;
      ++checked;
      if (!defaults.includes(value)) wrong.push(`${path}: \`${name}\` is ${defaults.join(" or ")}, not ${words}`);
    }
  }
  assert.deepEqual(wrong, []);
  assert.ok(checked > 75, `only ${checked} figures`);
});

test("every limit among the options stands in a document", () => {
  const prose = documents.map(read).join("\n");
  const missing = [...options.keys()].filter((key) => {
    const name = key.split(".")[1];
    return /_(max|min|timeout|interval|grace|window)$/.test(name) && !new RegExp(`\`[\\w.:]*\\b${name}\``).test(prose);
  });
  assert.deepEqual(missing, []);
});

test("a figure that is not the default's is noticed, in a row and in a sentence", () => {
  assert.deepEqual(["16 KiB", "1,024", "10 s", "1 MB", "none", "few"].map(figure), [16384, 1024, 10000, 1e6, 0, undefined]);
  const struct = "struct XOptions {\n    std::size_t a_max = 2 * 1'024;  ///< b\n    Milliseconds b_timeout{3'000};\n    Duration c = std::chrono::seconds(4);\n};\n";
  assert.deepEqual([...optionsIn(struct)], [["XOptions.a_max", 2048], ["XOptions.b_timeout", 3000], ["XOptions.c", 4000]]);
  const text = "| `head_bytes_max`, `headers_max` | 16 KiB, 99 | 431 |\n\nAt most `memory_max` (2 GiB), and `keep_alive_timeout`, 75 s.\n";
  assert.deepEqual(claims(text).map(([name, words]) => defaultsOf(name).includes(figure(words))), [true, false, false, true]);
});
