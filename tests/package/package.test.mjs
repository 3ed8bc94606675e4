// SPDX-License-Identifier: MIT
// The library as users get it: each way into a project of theirs, built by both compilers, and running.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { WebSocket } from "ws";
import { versions } from "../interop/support/clients.mjs";
import { next, nextEvent, startServer } from "../interop/support/program.mjs";
import { attempt, beside, build, compile, compilers, configuration, configure, filesBelow, install, root, run } from "./support.mjs";

const consumer = join(root, "tests/package/consumer");
const listed = readFileSync(join(root, "parley/public_headers.txt"), "utf8").split("\n").filter((line) => /^parley\//.test(line));

// The same flags as those of the build tree, so that a compiler cache has all of it already.
const library = { CMAKE_BUILD_TYPE: "Release", CMAKE_CXX_COMPILER: compilers.gcc, PARLEY_WERROR: "ON", PARLEY_TESTS: "OFF", PARLEY_APPS: "OFF", PARLEY_EXAMPLES: "OFF" };

async function checkApp(folder, { hasClient = true } = {}) {
  const server = await startServer(join(folder, "app"));
  const socket = versions["4.8"](server.url, { forceNew: true, reconnection: false });
  try {
    await nextEvent(socket, "connect");
    assert.equal(await socket.timeout(10_000).emitWithAck("add", { x: 3, y: 4 }), 7);
    assert.deepEqual(await socket.timeout(10_000).emitWithAck("visits"), { count: 1 });
    assert.deepEqual(await (await fetch(`${server.url}/`)).json(), { path: "/" });
    assert.match(server.output, /^refused: .*already in use/m);
    const bundle = await fetch(`${server.url}/socket.io/socket.io.js`);
    assert.equal(bundle.status, hasClient ? 200 : 404);
    assert.match(await bundle.text(), hasClient ? /Socket\.IO v4/ : /built without the official browser client/);
  } finally {
    socket.disconnect();
    await server.stop();
  }
  assert.equal(server.exitCode, 0);
}

async function checkPlugin(folder) {
  const server = await startServer(join(folder, "host"));
  try {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}`);
    await next(socket, "open");
    socket.send("echo");
    assert.equal(String((await next(socket, "message"))[0]), "echo");
    socket.close();
  } finally {
    await server.stop();
  }
  assert.equal(server.exitCode, 0);
}

async function checkConsumer(name, variables, expected) {
  const folder = beside(`consumer-${name}`, { keep: false });
  configure(consumer, folder, { CMAKE_BUILD_TYPE: "Release", ...variables });
  compile(folder);
  await checkApp(folder, expected);
  await checkPlugin(folder);
}

let installed;
let shared;

test("installing puts the public headers there, and no others", () => {
  installed = install(build, "installed", "lib", "dev");
  assert.deepEqual(filesBelow(join(installed, "include")), listed);
});

test("a library of C++20 or older gets one sentence, and no more", () => {
  for (const [name, compiler] of Object.entries(compilers)) {
    for (const door of filesBelow(join(installed, "include/parley"), /^\w+\.hpp$/)) {
      const program = `#include <parley/${door}>\nint main() { parley::Server io; }\n`;
      const flags = ["-std=c++20", "-fsyntax-only", `-I${installed}/include`, "-x", "c++", "-"];
      const { status, output } = attempt(compiler, flags, { input: program });
      assert.notEqual(status, 0);
      const errors = output.match(/error: .*/g);
      assert.equal(errors.length, 2, `${name}, ${door}: ${output}`);
      assert.match(errors[0], /parley: C\+\+23 is needed\. Compile with -std=c\+\+23/);
      assert.match(errors[1], /C\+\+23 for parley/);
    }
  }
});

for (const [name, compiler] of Object.entries(compilers)) {
  test(`find_package of the static library, ${name}`, () =>
    checkConsumer(`static-${name}`, { CMAKE_PREFIX_PATH: installed, CMAKE_CXX_COMPILER: compiler, NO_RTTI: name === "clang" ? "ON" : "OFF" }));
}

test("pkg-config of the static library", async () => {
  const folder = beside("pkg-config", { keep: false });
  const files = filesBelow(installed, /\/parley\.pc$/);
  assert.equal(files.length, 1);
  const environment = { ...process.env, PKG_CONFIG_PATH: join(installed, files[0], "..") };
  const flags = run("pkg-config", ["--cflags", "--libs", "parley"], { env: environment }).trim().split(/\s+/);
  run(compilers.gcc, ["-std=c++23", "-o", join(folder, "app"), join(consumer, "app.cpp"), ...flags]);
  await checkApp(folder);
});

