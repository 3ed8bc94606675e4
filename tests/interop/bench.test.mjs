// SPDX-License-Identifier: MIT
// `parley bench`, as a shell starts it: against the official server, ws, ours, and servers that go wrong.
import assert from "node:assert/strict";
import { createServer as createTcpServer } from "node:net";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { faults, startBenchServer } from "./support/bench_server.mjs";
import { Program, startServer, until } from "./support/program.mjs";

let theirs;
let ours;

before(async () => {
  theirs = await startBenchServer();
  ours = await startServer("examples/bench_server");
});
after(async () => {
  theirs.stop();
  await ours.stop();
});

/** What a load prints and how it ends. */
async function run(...args) {
  const program = new Program("apps/parley/parley", ["bench", ...args], {});
  const { code } = await program.exited;
  await until(() => program.output.endsWith("\n"), "all that it prints");
  return { code, output: program.output };
}

/** The same with --json; short, where nothing else is said. */
async function measure(...args) {
  const warmup = args.includes("idle") ? [] : ["--warmup", "0"];
  const { code, output } = await run("--duration", "1", ...warmup, "--json", ...args);
  return { code, ...JSON.parse(output.slice(output.indexOf("{"))) };
}

const few = ["--rate", "490"];

test("every scenario is well with our server and the official one", { timeout: 60_000 }, async () => {
  const check = async (url, scenario, pace) => {
    const found = await measure(url, "--scenario", scenario, "--connections", "7", ...pace, ...(scenario === "room" ? ["--room-size", "3"] : []));
    const what = `${scenario} at ${url}: ${JSON.stringify(found)}`;
    assert.equal(found.code, 0, what);
    assert.ok(found.ok && found.received > 0, what);
    if (pace === few) assert.ok(found.sent >= 480 && found.sent <= 500, what);
    if (scenario === "broadcast") assert.equal(found.received, 7 * found.sent, what);
    if (["echo", "ack", "polling"].includes(scenario)) assert.equal(found.received, found.sent, what);
    const { p50, p90, p99, "p99.9": p999, max } = found.latency_ms;
    assert.ok(0 < p50 && p50 <= p90 && p90 <= p99 && p99 <= p999 && p999 <= max, what);
  };
  for (const { url } of [theirs, ours]) {
    for (const pace of [few, ["--window", "3"]]) {
      await Promise.all(["echo", "ack", "polling", "broadcast", "room"].map((scenario) => check(url, scenario, pace)));
    }
  }
});

test("plain WebSockets are loaded, with ws and with ours", async () => {
  for (const url of [theirs.wsUrl, `ws://127.0.0.1:${ours.port}`]) {
    for (const scenario of ["echo", "broadcast"]) {
      const found = await measure(`${url}/${scenario}`, "--scenario", scenario, "--connections", "3", "--size", "5000", ...few);
      assert.equal(found.code, 0, JSON.stringify(found));
      assert.equal(found.received, found.sent * (scenario === "broadcast" ? 3 : 1));
      assert.equal(found.transport, "plain websocket");
    }
    for (const scenario of ["connect", "idle"]) {
      const found = await measure(`${url}/echo`, "--scenario", scenario, "--connections", "3");
      assert.equal(found.code, 0, JSON.stringify(found));
      assert.ok(found.received >= 3);
    }
  }
});

test("connections come, go and stay, with any Socket.IO server, by each transport", async () => {
  const check = async (url, transport, auth) => {
    const coming = await measure(url, "--scenario", "connect", "--transport", transport, "--rate", "50", "--connections", "100", ...auth);
    assert.equal(coming.code, 0, JSON.stringify(coming));
    assert.ok(coming.received >= 48 && coming.received === coming.sent, JSON.stringify(coming));
    const staying = await measure(url, "--scenario", "idle", "--transport", transport, "--connections", "20", "--rate", "200", ...auth);
    assert.equal(staying.code, 0, JSON.stringify(staying));
    assert.equal(staying.received, 20);
  };
  for (const url of [theirs.url, ours.url]) {
    await Promise.all(["polling", "websocket", "any"].map((transport) => check(url, transport, [])));
  }
  const chat = await startServer("apps/parley/parley", ["serve", "--log-level", "error"]);
  const staying = await measure(chat.url, "--scenario", "idle", "--connections", "1", "--auth", '{"name":"Ada"}');
  await chat.stop();
  assert.equal(staying.code, 0, JSON.stringify(staying));
});

