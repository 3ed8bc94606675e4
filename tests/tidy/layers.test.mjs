// SPDX-License-Identifier: MIT
// The layer table against every #include. What the archives of layers 0 and 1 call is looked at in purity.test.mjs.
import assert from "node:assert/strict";
import { test } from "node:test";
import { files, layerTable, read } from "./house.mjs";
import { complaintsAbout } from "./includes.mjs";

const table = layerTable();

test("the table is read whole and its arrows point down", () => {
  assert.ok(table.size >= 9, `only ${[...table.keys()]}`);
  for (const [name, { layer, uses }] of table) {
    for (const used of uses) {
      assert.ok(table.has(used), `${name} uses ${used}, which is no library`);
      assert.ok(table.get(used).layer <= layer, `${name} (layer ${layer}) uses ${used} above it`);
    }
  }
});

const listed = new Set(read("parley/public_headers.txt").split("\n"));
const isPublic = (header) => listed.has(header);

test("every #include is declared in the table", () => {
  const complaints = files(/\.(hpp|cpp)$/).flatMap((path) => complaintsAbout(path, read(path), table, isPublic));
  assert.deepEqual(complaints, []);
});

test("an undeclared include, an upward one and a third-party header are each noticed, however they are spelt", () => {
  const about = (path, text) => complaintsAbout(path, text, table, isPublic).join("\n");
  const rows = [
    ["parley/http/x.cpp", '#include "parley/json/json.hpp"', /undeclared dependency/],
    ["parley/http/x.cpp", '#include "parley/net/loop.hpp"', /upward dependency/],
    ["parley/http/x.cpp", '#include "../net/loop.hpp"', /upward dependency/],
    ["parley/http/x.cpp", '#include "parley/http/../net/./loop.hpp"', /upward dependency/],
    ["parley/json/detail/x.cpp", '# include "../../net/loop.hpp"', /upward dependency/],
    ["parley/http/x.cpp", "#include <parley/net/loop.hpp>", /in quotes: "parley\/net\/loop.hpp"\n.*upward dependency/],
    ["parley/http/x.cpp", "#include <parley/base/bytes.hpp>", /^parley\/http\/x.cpp: own headers stand in quotes: "parley\/base\/bytes.hpp"$/],
    ["parley/http/x.cpp", "#/**/include/* why */\"parley/net/loop.hpp\"", /upward dependency/],
    ["parley/http/x.cpp", "#inc\\\nlude \"parley/net/loop.hpp\"", /upward dependency/],
    ["parley/http/x.cpp", '%:include "parley/net/loop.hpp"', /upward dependency/],
    ["parley/http/x.cpp", "#include LOOP", /cannot be read/],
    ["parley/http/x.cpp", '#include "nowhere.hpp"', /no file of this repository/],
    ["parley/http/x.cpp", '#include "response.hpp"', /from the root: "parley\/http\/response.hpp"/],
    ["parley/net/x.cpp", '#include "apps/chat/room.hpp"', /upward dependency/],
    ["parley/net/x.cpp", '#include "tests/support/every_cut.hpp"', /upward dependency/],
    ["parley/engineio/x.cpp", '#include "parley/socketio/packet.hpp"', /undeclared dependency/],
    ["parley/base/x.hpp", "#include <simdjson.h>", /third-party/],
    ["parley/json/x.cpp", "#include <openssl/evp.h>", /not declared/],
    ["parley/json/x.hpp", "#include <fstream>", /nothing for layer 1/],
    ["parley/base/x.hpp", "#include <mutex>", /nothing for layer 0/],
    ["parley/base/x.cpp", "#include <sys/mman.h>", /nothing for layer 0/],
    ["parley/http/x.hpp", "auto now() { return std::chrono::steady_clock::now(); }", /a clock in layer 1/],
    ["apps/chat/x.cpp", '#include "parley/net/loop.hpp"', /not public, and apps\/chat does not declare the inside of net/],
    ["apps/chat/x.cpp", '#include "apps/parley/serve.hpp"', /does not declare apps\/parley/],
    ["apps/parley/x.cpp", '#include "tests/support/every_cut.hpp"', /a test's/],
    ["apps/other/x.cpp", '#include "parley/server.hpp"', /no declared program/],
    ["examples/x/main.cpp", "#include <parley/net/loop.hpp>", /not public/],
  ];
  for (const [path, text, complaint] of rows) assert.match(about(path, `${text}\n`), complaint, `${path}: ${text}`);
  assert.equal(about("parley/http/x.cpp", '#include "parley/base/bytes.hpp"\n#include <vector>\n'), "");
  assert.equal(about("apps/parley/x.cpp", '#include "apps/chat/room.hpp"\n#include "parley/server.hpp"\n'), "");
  assert.equal(about("examples/x/main.cpp", "#include <parley/server.hpp>\n"), "");
});
