// SPDX-License-Identifier: MIT
// Our client against servers that others wrote, and against ours.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { createServer as createTcpServer } from "node:net";
import { createRequire } from "node:module";
import { after, afterEach, before, describe, test } from "node:test";
import { WebSocketServer } from "ws";
import { DrivenClient, killAll } from "./support/driven_client.mjs";
import { startServer, until, untilEqual } from "./support/program.mjs";

const require = createRequire(import.meta.url);
const official = { "4.8": require("socket.io").Server, "3.1": require("socket.io-3.1").Server, 2.5: require("socket.io-2.5") };
const ways = {
  polling: { transports: ["polling"], upgrade: false },
  websocket: { transports: ["websocket"] },
  upgrade: {},
};
const quick = { reconnectionDelay: 20, reconnectionDelayMax: 100 };

afterEach(killAll);

/** An official server with the events that the tests ask for. */
async function startOfficial(Server, options = {}, port = 0) {
  const http = createServer();
  const io = new Server(http, { pingInterval: 300, pingTimeout: 2000, ...options });
  const connections = [];
  const serve = (socket) => {
    connections.push(socket);
    socket.on("echo", (...values) => socket.emit("echo", ...values));
    socket.on("ack", (...values) => values.pop()(...values));
    socket.on("never", () => {});
    socket.on("ask", (event, ...values) => {
      const report = values.pop();
      socket.emit(event, ...values, (...answer) => report(...answer));
    });
    socket.on("put me out", () => socket.disconnect());
    socket.on("close me", () => socket.disconnect(true));
  };
  io.on("connection", serve);
  io.of("/custom").on("connection", serve);
  io.of("/private").use((socket, next) => {
    const { token } = socket.handshake.auth ?? socket.handshake.query;
    if (token === "secret") return next();
    const error = new Error("not you");
    error.data = { code: 7 };
    next(error);
  });
  io.of("/private").on("connection", serve);
  http.listen(port, "127.0.0.1");
  await once(http, "listening");
  const { port: chosen } = http.address();
  return { io, http, connections, port: chosen, url: `http://127.0.0.1:${chosen}`, stop: () => new Promise((done) => io.close(done) ?? http.closeAllConnections()) };
}