test("a server that loses, repeats, alters or reorders is found out", { timeout: 60_000 }, async () => {
  const found = { drops: "lost", repeats: "unexpected", alters: "altered", reorders: "out_of_order" };
  const check = async (fault, url, scenario) => {
    const outcome = await measure(url, "--scenario", scenario, "--connections", "2", "--timeout", "2", ...few);
    const what = `${scenario} at a server that ${fault}: ${JSON.stringify(outcome)}`;
    assert.equal(outcome.code, 1, what);
    assert.equal(outcome.ok, false, what);
    for (const kind of Object.values(found)) assert.equal(outcome[kind] > 0, kind === found[fault], what);
    // Each fiftieth of a sender's, at each who hears it; a client that is late makes up for it, and so sends more.
    const hearers = ["broadcast", "room"].includes(scenario) ? 2 : 1;
    assert.ok(outcome[found[fault]] >= 8 && outcome[found[fault]] <= outcome.sent / 50 * hearers + 1, what);
  };
  for (const fault of Object.keys(faults).filter((name) => name !== "none")) {
    const server = await startBenchServer(fault);
    const plain = ["echo", "broadcast"].map((scenario) => check(fault, `${server.wsUrl}/${scenario}`, scenario));
    const all = ["echo", "broadcast", "room", "polling"].map((scenario) => check(fault, server.url, scenario));
    await Promise.all([...plain, ...all]).finally(() => server.stop());
  }
});

test("acknowledgements are checked, too", async () => {
  for (const [fault, kind] of [["drops", "lost"], ["alters", "altered"]]) {
    const server = await startBenchServer(fault);
    const outcome = await measure(server.url, "--scenario", "ack", "--connections", "2", "--timeout", "1", "--window", "8");
    server.stop();
    assert.equal(outcome.code, 1, JSON.stringify(outcome));
    assert.ok(outcome[kind] > 0, JSON.stringify(outcome));
  }
});

test("time counts from the moment that a message was due: a server that stands still is seen by all who were to come", async () => {
  const server = await startBenchServer();
  const loaded = measure(server.url, "--connections", "2", "--rate", "200");
  await new Promise((resolve) => server.io.once("connection", resolve));
  await new Promise((resolve) => setTimeout(resolve, 200));
  const program = new Int32Array(new SharedArrayBuffer(4));
  Atomics.wait(program, 0, 0, 400);  // this process, and with it the server, does nothing
  const outcome = await loaded;
  server.stop();
  assert.equal(outcome.code, 0, JSON.stringify(outcome));
  assert.ok(outcome.sent >= 195, JSON.stringify(outcome));
  // 80 of 200 messages were due meanwhile: half of those waited for more than 200 ms.
  assert.ok(outcome.latency_ms.p90 > 150, JSON.stringify(outcome));
  assert.ok(outcome.latency_ms.p50 < 150, JSON.stringify(outcome));
});

test("events of other names, and answers that are something else", async () => {
  assert.equal((await measure(theirs.url, "--event", "shout", "--answer", "heard", "--any-answer", ...few)).code, 0);
  const strict = await measure(theirs.url, "--event", "shout", "--answer", "heard", ...few);
  assert.equal(strict.code, 1);
  assert.equal(strict.altered, strict.sent);
  const silent = await measure(theirs.url, "--event", "nobody listens", "--timeout", "1", ...few);
  assert.equal(silent.code, 1);
  assert.equal(silent.lost, silent.sent);
});

test("connections that end are told", async () => {
  const outcome = await measure(theirs.url, "--event", "leave me", "--connections", "3", "--timeout", "1");
  assert.equal(outcome.code, 1, JSON.stringify(outcome));
  assert.equal(outcome.connections_failed, 3);
  assert.match(outcome.failure, /The server disconnected it|session ended/);
});

