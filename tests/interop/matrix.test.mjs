// SPDX-License-Identifier: MIT
// The official clients in three major lines, over each transport, against tests/interop/server.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { closeAll, forEachClient } from "./support/clients.mjs";
import { nextEvent, startServer, until } from "./support/program.mjs";

let server;
before(async () => {
  server = await startServer("tests/interop_server");
});
after(async () => {
  assert.deepEqual(await server.stop(), { code: 0, signal: null });
});

forEachClient((label, connect, { version, transport }) => {
  describe(label, () => {
    const sockets = [];
    const open = async (path = "/", options = {}) => {
      const socket = connect(server.url + path, options);
      sockets.push(socket);
      await nextEvent(socket, "connect");
      return socket;
    };
    after(() => closeAll(sockets));

    test("connects, and its auth arrives", async () => {
      const socket = connect(server.url, { auth: { token: "abc", n: [1, 2] } });
      sockets.push(socket);
      const [auth] = await nextEvent(socket, "auth");
      assert.deepEqual(auth, { token: "abc", n: [1, 2] });
      assert.match(socket.id, /^[\w-]{20}$/);
    });

    test("connects without an auth, which is an empty object then", async () => {
      const socket = connect(server.url, {});
      sockets.push(socket);
      assert.deepEqual(await nextEvent(socket, "auth"), [{}]);
    });

    test("events come back with every kind of JSON value", async () => {
      const socket = await open();
      const args = [1, "2", { 3: [true, null, 0.5, -0.25e-7] }, [], {}, "ünïcødé 🎉 \u2028 \u0000 \"\\", 9007199254740991, -1];
      socket.emit("message", ...args);
      assert.deepEqual(await nextEvent(socket, "message-back"), args);
    });

    test("a client that says all it can is not held up", async () => {
      const socket = await open();
      for (let i = 0; i < 1_000; ++i) {
        socket.emit("ack", i);
        await new Promise(setImmediate);
      }
      assert.equal(await new Promise((resolve) => socket.emit("ack", "all", resolve)), "all");
    });

    test("a handler's return value is the acknowledgement", async () => {
      const socket = await open();
      assert.equal(await new Promise((resolve) => socket.emit("add", 2, 40, resolve)), 42);
    });

    test("an acknowledgement carries any number of arguments", async () => {
      const socket = await open();
      const answer = await new Promise((resolve) => socket.emit("message-with-ack", 1, { a: [2] }, (...args) => resolve(args)));
      assert.deepEqual(answer, [1, { a: [2] }]);
    });

    test("the server asks and the client acknowledges", async () => {
      const socket = await open();
      socket.on("question", (text, answer) => answer(`${text}!`));
      socket.emit("ask me", "why");
      assert.deepEqual(await nextEvent(socket, "you said"), ["why!"]);
    });

    test("the server's acknowledgement times out when the client is silent", async () => {
      const socket = await open();
      socket.emit("ask me in vain");
      const [error] = await nextEvent(socket, "timed out");
      assert.equal(error, "operation has timed out");
    });

    test("binary goes both ways, alone and deep inside", async () => {
      const socket = await open();
      const bytes = Buffer.from([0, 1, 2, 250, 251, 255]);
      socket.emit("message", bytes, { deep: [{ er: Buffer.from("x") }] }, "text");
      const [first, second, third] = await nextEvent(socket, "message-back");
      assert.deepEqual(Buffer.from(first), bytes);
      assert.deepEqual(Buffer.from(second.deep[0].er), Buffer.from("x"));
      assert.equal(third, "text");
    });

    test("binary is acknowledged with binary", async () => {
      const socket = await open();
      const [answer] = await new Promise((resolve) => socket.emit("message-with-ack", Buffer.from([9, 8]), (...args) => resolve(args)));
      assert.deepEqual(Buffer.from(answer), Buffer.from([9, 8]));
    });

    test("typed arrays of octets with a sign are binary both ways", async () => {
      const socket = await open();
      for (const samples of [Int8Array.from([-1, 2, 127]), Buffer.from([255, 2, 127])]) {
        const [answer] = await new Promise((resolve) => socket.emit("negate", samples, (...args) => resolve(args)));
        assert.deepEqual([...Buffer.from(answer)], [1, 254, 129]);
      }
    });

    test("many events arrive in order, also while the transport changes", async () => {
      const socket = connect(server.url);
      sockets.push(socket);
      const got = [];
      socket.on("echo", (n) => got.push(n));
      for (let i = 0; i < 500; ++i) socket.emit("echo", i);
      await until(() => got.length >= 500, `500 echoes, got ${got.length}`);
      for (let i = 500; i < 600; ++i) socket.emit("echo", i);
      await until(() => got.length >= 600, "600 echoes");
      assert.deepEqual(got, Array.from({ length: 600 }, (_, i) => i));
      if (transport === "upgrade") {
        await until(() => socket.io.engine.transport.name === "websocket", "the upgrade");
      }
    });

    test("a large event makes it, one that is too large ends the connection", async () => {
      const socket = await open();
      const large = "x".repeat(900_000);
      socket.emit("message", large);
      assert.deepEqual(await nextEvent(socket, "message-back"), [large]);
      socket.emit("message", "x".repeat(1_100_000));
      const [reason] = await nextEvent(socket, "disconnect");
      assert.match(reason, /transport (close|error)/);
    });

    test("rooms: join, to, except and broadcast", async () => {
      const [a, b, c] = [await open(), await open(), await open()];
      const room = `room ${label}`;
      await new Promise((resolve) => a.emit("join", room, resolve));
      await new Promise((resolve) => b.emit("join", room, resolve));
      const heard = { a: [], b: [], c: [] };
      for (const [name, socket] of Object.entries({ a, b, c })) socket.on("said", (text) => heard[name].push(text));
      a.emit("say to room", room, "all of the room");
      b.emit("say to others in room", room, "others");
      c.emit("say except room", room, "not the room");
      await until(() => heard.a.length === 2 && heard.b.length === 1 && heard.c.length >= 1, JSON.stringify(heard));
      assert.deepEqual(heard.a.sort(), ["all of the room", "others"]);  // two connections: either may come first
      assert.deepEqual(heard.b, ["all of the room"]);
      assert.ok(heard.c.includes("not the room"));
      await new Promise((resolve) => a.emit("leave", room, resolve));
      assert.deepEqual(await new Promise((resolve) => b.emit("who is in", room, resolve)), [b.id]);
    });

    test("a namespace has its own sockets and events", async () => {
      const socket = await open("/custom", { auth: { who: "me" } });
      socket.emit("message", "hi");
      assert.deepEqual(await nextEvent(socket, "message-back"), ["hi"]);
    });

    test("an unknown namespace and a refusing middleware are connect errors", async () => {
      const unknown = connect(server.url + "/nowhere");
      const refused = connect(server.url + "/private", { auth: { token: "wrong" } });
      sockets.push(unknown, refused);
      const errors = [unknown, refused].map((socket) => nextEvent(socket, "connect_error"));
      const [[first], [second]] = await Promise.all(errors);
      assert.equal(first.message, "Invalid namespace");
      assert.equal(second.message, "not authorized");
      assert.deepEqual(second.data, { hint: "say please" });
      const allowed = await open("/private", { auth: { token: "please" } });
      assert.ok(allowed.connected);
    });

    test("a disconnect by the client reaches the server with its reason", async () => {
      const watcher = await open();
      const socket = await open();
      const id = socket.id;
      socket.disconnect();
      const reason = await until(async () => new Promise((resolve) => watcher.emit("reason of", id, resolve)), "a reason");
      assert.equal(reason, "client namespace disconnect");
    });

    test("a disconnect by the server reaches the client with its reason", async () => {
      const socket = await open();
      socket.emit("disconnect me", false);
      assert.deepEqual((await nextEvent(socket, "disconnect"))[0], "io server disconnect");
      const other = await open();
      other.emit("disconnect me", true);
      assert.match((await nextEvent(other, "disconnect"))[0], /io server disconnect/);
    });

    test("a broadcast reaches everyone once, binary included", async () => {
      const everyone = await Promise.all(Array.from({ length: 8 }, () => open()));
      const heard = everyone.map(() => []);
      everyone.forEach((socket, i) => socket.on("to all", (...args) => heard[i].push(args)));
      everyone[0].emit("say to all", { n: 1, blob: Buffer.from("abc") });
      everyone[1].emit("say to all", "second");
      await until(() => heard.every((list) => list.length >= 2), JSON.stringify(heard.map((list) => list.length)));
      for (const list of heard) {
        assert.equal(list.length, 2);
        const withBlob = list.find(([value]) => typeof value === "object");
        assert.deepEqual(Buffer.from(withBlob[0].blob), Buffer.from("abc"));
      }
    });

    test("an argument of another type does not reach the handler, and the acknowledgement says so", async () => {
      const socket = await open();
      const answer = await new Promise((resolve) => socket.emit("add", "two", {}, resolve));
      assert.match(answer.error, /argument 1/);
      assert.equal(await new Promise((resolve) => socket.emit("add", 1, 1, resolve)), 2);
    });

    test("a throwing handler harms nobody", async () => {
      const socket = await open();
      socket.emit("throw", "boom");
      assert.equal(await new Promise((resolve) => socket.emit("add", 1, 2, resolve)), 3);
    });

    test("heartbeats keep an idle connection alive", async () => {
      const socket = await open();
      let dropped = "";
      socket.on("disconnect", (reason) => (dropped = reason));
      await new Promise((resolve) => setTimeout(resolve, 1300));
      assert.equal(dropped, "");
      assert.equal(await new Promise((resolve) => socket.emit("add", 1, 2, resolve)), 3, version);
    });
  });
});
