// SPDX-License-Identifier: MIT
// Attacks by messages: as many as the line carries, or such as are hard to read.
import { frame, text } from "../interop/support/raw.mjs";
import { Client, addressOf, dial, engine, handshake, post, request } from "./loopback.mjs";

const MiB = 1024 * 1024;

/** How often `piece` fits into 64 KiB: what is written at once. */
const many = (piece) => Buffer.concat(Array.from({ length: Math.ceil(65_536 / piece.length) }, () => piece));

/** How many answers of each status come on `socket`. */
function countStatuses(socket) {
  const counts = {};
  let rest = "";
  socket.on("data", (chunk) => {
    const text = rest + chunk.toString("latin1");
    for (const [, status] of text.matchAll(/HTTP\/1\.1 (\d{3}) /g)) counts[status] = (counts[status] ?? 0) + 1;
    rest = text.slice(-12); // one octet less than what is looked for
  });
  return counts;
}

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

  // Namespaces that do not exist: so many refusals and no more. How long it takes is up to the attacker, who says it all
  // before it looks.
  namespace_flood: {
    short: { size: 100_000 },
    full: { size: 1_000_000 },
    bounds: { answers: { unit: "packets", most: 33 }, processor: { unit: "s", most: 2 }, going_on: { unit: "clients", most: 0 } },
    async run(target, count) {
      const client = await Client.join(target.port);
      const before = target.processor();
      for (let i = 0; i < count && client.socket.writable; ++i) {
        client.say(`40/x${i},`);
        if (i % 1000 === 0) await new Promise(setImmediate);
      }
      const ended = await client.dismissed(3000);
      client.socket.destroy();
      return { answers: client.count("44/"), processor: target.processor() - before, going_on: ended ? 0 : 1 };
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

  // POSTs for one session, as fast as the line carries them: of those that are too many none reaches it.
  post_storm: {
    short: { size: 2_000 },
    full: { size: 30_000 },
    bounds: { taken: { unit: "POSTs/s", most: 15_000 }, others: { unit: "statuses", most: 0 }, memory: { unit: "MiB", most: 4 } },
    async run(target, milliseconds) {
      const { received } = await request(target.port, handshake);
      const path = `${engine}&transport=polling&sid=${/"sid":"([^"]+)"/.exec(received)[1]}`;
      await request(target.port, post(path, "40"));
      const client = new Client(dial(target.port));
      client.keeps = false;
      const answers = countStatuses(client.socket);
      const begin = Date.now();
      const growth = await target.growthDuring(() => client.flood(many(Buffer.from(post(path, "6"))), milliseconds));
      const seconds = (Date.now() - begin) / 1000;
      const { 200: taken = 0, 429: refused = 0, ...others } = answers;
      client.socket.destroy();
      const goesOn = (await request(target.port, post(path, "6"), { from: "127.0.2.1" })).status;
      const isHeld = refused > 0 && (goesOn === 200 || goesOn === 429);
      return { taken: isHeld ? taken / seconds : Infinity, others: Object.keys(others).length, memory: growth / MiB };
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
        const from = { from: addressOf(4 * i) };
        const { received } = await request(target.port, handshake, from);
        const path = `${engine}&transport=polling&sid=${/"sid":"([^"]+)"/.exec(received)[1]}`;
        const get = `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
        await Promise.all([request(target.port, get, from), request(target.port, get, from)]);
        if ((await request(target.port, post(path, "40"), from)).status !== 400) ++left;
      }
      return { sessions: left };
    },
  },
};
