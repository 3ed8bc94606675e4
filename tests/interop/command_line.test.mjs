// SPDX-License-Identifier: MIT
// What `parley` answers to command lines that cannot be: one sentence that helps, and a failure.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Program, startServer } from "./support/program.mjs";

const path = "apps/parley/parley";

async function run(args, env = {}) {
  const program = new Program(path, args, env);
  const { code } = await program.exited;
  return { code, output: program.output };
}

async function complains(args, pattern, code = 2) {
  const ended = await run(args);
  assert.match(ended.output, pattern);
  assert.match(ended.output, /^parley: [^\n]+\n$/, "one line");
  assert.equal(ended.code, code);
}

test("a wrong word gets the words there are, or the one that was meant", async () => {
  await complains([], /commands are: serve, licenses/);
  await complains(["serv"], /no command "serv"\. Did you mean serve\?/);
  await complains(["xyz"], /no command "xyz"\. The commands are: serve, licenses/);
  await complains(["serve", "--prot", "1"], /no option --prot\. Did you mean --port\?/);
  await complains(["serve", "--prot=1"], /Did you mean --port\?/);
  await complains(["--verison"], /Did you mean --version\?/);
  await complains(["serve", "here"], /does not know what to do with "here"/);
  await complains(["\x1b[31mred"], /no command "\?\[31mred"/);
});

test("a value that cannot be is named with what could be", async () => {
  for (const port of ["abc", "70000", "65536", "-1", "1.5", ""]) await complains(["serve", "--port", port], /--port: .* from 0 to 65535/);
  await complains(["serve", "--port"], /--port needs a value/);
  await complains(["serve", "--log-level", "infos"], /debug, info, warn, error, off/);
  await complains(["serve", "--port", "0", "--host", "no.such.name.invalid"], /no\.such\.name\.invalid/, 1);
});

test("a port in use is said in a sentence", async () => {
  const server = await startServer(path, ["serve"]);
  try {
    await complains(["serve", "--port", String(server.port)], /already in use/, 1);
  } finally {
    await server.stop();
  }
});

test("help and version are no failures", async () => {
  for (const args of [["--help"], ["serve", "--help"], ["--version"]]) assert.equal((await run(args)).code, 0);
});
