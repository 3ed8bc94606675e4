// SPDX-License-Identifier: MIT
// The layer table against every #include and against what the archives of layers 0 and 1 call.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { files, layerTable, read } from "./house.mjs";
import { complaintsAbout } from "./includes.mjs";

const table = layerTable();
const build = process.env.PARLEY_BUILD;

test("the table is read whole and its arrows point down", () => {
  assert.ok(table.size >= 9, `only ${[...table.keys()]}`);
  for (const [name, { layer, uses }] of table) {
    for (const used of uses) {
      assert.ok(table.has(used), `${name} uses ${used}, which is no library`);
      assert.ok(table.get(used).layer <= layer, `${name} (layer ${layer}) uses ${used} above it`);
    }
  }
});

test("every #include is declared in the table", () => {
  const complaints = files(/\.(hpp|cpp)$/).flatMap((path) => complaintsAbout(path, read(path), table));
  assert.deepEqual(complaints, []);
});

test("an undeclared include, an upward one and a third-party header are each noticed", () => {
  const about = (path, text) => complaintsAbout(path, text, table).join("\n");
  assert.match(about("parley/http/x.cpp", '#include "parley/json/json.hpp"\n'), /undeclared dependency/);
  assert.match(about("parley/http/x.cpp", '#include "parley/net/loop.hpp"\n'), /upward dependency/);
  assert.match(about("parley/engineio/x.cpp", '#include "parley/socketio/packet.hpp"\n'), /undeclared dependency/);
  assert.match(about("parley/base/x.hpp", "#include <simdjson.h>\n"), /third-party/);
  assert.match(about("parley/json/x.cpp", "#include <openssl/evp.h>\n"), /not declared/);
  assert.equal(about("parley/http/x.cpp", '#include "parley/base/bytes.hpp"\n#include <vector>\n'), "");
});

// Sockets, files, clocks, threads and entropy, as the linker sees them.
const impure = new RegExp(
  "^(" +
    [
      "socket", "bind", "listen", "accept4?", "connect", "send(to|msg)?", "recv(from|msg)?", "epoll_\\w+", "poll", "select",
      "open(at)?(64)?", "fopen(64)?", "read", "write", "pread(64)?", "pwrite(64)?", "f(read|write)", "stat(64)?", "unlink",
      "clock_gettime", "gettimeofday", "time", "nanosleep", "usleep", "sleep", "localtime(_r)?", "gmtime(_r)?",
      "pthread_create", "sem_\\w+", "getrandom", "getentropy", "rand(om)?(_r)?", "srand(om)?", "RAND_\\w+", "getenv", "syscall", "system", "fork",
      "_ZNSt6chrono\\S*3nowEv", "_ZNSt13random_device\\S*", "_ZNSt6thread\\S*",
    ].join("|") +
    ")(@.*)?$",
);

function undefinedSymbols(nmOutput) {
  return nmOutput.split("\n").flatMap((line) => / [Uw] (\S+)$/.exec(line)?.[1] ?? []);
}

test("the libraries of layers 0 and 1 call no socket, file, clock, thread or entropy", () => {
  assert.ok(build, "PARLEY_BUILD names the build tree");
  for (const [name, { layer }] of table) {
    if (layer > 1) continue;
    const archive = join(build, `parley/libparley_${name}.a`);
    assert.ok(existsSync(archive), `${archive} is not built`);
    const symbols = undefinedSymbols(execFileSync("nm", ["-u", archive], { encoding: "utf8", maxBuffer: 1 << 26 }));
    assert.ok(symbols.length > 0, `${archive} has no undefined symbols at all: nm read nothing`);
    assert.deepEqual(symbols.filter((symbol) => impure.test(symbol)), [], `parley::${name} is impure`);
  }
});

test("an impure library is noticed", () => {
  const listing = " U clock_gettime\n U getrandom@GLIBC_2.25\n U memcpy\n U _ZNSt6chrono3_V212steady_clock3nowEv\n U send\n";
  assert.equal(undefinedSymbols(listing).filter((symbol) => impure.test(symbol)).length, 4);
});
