// SPDX-License-Identifier: MIT
// Layers 0 and 1 do no I/O, read no clock, roll no dice, start no thread and keep no state of their own: what their
// archives ask of the linker is on the list of pure_symbols.txt, and so is what they may change.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { layerTable, read } from "./house.mjs";

const build = process.env.PARLEY_BUILD;
const table = layerTable();
const pure = [...table].filter(([, { layer }]) => layer <= 1).map(([name]) => name);

/** Sections `[name]` of lines; a line that ends with `*` is the beginning of names. */
function readList(text) {
  const sections = new Map();
  let lines;
  for (const line of text.split("\n")) {
    const section = /^\[(\w+)\]$/.exec(line)?.[1];
    if (section) sections.set(section, (lines = []));
    else if (line && !line.startsWith("#")) lines.push(line);
  }
  return sections;
}

const list = readList(read("tests/tidy/pure_symbols.txt"));
const matches = (lines, symbol) => lines.some((line) => (line.endsWith("*") ? symbol.startsWith(line.slice(0, -1)) : symbol === line));
const mayAsk = (library, symbol) => matches([...list.get("all"), ...(list.get(library) ?? [])], symbol);

function run(command, ...args) {
  return execFileSync(command, args, { encoding: "utf8", maxBuffer: 1 << 26 });
}

function archiveOf(library) {
  assert.ok(build, "PARLEY_BUILD names the build tree");
  const archive = join(build, `parley/libparley_${library}.a`);
  assert.ok(existsSync(archive), `${archive} is not built`);
  return archive;
}

const undefinedIn = (listing) => [...listing.matchAll(/^ +[Uw] ([^@\s]+)/gm)].map(([, symbol]) => symbol);
const definedIn = (listing) => [...listing.matchAll(/^[0-9a-f]+ [A-Za-z] (\S+)$/gm)].map(([, symbol]) => symbol);

/** This library, and all that it declares to use. */
const reachable = (name) => [name, ...table.get(name).uses.flatMap(reachable)];

/** Objects in sections that can be written to, by the listing of `objdump -t`; pointers of the unwinder aside. */
function writableIn(listing) {
  const lines = listing.matchAll(/^[0-9a-f]+ .{7} (\.t?(?:data|bss)\S*)\t[0-9a-f]+ (?:\.hidden )?(.+)$/gm);
  return [...lines].flatMap(([, section, name]) => (/\.rel\.ro|^\.data\.rel\.local\.DW\./.test(section) || name.startsWith(".") ? [] : [name]));
}

test("the libraries of layers 0 and 1 ask for nothing but what is on the list", () => {
  const own = new Map(pure.map((name) => [name, new Set(definedIn(run("nm", "--defined-only", archiveOf(name))))]));
  const strange = [];
  for (const name of pure) {
    const symbols = new Set(undefinedIn(run("nm", "-u", archiveOf(name))));
    assert.ok(symbols.size > 0, `${name} has no undefined symbols at all: nm read nothing`);
    const known = reachable(name).map((library) => own.get(library));
    for (const symbol of symbols)
      if (!mayAsk(name, symbol) && !known.some((set) => set.has(symbol))) strange.push(`parley::${name} asks for ${run("c++filt", symbol).trim()} (${symbol})`);
  }
  assert.deepEqual(strange, [], "no I/O, clock, dice or thread below layer 2; what is pure gets a line in tests/tidy/pure_symbols.txt");
});

test("the libraries of layers 0 and 1 keep nothing that changes", (context) => {
  const isCounted = undefinedIn(run("nm", "-u", archiveOf("base"))).some((symbol) => symbol.startsWith("__gcov_"));
  if (isCounted) return context.skip("the counters of a coverage build would be seen");
  const kept = pure.flatMap((name) => writableIn(run("objdump", "-tC", archiveOf(name))).map((object) => `parley::${name}: ${object}`));
  const allowed = list.get("writable");
  assert.deepEqual(kept.filter((line) => !allowed.includes(line)), [], "state belongs into an object that somebody owns");
});

test("files, streams, locks, clocks, dice, threads and state are each noticed", () => {
  const asked = [
    "clock_gettime", "getrandom", "socket", "fopen", "puts", "getenv", "mmap", "getaddrinfo", "timespec_get", "pthread_mutex_lock", "open64",
    "_ZNSt6chrono3_V212steady_clock3nowEv", "_ZNSt13random_device7_M_initERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE",
    "_ZNSt14basic_ifstreamIcSt11char_traitsIcEEC1EPKcSt13_Ios_Openmode", "_ZNSt10filesystem6statusERKNS_7__cxx114pathE", "_ZSt4cout",
    "_ZNSt6thread15_M_start_threadESt10unique_ptrINS_6_StateESt14default_deleteIS1_EEPFvvE", "_ZNSt18condition_variable10notify_oneEv",
  ];
  for (const symbol of asked) assert.ok(!mayAsk("base", symbol), symbol);
  assert.ok(mayAsk("http", "memcpy") && mayAsk("base", "HMAC") && !mayAsk("http", "HMAC"));
  assert.deepEqual(undefinedIn("                 U getrandom@GLIBC_2.25\n0000 T mine\n                 w memcpy\n"), ["getrandom", "memcpy"]);
  assert.deepEqual(definedIn("0000000000000010 T mine\n                 U memcpy\n"), ["mine"]);
  const listing =
    "0000000000000000 l     O .bss\t0000000000000008 parley::counter\n0000000000000000 g     O .tbss\t0000000000000008 .hidden parley::mine\n" +
    "0000000000000000 l     O .rodata\t0000000000000008 parley::table\n0000000000000000 l     O .data.rel.ro.local\t0000000000000008 parley::names\n" +
    "0000000000000000 l    d  .data\t0000000000000000 .data\n";
  assert.deepEqual(writableIn(listing), ["parley::counter", "parley::mine"]);
});
