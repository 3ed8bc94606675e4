// SPDX-License-Identifier: MIT
// What stands beside the program: the man page and the completions name what it takes, and the service is confined.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { startServer } from "../interop/support/program.mjs";
import { attempt, build, compile, configure, install, root, run } from "./support.mjs";

const parley = join(build, "apps/parley/parley");
const packaging = (path) => readFileSync(join(root, "packaging", path), "utf8");
const scratch = mkdtempSync(join(tmpdir(), "parley-new-"));

const options = (help) => [...help.matchAll(/^\s+(?:-\w,)?(--[\w-]+)/gm)].map(([, name]) => name);
const help = run(parley, ["--help"]);
const commands = [...help.matchAll(/^ {2}(\w+) {4,}/gm)].map(([, name]) => name);

test("the man page and the completions name every command and every option", () => {
  assert.deepEqual(commands, ["serve", "chat", "new", "emit", "listen", "ws", "doctor", "bench", "licenses"]);
  const serve = options(run(parley, ["serve", "--help"]));
  assert.ok(serve.length >= 5);
  const bash = (...words) =>
    run("bash", ["-c", `source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _parley; printf '%s\\n' "\${COMPREPLY[@]}"`,
      join(root, "packaging/completion/parley.bash"), "parley", ...words]).trim().split("\n").sort();
  assert.deepEqual(bash(""), [...commands, ...options(help)].sort());
  assert.deepEqual(bash("se"), ["serve"]);
  assert.deepEqual(bash("serve", "--"), serve.sort());
  assert.deepEqual(bash("serve", "--log-level", ""), ["debug", "error", "info", "off"]);
  const clients = ["chat", "emit", "listen", "ws", "doctor", "bench"].map((command) => [command, options(run(parley, [command, "--help"]))]);
  for (const [command, its] of clients) assert.deepEqual(bash(command, "--"), its.sort());
  assert.deepEqual(bash("emit", "--transport", ""), ["any", "polling", "websocket"]);
  const page = packaging("man/parley.1").replaceAll("\\-", "-");
  const zsh = packaging("completion/_parley");
  for (const word of [...commands, ...options(help), ...serve, ...clients.flatMap(([, its]) => its)]) {
    assert.ok(page.includes(word), `man page: ${word}`);
    assert.ok(zsh.includes(word), `zsh: ${word}`);
  }
});

test("the service may do little", () => {
  const unit = join(root, "packaging/systemd/parley.service");
  for (const setting of ["DynamicUser=yes", "NoNewPrivileges=yes", "ProtectSystem=strict", "LimitNOFILE=65536"])
    assert.match(packaging("systemd/parley.service"), new RegExp(`^${setting}$`, "m"));
  if (attempt("sh", ["-c", "command -v systemd-analyze"]).status !== 0) return;
  const judged = attempt("systemd-analyze", ["security", "--offline=true", "--threshold=20", unit]);
  assert.equal(judged.status, 0, judged.output);  // at most 2.0 of 10
});

test("the recipes have the version of the project", () => {
  const version = /^project\(parley VERSION (\S+)/m.exec(readFileSync(join(root, "CMakeLists.txt"), "utf8"))[1];
  assert.equal(run(parley, ["--version"]), `parley ${version}\n`);
  assert.equal(JSON.parse(packaging("vcpkg/parley/vcpkg.json")).version, version);
  assert.equal(/^ {4}version = "(.*)"$/m.exec(packaging("conan/conanfile.py"))[1], version);
  for (const file of ["package.json", "docs/site/package.json"])
    assert.equal(JSON.parse(readFileSync(join(root, file), "utf8")).version, version, file);
});

test("parley new writes a project that builds against the installed package, and serves", async () => {
  const installed = install(build, "new-installed", "lib", "dev");
  const folder = join(scratch, "board");
  assert.match(run(parley, ["new", `${folder}/`]), /cmake -S \S+board -B \S+board\/build/);
  configure(folder, join(folder, "build"), { CMAKE_PREFIX_PATH: installed, CMAKE_CXX_FLAGS: "-Wall -Wextra -Werror" });
  compile(join(folder, "build"));
  const server = await startServer(join(folder, "build/board"));
  try {
    const page = await (await fetch(server.url)).text();
    assert.match(page, /<title>board<\/title>/);
    assert.equal((await fetch(`${server.url}/socket.io/socket.io.js`)).status, 200);
  } finally {
    await server.stop();
  }
});

test("parley new says in a sentence what it cannot do", () => {
  const refused = (name, pattern) => {
    const { status, output } = attempt(parley, ["new", name], { cwd: scratch });
    assert.equal(status, 1, output);
    assert.match(output, /^parley: [^\n]+\n$/);
    assert.match(output, pattern);
  };
  for (const name of ["", "2fast", "a b", "../x y", "a".repeat(65), "{{name}}"]) refused(name, /cannot name a project/);
  run("mkdir", ["-p", join(scratch, "full")]);
  writeFileSync(join(scratch, "full/file"), "mine");
  refused("full", /is there already/);
  assert.equal(readFileSync(join(scratch, "full/file"), "utf8"), "mine");
  refused("full/file/deeper", /cannot be made|is there already/);
  const { status, output } = attempt(parley, ["new"]);
  assert.equal(status, 2, output);
});