test("where there is no connection it says why, with a status of its own", async () => {
  const deaf = createTcpServer(() => {}).listen(0, "127.0.0.1");
  await once(deaf, "listening");
  const nobody = `127.0.0.1:${deaf.address().port}`;
  for (const [args, sentence] of [
    [["http://127.0.0.1:1"], /Nothing listens on 127\.0\.0\.1:1/],
    [["ws://127.0.0.1:1"], /Nothing listens on 127\.0\.0\.1:1/],
    [["http://127.0.0.1:1", "--scenario", "connect", "--duration", "1", "--warmup", "0"], /Nothing listens on 127\.0\.0\.1:1/],
    [[`${theirs.url}/closed`], /The namespace refused: who are you\?/],
    [[`${theirs.wsUrl}/none`, "--timeout", "1"], /did not answer in time|closed the connection/],
    [[`http://${nobody}`, "--timeout", "1"], /did not answer in time|timeout/],
  ]) {
    const { code, output } = await run(...args);
    assert.equal(code, 3, output);
    assert.match(output, sentence);
    assert.match(output, /^parley: /);
  }
  deaf.close();
  assert.equal((await measure(`${theirs.url}/closed`, "--scenario", "idle", "--auth", '{"token":"secret"}')).code, 0);
});

test("what cannot be is refused in a sentence", async () => {
  for (const [args, sentence] of [
    [["http://example.com"], /example\.com is not this machine\. .* give --remote/],
    [["http://192.0.2.1:3000"], /192\.0\.2\.1 is not this machine/],
    [["ws://localhost.example.com"], /is not this machine/],
    [["http://0.0.0.0:3000"], /is not this machine/],
    [[theirs.url, "--scenario", "dance"], /"dance" is none\. Give one of echo, ack, broadcast, room, connect, idle, polling/],
    [[theirs.wsUrl, "--scenario", "ack"], /ack is for Socket\.IO/],
    [[theirs.wsUrl, "--event", "x"], /A plain WebSocket has no events/],
    [[theirs.url, "--scenario", "idle", "--size", "100"], /The scenario idle has no use for it/],
    [[theirs.url, "--room-size", "2"], /The scenario echo has no use for it/],
    [[theirs.url, "--rate", "5", "--window", "2"], /--rate excludes --window/],
    [[theirs.url, "--connections", "50001"], /--connections/],
    [[theirs.url, "--connections", "0"], /--connections/],
    [[theirs.url, "--duration", "3601"], /--duration/],
    [[theirs.url, "--rate", "1000001"], /--rate/],
    [[theirs.url, "--size", "31"], /--size/],
    [[theirs.url, "--size", "1000001"], /--size/],
    [[], /"parley bench" needs: URL/],
  ]) {
    const { code, output } = await run(...args);
    assert.equal(code, 2, output);
    assert.match(output, sentence);
    assert.match(output, /^parley: [^\n]+\n$/, "one line");
  }
  const limited = new Program("apps/parley/parley", ["bench", theirs.url, "--connections", "500"], {}, 'ulimit -n 100; exec "$0" "$@"');
  assert.equal((await limited.exited).code, 2);
  assert.match(limited.output, /So many need 532 open files, and this process may have 100\. Raise that with "ulimit -n 532"/);
});

test("an interrupt ends it early, with what was measured", async () => {
  const program = new Program("apps/parley/parley", ["bench", theirs.url, "--warmup", "0", "--duration", "60", ...few], {});
  await new Promise((resolve) => setTimeout(resolve, 700));
  assert.deepEqual(await program.stop(), { code: 0, signal: null });
  assert.match(program.output, /messages {4}[\d,]+ sent[^]*p99[^]*all came, in order, as they were sent[^]*ended early/);
});

test("the report is for people, and has no bar where there is no terminal", async () => {
  const { code, output } = await run(theirs.url, "--duration", "1", "--rate", "1000", "--warmup", "0");
  assert.equal(code, 0, output);
  assert.match(output, /^echo over WebSocket at http:\/\/127\.0\.0\.1:\d+\/\n10 connections, 1,000 a second, for 1 s, 64 octets\n\nmessages {4}1,0\d\d sent, 1,0\d\d received/);
  assert.match(output, /p50 [\d.]+ ms .* max [\d.]+ ms\n +from the moment that each was due\n/);
});
