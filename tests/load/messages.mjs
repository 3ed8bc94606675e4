// SPDX-License-Identifier: MIT
// Attacks by messages: as many as the line carries, or such as are hard to read.
import { frame, text } from "../interop/support/raw.mjs";
import { Client, dial, engine, handshake, post, request } from "./loopback.mjs";

const MiB = 1024 * 1024;

/** How often `piece` fits into 64 KiB: what is written at once. */
const many = (piece) => Buffer.concat(Array.from({ length: Math.ceil(65_536 / piece.length) }, () => piece));

/** Sends the same again and again: how long until the server ended it, and what it cost in memory. */
async function flood(target, milliseconds, octets, first) {
  const client = await Client.join(target.port);
  client.keeps = false;
  if (first) client.socket.write(first);
  const begin = Date.now();
  let ended = false;
  const growth = await target.growthDuring(async () => (ended = await client.flood(octets, milliseconds)));
  client.socket.destroy();
  return { ended: ended ? (Date.now() - begin) / 1000 : Infinity, memory: growth / MiB };
}

const floodBounds = (ended, memory = 4) => ({ ended: { unit: "s", most: ended }, memory: { unit: "MiB", most: memory } });

export const messages = {
  ping_flood: {
    short: { size: 3_000 },
    full: { size: 30_000 },
    bounds: floodBounds(2),
    run: (target, milliseconds) => flood(target, milliseconds, many(frame(0x89, "x"))),
  },

  // A message of fragments without an octet.
  fragment_flood: {
    short: { size: 3_000 },
    full: { size: 30_000 },
    bounds: floodBounds(2),
    run: (target, milliseconds) => flood(target, milliseconds, many(frame(0x00, "")), frame(0x01, "4")),
  },

  // Small events that are each answered, while the answers are not read.
  event_flood: {
    short: { size: 2_000 },
    full: { size: 30_000 },
    bounds: { memory: { unit: "MiB", most: 8 } },
    async run(target, milliseconds) {
      const client = await Client.join(target.port);
      client.socket.pause();
      const growth = await target.growthDuring(() => client.flood(many(text('421["add",1,2]')), milliseconds));
      client.socket.destroy();
      return { memory: growth / MiB };
    },
  },

  // A thousand requests at once on one connection, again and again.
  request_flood: {
    short: { size: 2_000 },
    full: { size: 30_000 },
    bounds: { memory: { unit: "MiB", most: 4 } },
    async run(target, milliseconds) {
      const client = new Client(dial(target.port));
      client.keeps = false;
      const growth = await target.growthDuring(() => client.flood(many(Buffer.from("GET /x HTTP/1.1\r\nHost: a\r\n\r\n")), milliseconds));
      client.socket.destroy();
      return { memory: growth / MiB };
    },
  },

  // Namespaces that do not exist: so many refusals and no more.
  namespace_flood: {
    short: { size: 100_000 },
    full: { size: 1_000_000 },
    bounds: { answers: { unit: "packets", most: 33 }, ended: { unit: "s", most: 2 } },
    async run(target, count) {
      const client = await Client.join(target.port);
      const begin = Date.now();
      for (let i = 0; i < count && client.socket.writable; ++i) {
        client.say(`40/x${i},`);
        if (i % 1000 === 0) await new Promise(setImmediate);
      }
      const ended = await client.dismissed(3000);
      client.socket.destroy();
      return { answers: client.count("44/"), ended: ended ? (Date.now() - begin) / 1000 : Infinity };
    },
  },

  // Arrays in arrays, as deep as a message is long.
  deep_json: {
    short: { size: 10 },
    full: { size: 1_000 },
    bounds: { each: { unit: "ms", most: 250 } },
    async run(target, count) {
      const depth = 499_000;
      let longest = 0;
      for (let i = 0; i < count; ++i) {
        const client = await Client.join(target.port);
        const begin = performance.now();
        client.say(`42["add",${i % 2 ? "[".repeat(depth) + "]".repeat(depth) : '{"a":'.repeat(depth / 3)}]`);
        if (!(await client.dismissed(5000))) return {};
        longest = Math.max(longest, performance.now() - begin);
        client.socket.destroy();
      }
      return { each: longest };
    },
  },

  // Every other event makes the program fail: the log is written at a rate.
  log_flood: {
    short: { size: 2_000 },
    full: { size: 20_000 },
    bounds: { log: { unit: "octets/s", most: 20_000 } },
    async run(target, milliseconds) {
      const client = await Client.join(target.port);
      client.keeps = false;
      const before = target.server.output.length;
      await client.flood(many(text(JSON.stringify(["throw", "\u0007".repeat(50)]).replace(/^/, "42"))), milliseconds);
      client.socket.destroy();
      return { log: ((target.server.output.length - before) * 1000) / milliseconds };
    },
  },

  // Polls that overlap: the session ends and the later one is refused, so that there is nothing to flood.
  poll_overlap: {
    short: { size: 300 },
    full: { size: 10_000 },
    bounds: { sessions: { unit: "left", most: 0 } },
    async run(target, count) {
      let left = 0;
      for (let i = 0; i < count; ++i) {
        const { received } = await request(target.port, handshake);
        const path = `${engine}&transport=polling&sid=${/"sid":"([^"]+)"/.exec(received)[1]}`;
        const get = `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
        await Promise.all([request(target.port, get), request(target.port, get)]);
        if ((await request(target.port, post(path, "40"))).status !== 400) ++left;
      }
      return { sessions: left };
    },
  },
};
