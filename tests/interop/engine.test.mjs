// SPDX-License-Identifier: MIT
// What a program adds to the engine, as official clients and raw requests meet it: middlewares, hooks for headers, and a
// check of handshakes that answers later.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { closeAll, forEachClient, transports, versions } from "./support/clients.mjs";
import { nextEvent, startServer, until, untilEqual } from "./support/program.mjs";
import { RawConnection, text, upgradeRequest } from "./support/raw.mjs";

let server;
const sockets = [];
before(async () => {
  server = await startServer("tests/interop_server");
});
after(async () => {
  closeAll(sockets);
  assert.deepEqual(await server.stop(), { code: 0, signal: null });
});

const target = (query) => `/socket.io/?EIO=4&${query}`;
const get = (query, init) => fetch(server.url + target(query), init);

forEachClient((label, connect, { transport }) => {
  describe(label, () => {
    const open = (query) => {
      const socket = connect(server.url, { query });
      sockets.push(socket);
      return socket;
    };

    test("passes a middleware and a check that take their time, with every request", async () => {
      const tag = label;
      const socket = open({ tag, door: "slow", later: "yes" });
      await nextEvent(socket, "connect");
      if (transport === "upgrade") await until(() => socket.io.engine.transport.name === "websocket", "the upgrade");
      const requests = await new Promise((resolve) => socket.emit("requests of", tag, resolve));
      const kinds = new Set(requests);
      assert.equal(requests[0], transport.startsWith("websocket") ? "GET websocket" : "GET polling");
      assert.equal(kinds.has("POST polling"), !transport.startsWith("websocket"));
      assert.equal(kinds.has("GET websocket"), transport !== "polling");
    });

    test("is told when the check refuses it later, or a middleware does at once", async () => {
      for (const query of [{ later: "yes", refuse: "yes" }, { door: "closed" }]) {
        const socket = open(query);
        const [error] = await nextEvent(socket, "connect_error");
        assert.match(error.message, /xhr poll error|websocket error/);
      }
    });
  });
});

test("the cookie of the first answer comes back from a client that keeps cookies", async () => {
  const socket = versions["4.8"](server.url, { forceNew: true, reconnection: false, ...transports.polling, withCredentials: true, query: { tag: "jar" } });
  sockets.push(socket);
  await nextEvent(socket, "connect");
  const requests = await new Promise((resolve) => socket.emit("requests of", "jar", resolve));
  assert.equal(requests[0], "GET polling");
  assert.ok(requests.length >= 3);
  assert.ok(requests.slice(1).every((words) => words.endsWith(" sticky")), requests);
});

test("the hooks see the answers of a session, the first one and all, and a refusal only the middleware", async () => {
  const opening = await get("transport=polling");
  const { sid } = JSON.parse((await opening.text()).slice(1));
  assert.equal(opening.headers.get("set-cookie"), "sticky=1; Path=/");
  const posting = await get(`transport=polling&sid=${sid}`, { method: "POST", body: "40" });
  const poll = await get(`transport=polling&sid=${sid}`);
  for (const [answer, seen] of [[opening, "GET"], [posting, "POST"], [poll, "GET"]]) {
    assert.equal(answer.headers.get("x-engine"), "yes");
    assert.equal(answer.headers.get("x-seen"), seen);
  }
  assert.equal(poll.headers.get("set-cookie"), null);
  const refused = await get("transport=polling&sid=nobody");
  assert.equal(refused.status, 400);
  assert.equal(refused.headers.get("x-engine"), "yes");
  assert.equal(refused.headers.get("x-seen"), null);
  const page = await fetch(`${server.url}/`);
  assert.equal(page.headers.get("x-engine"), null);
});

test("the 101 of a WebSocket has the headers of the middleware and of both hooks", async () => {
  const connection = await RawConnection.open(server.port);
  connection.write(upgradeRequest(target("transport=websocket&door=slow&later=yes")));
  connection.write(text("40"));  // behind a request that waits
  const head = (await connection.untilReceived(/40\{"sid"/)).toString("latin1");
  assert.match(head, /^HTTP\/1\.1 101 /);
  for (const line of ["X-Engine: yes", "X-Seen: GET", "Set-Cookie: sticky=1; Path=/"]) assert.ok(head.includes(`\r\n${line}\r\n`), line);
  connection.destroy();
});

test("a client that goes while a middleware or the check takes its time leaves nothing behind", async () => {
  const asked = versions["4.8"](server.url, { forceNew: true, ...transports.websocket });
  sockets.push(asked);
  await nextEvent(asked, "connect");
  const connections = () => new Promise((resolve) => asked.emit("connections", resolve));
  const before = await connections();
  for (const query of ["door=slow", "later=yes", "later=yes&refuse=yes", "door=slow&later=yes"]) {
    for (const transport of ["polling", "websocket"]) {
      const connection = await RawConnection.open(server.port);
      const path = target(`transport=${transport}&${query}`);
      connection.write(transport === "websocket" ? upgradeRequest(path) : `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
      await new Promise((resolve) => setTimeout(resolve, 5));
      connection.destroy();
    }
  }
  await new Promise((resolve) => setTimeout(resolve, 100));
  await untilEqual(connections, before);
});

test("who waits for the check when the server stops is answered", async () => {
  const other = await startServer("tests/interop_server");
  const witness = versions["4.8"](other.url, { forceNew: true, reconnection: false, ...transports.websocket });
  sockets.push(witness);
  await nextEvent(witness, "connect");
  const waiting = [];
  for (const transport of ["polling", "websocket"]) {
    const path = target(`transport=${transport}&later=never&tag=waiting`);
    const connection = await RawConnection.open(other.port);
    connection.write(transport === "websocket" ? upgradeRequest(path) : `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
    waiting.push(connection);
  }
  for (let seen = []; seen.length < 2; ) seen = await new Promise((resolve) => witness.emit("requests of", "waiting", resolve));
  const stopped = other.stop();
  for (const connection of waiting) assert.match((await connection.untilClosed()).toString("latin1"), /^HTTP\/1\.1 503 /);
  assert.deepEqual(await stopped, { code: 0, signal: null });
});
