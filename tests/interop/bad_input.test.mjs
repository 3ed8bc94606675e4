// SPDX-License-Identifier: MIT
// What hostile and broken peers send: each gets its status or close code, and everybody else goes on.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { versions } from "./support/clients.mjs";
import { nextEvent, startServer, until } from "./support/program.mjs";
import { closeCodeOf, frame, framesOf, RawConnection, text, upgradeRequest } from "./support/raw.mjs";

const engine = "/socket.io/?EIO=4";
let server;
let canary;
const connections = [];

before(async () => {
  server = await startServer("tests/interop_server");
  canary = versions["4.8"](server.url, { transports: ["websocket"], reconnection: false });
  await nextEvent(canary, "connect");
});
afterEach(async () => {
  for (const connection of connections.splice(0)) connection.destroy();
  assert.equal(await canary.timeout(5000).emitWithAck("add", 20, 22), 42);
});
after(async () => {
  const wasConnected = canary.connected;
  canary.disconnect();
  assert.deepEqual(await server.stop(), { code: 0, signal: null });
  assert.ok(wasConnected);
});

async function raw(port = server.port) {
  const connection = await RawConnection.open(port);
  connections.push(connection);
  return connection;
}

async function answerTo(bytes) {
  const connection = await raw();
  connection.write(bytes);
  const received = (await connection.untilClosed()).toString("latin1");
  assert.ok(connection.closed, `the connection stayed open after ${JSON.stringify(bytes.slice(0, 80))}`);
  return received;
}

const get = (path, headers = "") => `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${headers}\r\n`;
const statusOf = (answer) => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);

