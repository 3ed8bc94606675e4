// SPDX-License-Identifier: MIT
// Writes the C++ of the documents given into a folder, so that the build compiles it and the tests run it:
//   node extract_snippets.mjs OUT DOCUMENT...   Prints the files, separated by semicolons.
//
// Every ```cpp block with a main becomes a program, `<document>_<number>.cpp`. The other blocks of a document in docs/ are
// snippets: together they become `<document>_snippets.cpp`, which is compiled and not run. One that defines things (it
// begins with `struct`, `enum`, `inline` or `PARLEY_`) stands there as it is; one that does things is the body of a function that
// has the names of `surroundings`, or those of its document.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

const surroundings = {
  default: ["parley::Application& app", "parley::Server& io", "parley::Socket socket", "const std::string& id"],
  "http-client": ["parley::Application& app", "parley::HttpClient& client", "parley::HttpCall& call"],
  client: ["parley::Client& client"],
  coroutines: ["parley::Client& client", "parley::Server& io"],
  websocket: ["parley::Application& app", "parley::WebSocketServer& server", "parley::WebSocket socket"],
};

// The handlers of a snippet have a `socket`, too.
const prelude = `#include <cstdio>
#include <fstream>
#include <iostream>
#include <memory>
#include <thread>
#include <parley/client.hpp>
#include <parley/server.hpp>
#include <parley/server/observer.hpp>
#include <parley/task.hpp>
#include <parley/web.hpp>
#pragma GCC diagnostic ignored "-Wshadow"
`;

/** One file for all snippets of a document. */
function assemble(document, snippets) {
  const names = surroundings[document] ?? surroundings.default;
  const parameters = names.map((parameter) => `[[maybe_unused]] ${parameter}`).join(", ");
  const parts = snippets.map((code, index) =>
    /^(struct|enum|inline|PARLEY_)/.test(code) ? code : `void snippet_${index + 1}(${parameters}) {\n${code}}\n`,
  );
  return [prelude, ...parts].join("\n");
}

const [out, ...documents] = process.argv.slice(2);
mkdirSync(out, { recursive: true });
const written = [];
function write(name, code) {
  const path = join(out, `${name}.cpp`);
  if (!existsSync(path) || readFileSync(path, "utf8") !== code) writeFileSync(path, code);
  written.push(path);
}

for (const document of documents) {
  const name = basename(document, ".md").toLowerCase();
  const blocks = [...readFileSync(document, "utf8").matchAll(/^```cpp\n(.*?)^```/gms)].map(([, code]) => code);
  const isProgram = (code) => /\bint main\(/.test(code);
  blocks.filter(isProgram).forEach((code, index) => write(`${name}_${index + 1}`, code));
  const snippets = blocks.filter((code) => !isProgram(code));
  if (basename(dirname(document)) === "docs" && snippets.length > 0) write(`${name}_snippets`, assemble(name, snippets));
}
process.stdout.write(written.join(";"));
