// SPDX-License-Identifier: MIT
// What `parley` answers to command lines that cannot be: one sentence that helps, and a failure.
import assert from "node:assert/strict";
import { readFile, readlink } from "node:fs/promises";
import { test } from "node:test";
import { versions } from "./support/clients.mjs";
import { Program, next, startServer } from "./support/program.mjs";

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
  await complains([], /commands are: serve, chat, new, emit, listen, ws, doctor, bench, licenses/);
  await complains(["serv"], /no command "serv"\. Did you mean serve\?/);
  await complains(["xyz"], /no command "xyz"\. The commands are: serve, chat, new, emit, listen, ws, doctor, bench, licenses/);
  await complains(["serve", "--prot", "1"], /no option --prot\. Did you mean --port\?/);
  await complains(["serve", "--prot=1"], /Did you mean --port\?/);
  await complains(["--verison"], /Did you mean --version\?/);
  await complains(["serve", "here"], /does not know what to do with "here"/);
  await complains(["\x1b[31mred"], /no command "\?\[31mred"/);
});

test("a value that cannot be is named with what could be", async () => {
  for (const port of ["abc", "-1", "1.5", ""]) await complains(["serve", "--port", port], /--port: "[^"]*" is not a whole number\. .* from 0 to 65535/);
  for (const port of ["70000", "65536", "99999999999999999999"]) await complains(["serve", "--port", port], /--port: .* is too large\. .* from 0 to 65535/);
  await complains(["serve", "--port"], /--port needs a value/);
  await complains(["serve", "--log-level", "infos"], /debug, info, error, off/);
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

test("an address is taken and told as it is written in a URL", async () => {
  const told = { "[::1]": "[::1]", "::1": "[::1]", "0:0:0:0:0:0:0:1": "[::1]", "127.0.0.1": "127.0.0.1", localhost: "localhost",
    "::": "localhost", "[::]": "localhost", "0.0.0.0": "localhost" };
  for (const [host, name] of Object.entries(told)) {
    const server = await startServer(path, ["serve", "--host", host]);
    const [, address] = await server.printed(/listening on (\S+)/);
    assert.equal(address, `http://${name}:${server.port}`, host);
    assert.equal((await fetch(address)).status, 200, host);
    await server.stop();
  }
  for (const host of ["[127.0.0.1]", "[::1", "[]", "[localhost]"]) await complains(["serve", "--port", "0", "--host", host], /^parley: [^\n]*\[/, 1);
});

test("a terminal that is closed ends it in good order, unless that is to be ignored", async () => {
  const connect = async (server) => {
    const socket = versions["4.8"](server.url, { forceNew: true, reconnection: false, transports: ["websocket"], auth: { name: "Ada" } });
    await next(socket, "welcome");
    return socket;
  };
  const server = await startServer(path, ["serve"]);
  const socket = await connect(server);
  const gone = new Promise((resolve) => socket.once("disconnect", (...how) => resolve(how)));
  assert.deepEqual(await server.stop("SIGHUP"), { code: 0, signal: null });
  const [reason, details] = await gone;
  assert.equal(reason, "transport close");
  assert.equal(details.context.code, 1005, "a closing frame without a code is its goodbye; 1006 would be none");
  assert.match(server.output, /Ada left #lobby[^]*stopped/);

  const kept = await startServer(path, ["serve"], {}, 'trap "" HUP; exec "$0" "$@"');
  kept.kill("SIGHUP");
  const other = await connect(kept);
  assert.equal(other.connected, true);
  other.disconnect();
  assert.deepEqual(await kept.stop("SIGTERM"), { code: 0, signal: null });
});

test("PORT is read where it counts only", async () => {
  const env = { PORT: "abc" };
  for (const args of [["--version"], ["--help"], ["licenses"], ["serve", "--help"]]) assert.equal((await run(args, env)).code, 0, args.join(" "));
  const server = await startServer(path, ["serve", "--port", "0"], env);
  assert.equal((await server.stop()).code, 0);
  const failed = await run(["serve"], env);
  assert.match(failed.output, /^parley: The environment variable PORT is "abc"\. [^\n]+\n$/);
  assert.equal(failed.code, 1);
});

test("as many files may be open as the system allows", async () => {
  const limitOf = (text, which) => /^Max open files +(\S+) +(\S+)/m.exec(text)[which];
  const server = await startServer(path, ["serve", "--log-level", "debug"]);
  try {
    const limits = await readFile(`/proc/${server.pid}/limits`, "utf8");
    assert.equal(limitOf(limits, 1), limitOf(limits, 2));
    await server.printed(new RegExp(`${limitOf(limits, 1)} open files allowed`));
  } finally {
    await server.stop();
  }
});

test("each level of the log tells what it promises", async () => {
  const tells = {
    debug: [/joined #lobby/, /open files/, /event "typing"/],
    info: [/joined #lobby/],
    error: [],
    off: [],
  };
  for (const [level, patterns] of Object.entries(tells)) {
    const server = await startServer(path, ["serve", "--log-level", level]);
    const socket = versions["4.8"](server.url, { forceNew: true, transports: ["websocket"], auth: { name: "Ada" } });
    await next(socket, "welcome");
    socket.emit("typing", "not a boolean");
    assert.ok((await socket.timeout(5000).emitWithAck("message", {})).error);
    socket.disconnect();
    await server.stop();
    for (const pattern of tells.debug) assert.equal(pattern.test(server.output), patterns.some((one) => one.source === pattern.source), `${level}: ${pattern}`);
  }
});

test("what clients do wrong is told at a rate", async () => {
  const server = await startServer(path, ["serve", "--log-level", "debug"]);
  try {
    const sockets = Array.from({ length: 10 }, (_, i) =>
      versions["4.8"](server.url, { forceNew: true, reconnection: false, transports: ["websocket"], auth: { name: `Person ${i}` } }));
    await Promise.all(sockets.map(async (socket) => {
      await next(socket, "welcome");
      const gone = next(socket, "disconnect");
      for (let i = 0; i < 2000; i++) socket.emit("typing", "x");
      await gone;
    }));
  } finally {
    await server.stop();
  }
  const lines = server.output.split("\n").length;
  assert.ok(lines < 200, `${lines} lines`);
});

test("help and version are no failures", async () => {
  for (const args of [["--help"], ["serve", "--help"], ["--version"]]) assert.equal((await run(args)).code, 0);
});

// The log has a line before the program listens, and one at its end.
for (const [name, shell] of Object.entries({
  "a log that nobody reads": 'exec 3> >(exec sleep 10 >/dev/null 2>&1); head -c 65536 /dev/zero >&3; exec "$0" "$@" 2>&3 3>&-',
  "a log whose reader has gone": 'exec 3> >(exec true >/dev/null 2>&1); wait $!; exec "$0" "$@" 2>&3 3>&-',
  "no standard streams but its output": 'exec "$0" "$@" <&- 2>&-',
})) {
  test(`${name} holds up and ends nothing`, async () => {
    const server = await startServer(path, ["serve", "--log-level", "debug"], {}, shell);
    for (let i = 0; i < 3; ++i) assert.equal((await fetch(server.url)).status, 200);
    assert.deepEqual(await server.stop(), { code: 0, signal: null });
  });
}

test("descriptors that were closed are no connection's", async () => {
  const server = await startServer(path, ["serve"], {}, 'exec "$0" "$@" <&- 2>&-');
  for (const descriptor of [0, 2]) assert.equal(await readlink(`/proc/${server.pid}/fd/${descriptor}`), "/dev/null");
  assert.equal((await server.stop()).code, 0);
});