for (const [version, Server] of Object.entries(official)) {
  describe(`socket.io ${version}`, () => {
    const isOld = version === "2.5";
    const spoken = isOld ? { engineioRevision: 3 } : {};
    let server;
    before(async () => {
      server = await startOfficial(Server);
    });
    after(() => server.stop());

    for (const [way, transport] of Object.entries(ways)) {
      const options = { ...transport, ...spoken };
      test(`${way}: events, octets and acknowledgements both ways, in order`, async () => {
        const client = new DrivenClient(server.url, { ...options, query: { who: "a b&c" }, extraHeaders: { "x-custom": "yes" }, auth: { token: "t" } });
        const [, nsp, id] = await client.next(["connect"]);
        assert.equal(nsp, "/");
        const socket = server.connections.find((one) => one.id === id);
        assert.ok(socket, "the id is the server's");
        assert.equal(socket.handshake.query.who, "a b&c");
        assert.equal(socket.handshake.headers["x-custom"], "yes");
        if (!isOld) assert.deepEqual(socket.handshake.auth, { token: "t" });

        client.do({ emit: ["echo", 1, "zwei ü 😀", { three: [null, true] }, { $binary: "\x00\x01ÿ" }, { $binary: "" }] });
        assert.deepEqual(await client.next(["event"]), ["event", "/", "echo", 1, "zwei ü 😀", { three: [null, true] }, { $binary: "\x00\x01ÿ" }, { $binary: "" }]);

        client.do({ emit: ["ack", "a", { $binary: "bytes" }], ack: 1 });
        assert.deepEqual(await client.next(["ack"]), ["ack", 1, null, "a", { $binary: "bytes" }]);

        const asked = (...values) => {
          client.do({ emit: ["ask", ...values], ack: "asked" });
          return client.next(["ack", "asked"]);
        };
        assert.deepEqual(await asked("sum", 2, 40), ["ack", "asked", null, 42]);
        assert.deepEqual(await asked("later", "x"), ["ack", "asked", null, "later: x"]);
        assert.deepEqual(await asked("throws"), ["ack", "asked", null, { error: "internal error" }]);
        assert.deepEqual(await asked("sum", "two", 1), ["ack", "asked", null, { error: "sum: argument 1: JSON: expected a number at octet 7" }]);

        for (let i = 0; i < 300; ++i) client.do({ emit: ["echo", i, "x".repeat(i * 30)] });
        for (let i = 0; i < 300; ++i) assert.equal((await client.next(["event", "/", "echo"]))[3], i);

        client.do({ emit: ["never"], ack: "late", timeout: 50 });
        assert.deepEqual(await client.next(["ack", "late"]), ["ack", "late", "operation has timed out"]);

        if (way === "upgrade") await until(() => socket.conn.transport.name === "websocket", "the upgrade");
        if (!isOld) await client.next(["ping"]);
        client.do({ state: true });
        assert.deepEqual(await client.next(["state"]), ["state", true, true, way === "polling" ? "polling" : "websocket"]);

        const gone = once(socket, "disconnect");
        client.do({ close: true });
        client.do({ finish: true });
        assert.deepEqual(await client.next(["disconnect"]), ["disconnect", "/", "io client disconnect"]);
        assert.deepEqual(await client.exited, { code: 0, signal: null });
        assert.equal((await gone)[0], "client namespace disconnect");
      });

      test(`${way}: namespaces share a connection, one by one let in, refused and left`, async () => {
        const client = new DrivenClient(server.url, { ...options, auth: { token: "wrong" } });
        await client.next(["connect", "/"]);
        client.do({ nsp: "/custom", watch: true, connect: true });
        await client.next(["connect", "/custom"]);
        client.do({ nsp: "/custom", emit: ["echo", "there"] });
        assert.deepEqual(await client.next(["event"]), ["event", "/custom", "echo", "there"]);
        client.do({ nsp: "/private", watch: true, connect: true });
        const [, , refusal] = await client.next(["connect_error", "/private"]);
        assert.equal(refusal.message, isOld ? "" : "not you");
        assert.equal(refusal.is_refusal, true);
        assert.deepEqual(refusal.data, { code: 7 });
        client.do({ nsp: "/unknown", watch: true, connect: true });
        assert.equal((await client.next(["connect_error", "/unknown"]))[2].message, "Invalid namespace");
        client.do({ nsp: "/custom", disconnect: true });
        await client.next(["disconnect", "/custom", "io client disconnect"]);
        client.do({ emit: ["ack", "still here"], ack: 2 });
        assert.deepEqual(await client.next(["ack"]), ["ack", 2, null, "still here"]);
        await client.end();
      });

      test(`${way}: put out by the server it stays out until it asks again`, async () => {
        const client = new DrivenClient(server.url, { ...options, ...quick });
        await client.next(["connect"]);
        for (const event of ["put me out", "close me"]) {
          client.do({ emit: [event] });
          assert.deepEqual(await client.next(["disconnect"]), ["disconnect", "/", "io server disconnect"]);
          client.do({ emit: ["echo", "kept until then"] });
          client.do({ state: true });
          assert.deepEqual((await client.next(["state"])).slice(1, 3), [false, false]);
          client.do({ connect: true });
          await client.next(["connect"]);
          assert.deepEqual(await client.next(["event"]), ["event", "/", "echo", "kept until then"]);
        }
        await client.end();
      });
    }

    test("auth that comes later, from another thread", async () => {
      const client = new DrivenClient(server.url, { auth: { token: "secret" }, authAfter: 30, ...spoken });
      await client.next(["connect"]);
      client.do({ nsp: "/private", watch: true, connect: true });
      await client.next(["connect", "/private"]);
      await client.end();
    });

    test("the cookies of a sticky session go with every further request, if that is wanted", async () => {
      for (const withCredentials of [true, false]) {
        const other = await startOfficial(Server, { cookie: false });
        const seen = [];
        const hostile = ["=", "a b=1", "x".repeat(5000) + "=1", "gone=1; Max-Age=0", "elsewhere=1; Path=/admin", "other=1; Domain=other.example", "secret=1; Secure"];
        other.http.prependListener("request", (request, response) => {
          const { searchParams } = new URL(request.url, "http://x");
          if (!searchParams.has("sid")) response.setHeader("Set-Cookie", ["node=a1; Path=/; HttpOnly; Max-Age=60", ...hostile]);
          else seen.push(request.headers.cookie);
        });
        other.http.prependListener("upgrade", (request) => seen.push(`upgrade ${request.headers.cookie}`));
        const client = new DrivenClient(other.url, { withCredentials, extraHeaders: { cookie: "own=1" }, ...spoken });
        await client.next(["connect"]);
        await until(() => seen.some((cookies) => cookies.startsWith("upgrade")), "the upgrade");
        const expected = withCredentials ? "own=1; node=a1" : "own=1";
        for (const cookies of seen) assert.ok([expected, `upgrade ${expected}`].includes(cookies), cookies);
        assert.ok(seen.length >= 2);
        await client.end();
        await other.stop();
      }
    });

    test("retries: one at a time, again where there is no answer, and over a lost connection", async () => {
      const other = await startOfficial(Server);
      const seen = [];
      other.io.on("connection", (socket) => {
        let asked = 0;
        socket.on("once more", (value, callback) => {
          seen.push(value);
          if (++asked === 2) callback(value);
        });
        socket.on("lost", (value, callback) => {
          seen.push(value);
          if (seen.filter((one) => one === value).length < 2) return socket.conn.close();
          callback(value);
        });
        socket.on("never", (value) => seen.push(value));
      });
      const client = new DrivenClient(other.url, { transports: ["websocket"], ...quick, retries: 2, ackTimeout: 100, outgoing: true, ...spoken });
      client.do({ emit: ["once more", 1], ack: "a" });
      client.do({ emit: ["lost", 2], ack: "b" });
      client.do({ emit: ["never", 3], ack: "c" });
      client.do({ emit: ["once more", 4], ack: "d" });
      assert.deepEqual(await client.next(["outgoing"]), ["outgoing", "/", "once more", 1]);
      assert.deepEqual(await client.next(["ack"]), ["ack", "a", null, 1]);
      assert.deepEqual(await client.next(["ack"]), ["ack", "b", null, 2]);
      assert.deepEqual(await client.next(["ack"]), ["ack", "c", "operation has timed out"]);
      assert.equal((await client.next(["ack"]))[2], null);
      assert.deepEqual(seen.slice(0, 7), [1, 1, 2, 2, 3, 3, 3]);
      await client.end();
      await other.stop();
    });

    test("a server that goes and returns is found again, and what was emitted meanwhile arrives in order", async () => {
      let other = await startOfficial(Server);
      const { port } = other;
      const client = new DrivenClient(other.url, { ...quick, ...spoken });
      await client.next(["connect"]);
      await until(() => other.connections.length > 0, "the connection");
      const asked = once(other.connections[0], "never");
      client.do({ emit: ["never"], ack: "lost" });
      await asked;
      await other.stop();
      const [, , reason] = await client.next(["disconnect"]);
      assert.ok(["transport close", "transport error", "io server disconnect"].includes(reason), reason);
      if (reason === "io server disconnect") client.do({ connect: true });
      assert.deepEqual(await client.next(["ack", "lost"]), ["ack", "lost", "socket has been disconnected"]);
      for (let i = 0; i < 50; ++i) client.do({ emit: ["echo", i] });
      client.do({ emit: ["never"], volatile: true });
      await client.next(["reconnect_attempt", 2]);
      other = await startOfficial(Server, {}, port);
      await client.next(["reconnect"]);
      await client.next(["connect"]);
      for (let i = 0; i < 50; ++i) assert.deepEqual(await client.next(["event"]), ["event", "/", "echo", i]);
      await client.end();
      await other.stop();
    });

    if (!isOld) return;
    test("the main namespace may be left and joined again while another holds the connection", async () => {
      for (const transports of [["polling"], ["websocket"]]) {
        const client = new DrivenClient(`${server.url}/custom`, { transports, ...spoken });
        await client.next(["connect", "/custom"]);
        client.do({ nsp: "/", watch: true, connect: true });
        await client.next(["connect", "/"]);
        client.do({ nsp: "/", emit: ["echo", { $binary: "\x04\x00" }, "😀"] });
        assert.deepEqual(await client.next(["event", "/"]), ["event", "/", "echo", { $binary: "\x04\x00" }, "😀"]);
        client.do({ nsp: "/", disconnect: true });
        await client.next(["disconnect", "/", "io client disconnect"]);
        client.do({ nsp: "/", connect: true });
        await client.next(["connect", "/"]);
        client.do({ nsp: "/", emit: ["echo", "again"] });
        assert.deepEqual(await client.next(["event", "/"]), ["event", "/", "echo", "again"]);
        await client.end();
      }
    });

    test("the connection lives for as long as it pings and is answered, and no longer", async () => {
      const other = await startOfficial(Server, { pingInterval: 50, pingTimeout: 150 });
      for (const transports of [["polling"], ["websocket"]]) {
        const client = new DrivenClient(other.url, { transports, ...spoken, ...quick });
        await client.next(["connect"]);
        await new Promise((done) => setTimeout(done, 600));
        client.do({ emit: ["ack", "still"], ack: 1 });
        assert.deepEqual(await client.next(["ack"]), ["ack", 1, null, "still"]);
        const socket = other.connections.at(-1);
        socket.conn.transport.onPacket = () => {};  // which hears no ping any more, and misses none
        clearTimeout(socket.conn.pingTimeoutTimer);
        assert.deepEqual(await client.next(["disconnect"]), ["disconnect", "/", "ping timeout"]);
        await client.next(["connect"]);
        await client.end();
      }
      await other.stop();
    });

    test("a client that speaks protocol 4 is told what to do", async () => {
      const client = new DrivenClient(server.url, { transports: ["websocket"], reconnection: false });
      const [, , error] = await client.next(["connect_error"]);
      assert.match(error.message, /v2\.x/);
      assert.match(error.description, /engineio_revision to 3/);
      await client.end();
    });
  });
}