test("the shared library shows its own names only, and all that public headers promise", () => {
  const folder = beside("shared");
  configure(root, folder, { ...library, BUILD_SHARED_LIBS: "ON" });
  compile(folder, "parley_library");
  shared = install(folder, "installed-shared", "lib", "dev");
  const [object] = filesBelow(shared, /\/libparley\.so\.0\.1$/);
  assert.ok(object, "libparley.so.0.1");
  assert.match(run("readelf", ["-d", join(shared, object)]), /SONAME.*\[libparley\.so\.0\.1\]/);

  const [description] = filesBelow(shared, /\/parley\.pc$/);  // pkg-config also looks for what is required privately
  assert.doesNotMatch(readFileSync(join(shared, description), "utf8"), /^Requires/m);

  const names = (output) => output.split("\n").map((line) => /^[0-9a-f]+ (\w) (.*)$/.exec(line)).filter(Boolean);
  const shown = new Set(names(run("nm", ["-DC", "--defined-only", join(shared, object)])).map(([, , name]) => name));
  assert.ok(shown.size > 100);
  assert.deepEqual([...shown].filter((name) => !/^((typeinfo|typeinfo name|vtable|guard variable) for |non-virtual thunk to )?parley::/.test(name)), []);
  assert.ok(![...shown].some((name) => /parley::http::RequestParser::|parley::net::Loop::/.test(name)), "what is inside stays inside");

  // Functions that are defined once, of a class that a public header defines, or of a name that it declares.
  const texts = listed.map((header) => readFileSync(join(root, header), "utf8")).join("\n");
  const classes = new Set();  // each behind its namespace: two may have one name
  const spaces = [];
  const forward = /^namespace [\w:]+ \{\n(?:[^{}\n]*\n)+\}\n/gm;  // blocks that only declare close without a word
  for (const line of texts.replace(forward, "").split("\n")) {
    const opened = /^namespace ([\w:]+) \{/.exec(line)?.[1];
    const name = /^\s*(?:class|struct) (?:\[\[[^\]]*\]\] )?(\w+)[^;()]*\{/.exec(line)?.[1];
    if (opened && !line.endsWith("}")) spaces.push(opened);
    else if (/^\}  \/\/ namespace/.test(line)) spaces.pop();
    else if (name) classes.add(`${spaces.join("::")} ${name}`);
  }
  assert.deepEqual(spaces, []);
  const defined = names(run("nm", ["-C", "--defined-only", join(build, "parley/libparley.a")])).filter(([, kind]) => kind === "T");
  assert.ok(classes.size > 30 && defined.length > 500);
  const isPromised = (name) => {
    const parts = name.replace(/\(.*$/, "").split("::");
    const [owner, word] = parts.slice(-2);
    const namespace = parts.slice(0, parts.findIndex((part) => /^[A-Z]/.test(part))).join("::");
    if (/^[A-Z]/.test(owner)) return classes.has(`${namespace} ${owner}`);
    const type = /\((?:parley::)(?:\w+::)*(\w+)/.exec(name)?.[1];  // of the first parameter, where it is ours
    return new RegExp(`\\b${word}\\(${type ? `(const )?(\\w+::)*${type}\\b` : ""}`).test(texts);
  };
  const missing = defined.map(([, , name]) => name).filter((name) => name.startsWith("parley::") && isPromised(name) && !shown.has(name));
  assert.deepEqual(missing, [], "a source that defines what is public includes the public header first, or stands in PARLEY_PUBLIC_SOURCES");
});

for (const [name, compiler] of Object.entries(compilers)) {
  test(`find_package of the shared library, ${name}`, () =>
    checkConsumer(`shared-${name}`, { CMAKE_PREFIX_PATH: shared, CMAKE_CXX_COMPILER: compiler, NO_RTTI: name === "gcc" ? "ON" : "OFF" }));
}

test("add_subdirectory, without the browser client", async () => {
  const variables = { PARLEY_WAY: "subdirectory", PARLEY_SOURCE: root, CMAKE_CXX_COMPILER: compilers.gcc, PARLEY_WERROR: "ON", PARLEY_CLIENT_BUNDLE: "OFF" };
  await checkConsumer("subdirectory", variables, { hasClient: false });
});

test("add_subdirectory without a build type warns", () => {
  const folder = beside("untyped", { keep: false });
  const output = configure(consumer, folder, { PARLEY_WAY: "subdirectory", PARLEY_SOURCE: root, PARLEY_CLIENT_BUNDLE: "OFF" });
  assert.match(output.replace(/\s+/g, " "), /Parley is built without optimization, since no build type is chosen/);
});

test("a clone without Node.js says what it leaves out", () => {
  const clone = beside("clone", { keep: false });
  const tracked = run("git", ["ls-files", "-co", "--exclude-standard", "-z"]);
  run("xargs", ["-0", "cp", "--parents", "-t", clone], { input: tracked });
  const output = configure(clone, join(clone, "build"), { PARLEY_NODE: "", PARLEY_NPM: "", PARLEY_TESTS: "OFF" });
  assert.match(output, /built without the official browser client.*PARLEY_CLIENT_PACKAGE/s);
  assert.match(output, /chat is built without its page/);
  const required = attempt("cmake", configuration(clone, join(clone, "required"), { PARLEY_NODE: "", PARLEY_NPM: "", PARLEY_TESTS: "OFF", PARLEY_CLIENT_BUNDLE: "ON" }));
  assert.notEqual(required.status, 0);
  assert.match(required.output.replace(/\s+/g, " "), /PARLEY_CLIENT_BUNDLE is ON, and the official browser client cannot be had/);
});

test("files are embedded by CMake alone, and nothing at all, too", () => {
  const folder = beside("embedded", { keep: false });
  const page = join(root, "apps/chat/page/missing/index.html");
  for (const [name, files] of Object.entries({ one: page, none: "" })) {
    run("cmake", ["-D", `SYMBOL=${name}`, "-D", `OUT=${folder}`, "-D", `FILES=${files}`, "-P", join(root, "cmake/embed_files.cmake")]);
    const flags = ["-std=c++23", "-Wall", "-Wextra", "-Wpedantic", "-Werror", `-I${root}`, "-fsyntax-only"];
    for (const compiler of Object.values(compilers)) run(compiler, [...flags, join(folder, `${name}.cpp`)]);
  }
  const row = /\{"index\.html", "text\/html; charset=utf-8", "\\"[0-9a-f]{32}\\"", \{file_0_identity, (\d+)\}, \{file_0_gzip, (\d+)\}, \{\}\}/;
  const [, identity, gzip] = row.exec(readFileSync(join(folder, "one.cpp"), "utf8")).map(Number);
  assert.equal(identity, readFileSync(page).length);
  assert.ok(gzip > 0 && gzip < identity);
});