describe("HTTP heads", () => {
  const cases = {
    "two lengths": ["POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello", 400],
    "a length beside chunked": ["POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400],
    "a signed length": ["POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello", 400],
    "an unknown transfer coding": ["POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n", [400, 501]],
    "a bare line feed": ["GET / HTTP/1.1\nHost: a\n\n", 400],
    "a folded header": ["GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n", 400],
    "a space before the colon": ["GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400],
    "no host": ["GET / HTTP/1.1\r\n\r\n", 400],
    "two hosts": ["GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400],
    "a NUL in a value": ["GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n", 400],
    "HTTP/0.9": ["GET /\r\n\r\n", 400],
    "HTTP/2": ["GET / HTTP/2.0\r\nHost: a\r\n\r\n", [400, 505]],
    "a fragment": ["GET /#a HTTP/1.1\r\nHost: a\r\n\r\n", 400],
    "a space in the target": ["GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400],
    "a huge header": [`GET / HTTP/1.1\r\nHost: a\r\nX: ${"x".repeat(20_000)}\r\n\r\n`, 431],
    "too many headers": [`GET / HTTP/1.1\r\nHost: a\r\n${"X: y\r\n".repeat(150)}\r\n`, 431],
    "a long request line": [`GET /${"x".repeat(9000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 414],
    "a bad chunk size": ["POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n", 400],
    "a length beyond every limit": ["POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n", 413],
    "TLS on a plain port": [Buffer.from("16030100050100000100", "hex"), 400],
  };
  for (const [name, [bytes, expected]] of Object.entries(cases)) {
    test(`${name} is ${expected} and the end of the connection`, async () => {
      const answer = await answerTo(bytes);
      assert.ok([expected].flat().includes(statusOf(answer)), answer.slice(0, 200));
    });
  }
});

describe("Engine.IO errors", () => {
  const cases = [
    ["an unknown transport", get("/socket.io/?EIO=4&transport=abc"), 400, 0, "Transport unknown"],
    ["a missing transport", get("/socket.io/?EIO=4"), 400, 0, "Transport unknown"],
    ["a transport of an object's property", get("/socket.io/?EIO=4&transport=__proto__"), 400, 0, "Transport unknown"],
    ["an unknown session", get(`${engine}&transport=polling&sid=abc`), 400, 1, "Session ID unknown"],
    ["a handshake by PUT", `PUT ${engine}&transport=polling HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, 400, 2, "Bad handshake method"],
    ["a WebSocket without its upgrade", get(`${engine}&transport=websocket`), 400, 3, "Bad request"],
    ["a refused request", get(`${engine}&transport=polling&refuse=1`), 403, 4, "Forbidden"],
    ["another protocol revision", get("/socket.io/?EIO=3&transport=polling"), 400, 5, "Unsupported protocol version"],
    ["no protocol revision", get("/socket.io/?transport=polling"), 400, 5, "Unsupported protocol version"],
  ];
  for (const [name, bytes, status, code, message] of cases) {
    test(`${name} is ${status} with code ${code}`, async () => {
      const answer = await answerTo(bytes);
      assert.equal(statusOf(answer), status);
      assert.match(answer, /content-type: application\/json/i);
      assert.ok(answer.includes(JSON.stringify({ code, message })), answer);
    });
  }

  async function pollingSession() {
    const response = await fetch(`${server.url}${engine}&transport=polling`);
    const open = JSON.parse((await response.text()).slice(1));
    return { ...open, url: `${server.url}${engine}&transport=polling&sid=${open.sid}` };
  }

  test("the handshake has exactly its five keys", async () => {
    const open = await pollingSession();
    delete open.url;
    assert.deepEqual(Object.keys(open), ["sid", "upgrades", "pingInterval", "pingTimeout", "maxPayload"]);
    assert.deepEqual(open.upgrades, ["websocket"]);
  });

  test("of two polls at once the later one is refused, the other is told, and the session is closed", async () => {
    const { url } = await pollingSession();
    const answers = await Promise.all([0, 1].map(() => fetch(url).then(async (answer) => [answer.status, await answer.text()])));
    const [told, refused] = answers.sort(([a], [b]) => a - b);
    assert.deepEqual(told, [200, "1"]);
    assert.equal(refused[0], 400);
    assert.equal((await fetch(url)).status, 400);
  });

  test("an aborted poll closes the session", async () => {
    const { url } = await pollingSession();
    const poll = await raw();
    poll.socket.end(`GET ${url.slice(server.url.length)} HTTP/1.1\r\nHost: a\r\n\r\n`, () => poll.destroy());
    await until(async () => (await fetch(url, { method: "POST", body: "3" })).status === 400, "the session's end");
  });

  test("a body over the limit is 413, as is one that does not say its length", async () => {
    const { url } = await pollingSession();
    assert.equal((await fetch(url, { method: "POST", body: "4".repeat(1_000_001) })).status, 413);
    const path = url.slice(server.url.length);
    const connection = await raw();
    connection.write(`POST ${path} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n`);
    for (let i = 0; i < 20 && !connection.closed; ++i) connection.write(`10000\r\n${"4".repeat(65536)}\r\n`);
    await connection.untilReceived(/^HTTP\/1\.1 413/);
  });

  test("an undecodable packet closes the session", async () => {
    const { url } = await pollingSession();
    const post = await fetch(url, { method: "POST", body: "abc" });
    assert.ok([200, 400].includes(post.status));
    assert.equal((await fetch(url)).status, 400);
  });

  test("a body of half a million packets is worked through", async () => {
    const { url } = await pollingSession();
    await fetch(url, { method: "POST", body: "40" });
    const post = await fetch(url, { method: "POST", body: Array.from({ length: 300_000 }, () => "6").join("\x1e") });
    assert.equal(post.status, 200);
  });
});

describe("WebSocket violations", () => {
  async function opened() {
    const connection = await raw();
    connection.write(upgradeRequest(`${engine}&transport=websocket`));
    await connection.untilReceived(/\r\n\r\n.*0\{"sid"/s);
    return connection;
  }

  const cases = {
    "an unmasked frame": [frame(0x81, "40", { masked: false }), 1002],
    "a reserved bit": [frame(0xc1, "40"), 1002],
    "a reserved opcode": [frame(0x83, "40"), 1002],
    "a fragmented ping": [frame(0x09, "x"), 1002],
    "a continuation of nothing": [frame(0x80, "x"), 1002],
    "a long ping": [frame(0x89, "x".repeat(126)), 1002],
    "text that is not UTF-8": [frame(0x81, Buffer.from([0x34, 0xff, 0xfe])), 1007],
    "a close code that may not be sent": [frame(0x88, Buffer.from([0x03, 0xed])), 1002],
    "a message over the limit": [Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0, 0x10, 0, 0, 1, 2, 3, 4]), 1009],
    "a length with the top bit": [Buffer.from([0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4]), 1002],
    "a length that is not minimal": [Buffer.from([0x81, 0xfe, 0, 5, 1, 2, 3, 4, 0, 0, 0, 0, 0]), 1002],
  };
  for (const [name, [bytes, code]] of Object.entries(cases)) {
    test(`${name} is closed with ${code}`, async () => {
      const connection = await opened();
      connection.write(bytes);
      await until(() => closeCodeOf(connection.received) !== null, "a close frame");
      assert.equal(closeCodeOf(connection.received), code);
      connection.socket.end();
      await connection.untilClosed();
      assert.ok(connection.closed);
    });
  }

  test("frames right behind the upgrade request are not lost", async () => {
    const connection = await raw();
    connection.write(Buffer.concat([Buffer.from(upgradeRequest(`${engine}&transport=websocket`)), text("40")]));
    await connection.untilReceived(/40\{"sid"/);
  });

  test("a wrong version is 426, a bad key 400", async () => {
    const request = upgradeRequest(`${engine}&transport=websocket`);
    assert.equal(statusOf(await answerTo(request.replace("Version: 13", "Version: 12"))), 426);
    assert.equal(statusOf(await answerTo(request.replace(/Key: .*\r/, "Key: abc\r"))), 400);
  });
});

describe("Socket.IO packets", () => {
  async function connected() {
    const connection = await raw();
    connection.write(upgradeRequest(`${engine}&transport=websocket`));
    await connection.untilReceived(/0\{"sid"/);
    connection.write(text("40"));
    await connection.untilReceived(/40\{"sid"/);
    return connection;
  }

  const fatal = [
    "4", "42[]", "42{}", "42[null]", '42["connect"]', '42["disconnecting"]', '42abc["x"]', '41{"a":1}', "40[]", '40"abc"', "47", "4abc", "44{}",
    '4511-["x"]', '450-["x"]', '451-["x",{"_placeholder":true,"num":1}]', "40", '42/other,["x"]', '42["x"', '42["x"]]', "4 ", '42["\\ud800"',
    `42["x",${"[".repeat(100_000)}${"]".repeat(100_000)}]`, '42["x",1e999]', '42["x",{"a":01}]',
  ];
  for (const packet of fatal) {
    test(`${packet.slice(0, 40)} closes the connection`, async () => {
      const connection = await connected();
      connection.write(text(packet));
      await until(() => closeCodeOf(connection.received) !== null || connection.closed, "the close");
      connection.socket.end();
      await connection.untilClosed();
      assert.ok(connection.closed);
    });
  }

  test("text among the attachments, and a stray attachment, close the connection", async () => {
    for (const packets of [[text('451-["x",{"_placeholder":true,"num":0}]'), text('42["y"]')], [frame(0x82, "stray")]]) {
      const connection = await connected();
      connection.write(Buffer.concat(packets));
      await until(() => closeCodeOf(connection.received) !== null || connection.closed, "the close");
    }
  });

  test("an event before CONNECT closes the connection", async () => {
    const connection = await raw();
    connection.write(upgradeRequest(`${engine}&transport=websocket`));
    await connection.untilReceived(/0\{"sid"/);
    connection.write(text('42["message"]'));
    await until(() => closeCodeOf(connection.received) !== null || connection.closed, "the close");
  });

  test("depth 120 comes back, unknown acks and odd names are harmless", async () => {
    const connection = await connected();
    const deep = `${"[".repeat(120)}${"]".repeat(120)}`;
    connection.write(text(`42["echo",${deep}]`));
    await connection.untilReceived(new RegExp(`42\\["echo",\\[{120}`));
    connection.write(text('43999["x"]'));
    for (const name of ['"error"', '"__proto__"', '"constructor"', "7"]) connection.write(text(`42[${name},1]`));
    connection.write(text('4211["add",1,2]'));
    await connection.untilReceived(/4311\[3\]/);
  });

  test("a client that names too many namespaces is closed", async () => {
    const connection = await connected();
    for (let i = 0; i < 40; ++i) connection.write(text(`40/x${i},`));
    await until(() => closeCodeOf(connection.received) !== null || connection.closed, "the close");
  });

  test("a client that joins no namespace in time is closed", async () => {
    const connection = await raw();
    connection.write(upgradeRequest(`${engine}&transport=websocket`));
    await connection.untilReceived(/0\{"sid"/);
    await until(() => closeCodeOf(connection.received) !== null || connection.closed, "the close", 8000);
  });
});

// One that gives its clients the usual time: what follows keeps a slow machine busy for longer than the server above does.
async function withPatientServer(use) {
  const patient = await startServer("tests/interop_server", [], { PATIENT: "1" });
  const live = versions["4.8"](patient.url, { transports: ["websocket"], reconnection: false });
  try {
    await nextEvent(live, "connect");
    await use(patient, live);
    assert.ok(live.connected);
  } finally {
    live.disconnect();
    assert.deepEqual(await patient.stop(), { code: 0, signal: null });
  }
}

test("a client that stops reading is closed, and the memory comes back", () => withPatientServer(async (patient, live) => {
  const connection = await raw(patient.port);
  connection.write(upgradeRequest(`${engine}&transport=websocket`));
  await connection.untilReceived(/0\{"sid"/);
  connection.write(text("40"));
  await connection.untilReceived(/40\{"sid"/);
  connection.socket.pause();
  connection.write(text('42["flood me",2000,65536]'));
  await until(async () => (await live.timeout(20_000).emitWithAck("connections")) === 1, "the slow client's end", 20_000);
  assert.ok(framesOf(connection.received).length < 2000);
}));

test("out of descriptors, live connections go on and new ones come back later", () => withPatientServer(async (limited, live) => {
  const { spawnSync } = await import("node:child_process");
  spawnSync("prlimit", ["--pid", String(limited.pid), "--nofile=64:64"]);
  const crowd = await Promise.all(Array.from({ length: 120 }, () => RawConnection.open(limited.port).catch(() => null)));
  assert.equal(await live.timeout(5000).emitWithAck("add", 1, 2), 3);
  for (const connection of crowd) connection?.destroy();
  const late = versions["4.8"](limited.url, { transports: ["websocket"], forceNew: true });
  await nextEvent(late, "connect", 10_000);
  late.disconnect();
}));