describe("connection state recovery", () => {
  for (const [way, options] of Object.entries(ways)) {
    test(`${way}: what was missed comes before the connect, and the id stays`, async () => {
      const server = await startOfficial(official["4.8"], { connectionStateRecovery: {} });
      const client = new DrivenClient(server.url, { ...options, ...quick });
      const [, , id] = await client.next(["connect"]);
      const [socket] = server.connections;
      socket.join("room");
      socket.emit("seen", 1);
      await client.next(["event", "/", "seen", 1]);
      socket.conn.close();
      await client.next(["disconnect"]);
      server.io.to("room").emit("missed", 2);
      assert.deepEqual((await client.next(["event"])).slice(0, 4), ["event", "/", "missed", 2]);
      assert.deepEqual(await client.next(["connect"]), ["connect", "/", id, true]);
      await client.end();
      await server.stop();
    });
  }
});

describe("servers that are none, or no good ones", () => {
  const answer = async (reply) => {
    const server = createServer(reply);
    server.on("upgrade", (request, socket) => reply(request, { upgrade: socket }));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return { server, url: `http://127.0.0.1:${server.address().port}` };
  };

  test("a refusal says its status and its words, and Retry-After is kept to", async () => {
    let asked = 0;
    const { server, url } = await answer((request, response) => {
      ++asked;
      if (response.upgrade) return response.upgrade.end("HTTP/1.1 503 Busy\r\nRetry-After: 3600\r\nContent-Length: 4\r\n\r\nbusy");
      response.writeHead(503, { "retry-after": "3600" }).end("busy");
    });
    for (const [transport, message] of [["polling", "xhr poll error"], ["websocket", "websocket error"]]) {
      asked = 0;
      const client = new DrivenClient(url, { transports: [transport], ...quick });
      const [, , error] = await client.next(["connect_error"]);
      assert.deepEqual([error.message, error.status, error.body, error.retry_after], [message, 503, "busy", 3600]);
      await new Promise((done) => setTimeout(done, 300));
      assert.equal(asked, 1);
      await client.end();
    }
    server.close();
  });

  test("a server that accepts and drops is met with growing delays", async () => {
    const times = [];
    const { server, url } = await answer((request, response) => {
      times.push(Date.now());
      response.end('0{"sid":"x","upgrades":[],"pingInterval":1000,"pingTimeout":1000}\x1e1');
    });
    const client = new DrivenClient(url, { transports: ["polling"], reconnectionDelay: 50, reconnectionDelayMax: 100_000 });
    await until(() => times.length >= 6, "six attempts");
    const gaps = times.slice(1).map((time, i) => time - times[i]);
    assert.ok(gaps[4] > 4 * gaps[0] && gaps[4] >= 400, `gaps ${gaps}`);
    await client.end();
    server.closeAllConnections();
    server.close();
  });

  for (const [what, octets] of [
    ["nothing of HTTP", "SSH-2.0-OpenSSH_9.2\r\n"],
    ["two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc"],
    ["101 that nobody asked for", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n"],
    ["a flood of 1xx", "HTTP/1.1 100 Continue\r\n\r\n".repeat(1000)],
    ["an endless header", `HTTP/1.1 200 OK\r\nX: ${"x".repeat(100_000)}`],
    ["no open packet", "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n4hello"],
    ["a payload of garbage", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n\xff\x1e\xff"],
  ]) {
    test(`${what} is a connect_error over each transport`, async () => {
      const server = createTcpServer((socket) => {
        socket.on("error", () => {});
        socket.once("data", () => socket.write(octets, "latin1"));
      });
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      for (const transport of ["polling", "websocket"]) {
        const client = new DrivenClient(`http://127.0.0.1:${server.address().port}`, { transports: [transport], reconnection: false, timeout: 3000 });
        const [, , error] = await client.next(["connect_error"]);
        assert.equal(error.is_refusal, false);
        assert.ok(error.message.length > 0);
        client.do({ finish: true });
        assert.deepEqual(await client.exited, { code: 0, signal: null });
      }
      server.close();
    });
  }

  test("where one transport fails the next is tried, if that is wanted", async () => {
    const server = await startOfficial(official["4.8"], { transports: ["websocket"] });
    const client = new DrivenClient(server.url, { tryAllTransports: true });
    await client.next(["connect"]);
    await client.end();
    const stubborn = new DrivenClient(server.url, { reconnection: false });
    const [, , error] = await stubborn.next(["connect_error"]);
    assert.deepEqual([error.message, error.status], ["xhr poll error", 400]);
    assert.match(error.body, /Transport unknown/);
    await stubborn.end();
    await server.stop();
  });

  test("packets that break the protocol end the connection with parse error", async () => {
    const server = await startOfficial(official["4.8"]);
    const client = new DrivenClient(server.url, { transports: ["websocket"], ...quick });
    await client.next(["connect"]);
    for (const packet of ["4", "42[", "43", "47", '451-["a"]', '42["connect"]']) {
      const [socket] = server.connections.slice(-1);
      if (packet === "43") continue;  // an acknowledgement of nothing is dropped
      socket.conn.transport.socket.send(packet);
      if (packet === '451-["a"]') socket.conn.transport.socket.send("4text");
      assert.deepEqual(await client.next(["disconnect"]), ["disconnect", "/", "parse error"], packet);
      await client.next(["connect"]);
    }
    await client.end();
    await server.stop();
  });

  test("what a server sends before it lets the client in is kept, and bounded", async () => {
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
    await once(server, "listening");
    server.on("connection", (socket) => {
      socket.send('0{"sid":"x","upgrades":[],"pingInterval":10000,"pingTimeout":10000}');
      socket.on("message", (text) => {
        if (String(text) !== "40") return;
        for (const early of ["a", "b", "c"]) socket.send(`42["early","${early}"]`);
        socket.send('40{"sid":"y"}');
        socket.send('42["end"]');
      });
    });
    const kept = async (options) => {
      const client = new DrivenClient(`http://127.0.0.1:${server.address().port}`, { transports: ["websocket"], ...options });
      const lines = [];
      for (;;) {
        const line = await client.next(() => true);
        if (line[2] === "end") break;
        if (line[0] !== "connect") lines.push(line.at(-1));
      }
      await client.end();
      return lines;
    };
    const bytes = '["early","a"]'.length;
    const tooMuch = "too much came before the namespace was joined";
    assert.deepEqual(await kept({ missedPacketsMax: 3, missedBytesMax: 3 * bytes }), ["a", "b", "c"]);
    assert.deepEqual(await kept({ missedPacketsMax: 2 }), [tooMuch, "a", "b"]);
    assert.deepEqual(await kept({ missedBytesMax: 2 * bytes + 1 }), [tooMuch, "a", "b"]);
    server.close();
  });

  test("attempts end where they shall, and then the client is finished", async () => {
    const client = new DrivenClient("http://127.0.0.1:1", { ...quick, reconnectionAttempts: 2 });
    client.do({ finish: true });
    await client.next(["reconnect_attempt", 1]);
    await client.next(["reconnect_attempt", 2]);
    await client.next(["reconnect_failed"]);
    assert.deepEqual(await client.exited, { code: 0, signal: null });
  });

  test("a URL or an option that cannot be is a sentence", async () => {
    for (const [url, options, sentence] of [
      ["localhost:3000", {}, /begin it with http/],
      ["ftp://localhost", {}, /http/],
      ["http://localhost", { path: "socket.io" }, /path must be/],
      ["http://localhost", { extraHeaders: { "Bad Name": "x" } }, /is no header/],
      ["http://localhost", { extraHeaders: { Host: "x" } }, /connection's own/],
    ]) {
      const client = new DrivenClient(url, options);
      assert.deepEqual(await client.exited, { code: 2, signal: null });
      assert.match(client.errors, sentence);
    }
  });
});

describe("our server", () => {
  for (const threads of ["1", "4"]) {
    test(`with ${threads} threads: every transport, rooms and broadcasts`, async () => {
      const server = await startServer("tests/interop_server", [], { THREADS: threads });
      const clients = Object.values(ways).map((options) => new DrivenClient(server.url, options));
      for (const client of clients) await client.next(["connect"]);
      for (const client of clients) {
        client.do({ emit: ["join", "tea"], ack: "joined" });
        assert.deepEqual(await client.next(["ack"]), ["ack", "joined", null, true]);
      }
      clients[0].do({ emit: ["say to room", "tea", "milk?"] });
      for (const client of clients) assert.deepEqual(await client.next(["event"]), ["event", "/", "said", "milk?"]);
      clients[1].do({ emit: ["add", 1, 2], ack: "sum" });
      assert.deepEqual(await clients[1].next(["ack"]), ["ack", "sum", null, 3]);
      clients[2].do({ emit: ["disconnect me", true] });
      assert.deepEqual(await clients[2].next(["disconnect"]), ["disconnect", "/", "io server disconnect"]);
      for (const client of clients) await client.end();
      assert.deepEqual(await server.stop(), { code: 0, signal: null });
    });
  }

  test("a server that is killed while clients talk is found again by all of them", async () => {
    let server = await startServer("tests/interop_server");
    const clients = Array.from({ length: 12 }, (_, i) => new DrivenClient(server.url, { ...Object.values(ways)[i % 3], ...quick }));
    for (const client of clients) await client.next(["connect"]);
    for (const client of clients) client.do({ emit: ["echo", "before"] });
    await server.stop("SIGKILL");
    for (const client of clients) await client.next(["disconnect"]);
    server = await startServer("tests/interop_server", [], { PORT: String(server.port) });
    for (const client of clients) await client.next(["connect"]);
    for (const client of clients) await client.end();
    await server.stop();
  });
});
