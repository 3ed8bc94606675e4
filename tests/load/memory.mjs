// SPDX-License-Identifier: MIT
// Attacks on memory: what is begun and never finished, what is asked for and never fetched.
import { collidingNames } from "./colliding_names.mjs";
import { Client, any, dial, engine, handshake, post, request, sleep } from "./loopback.mjs";

const MiB = 1024 * 1024;

const pathOf = (sid) => `${engine}&transport=polling&sid=${sid}`;
const sidIn = (received) => /"sid":"([^"]+)"/.exec(received)?.[1];

/** Whether a client gets in that polls as it should: a handshake, and its first packet. */
async function joinByPolling(port, options) {
  const sid = sidIn((await request(port, handshake, options)).received);
  return sid !== undefined && (await request(port, post(pathOf(sid), "40"), options)).status === 200;
}

/** One connection that opens a session, sends a packet for it and turns to the next. */
async function openSessions(port, count) {
  const client = new Client(dial(port));
  for (let i = 0; i < count && !client.socket.closed; ++i) {
    client.received = Buffer.alloc(0);
    client.socket.write(handshake);
    while (!sidIn(client.received) && !/ 503 /.test(client.received) && !client.socket.closed) await any(client.socket, ["data"], 1000);
    const sid = sidIn(client.received);
    if (sid) client.socket.write(post(pathOf(sid), "40"));
  }
  client.socket.destroy();
}

/** Seconds until clients have joined rooms of all these names, a thousand each. */
async function secondsToJoin(port, names) {
  const clients = [];
  for (let at = 0; at < names.length; at += 1000) clients.push({ client: await Client.join(port), part: names.slice(at, at + 1000) });
  const begin = performance.now();
  await Promise.all(clients.map(({ client, part }) => {
    for (const name of part) client.emit("join", name);
    return client.ask("clients");
  }));
  const seconds = (performance.now() - begin) / 1000;
  clients.forEach(({ client }) => client.socket.destroy());
  return seconds;
}

// A message of 1,000,000 octets without its last one.
const cutMessage = Buffer.concat([Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0, 0x0f, 0x42, 0x40, 0, 0, 0, 0]), Buffer.alloc(999_999, "4")]);

export const memory = {
  // Sessions that are opened by polling and left alone: they cost little, are given up, and keep nobody else out.
  half_open_sessions: {
    short: { size: 11_000, settings: { confirm_ms: 1_500 } },
    full: { size: 20_000, settings: { confirm_ms: 10_000 } },
    bounds: { memory: { unit: "MiB", most: 24 }, refused: { unit: "others", most: 0 }, left: { unit: "sessions", most: 0 } },
    async run(target, count, { confirm_ms }) {
      const attackers = Array.from({ length: 32 }, () => new Client(dial(target.port)));
      let refused = 0;
      const growth = await target.growthDuring(async () => {
        for (const attacker of attackers) {
          attacker.keeps = false;
          for (let i = 0; i < count / attackers.length; ++i) attacker.socket.write(handshake);
        }
        for (let i = 0; i < 20; ++i) {
          if (!(await joinByPolling(target.port, { from: "127.0.2.1" }))) ++refused;
          await sleep(50);
        }
      });
      attackers.forEach(({ socket }) => socket.destroy());
      await sleep(confirm_ms + 1000);
      const witness = await Client.join(target.port);
      const left = (await witness.ask("clients")) - 22; // the witness, the canary, and those who got in
      witness.socket.destroy();
      return { memory: growth / MiB, refused, left };
    },
  },

  // Sessions that have sent a packet each, from one connection: there are so many of them and no more.
  lasting_sessions: {
    short: { size: 6_000, settings: { sessions_max: 2_000 } },
    full: { size: 300_000 },
    bounds: { sessions: { unit: "of max", most: 1 }, refused: { unit: "others", most: 0 } },
    async run(target, count, { sessions_max = 100_000 }) {
      const witness = await Client.join(target.port, { from: "127.0.2.2" });
      const attackers = Array.from({ length: 32 }, () => openSessions(target.port, count / 32));
      await Promise.all(attackers);
      let refused = 0;
      for (let i = 0; i < 20; ++i) {
        if (!(await joinByPolling(target.port, { from: "127.0.2.1" }))) ++refused;
      }
      const sessions = (await witness.ask("clients")) / sessions_max;
      witness.socket.destroy();
      return { sessions, refused };
    },
  },

  // Events with nine of ten attachments: all of them together have one budget.
  incomplete_packets: {
    short: { size: 120 },
    full: { size: 5_000 },
    bounds: { memory: { unit: "MiB", most: 96 } },
    async run(target, count) {
      const attachment = Buffer.alloc(100_000, "x");
      const places = Array.from({ length: 10 }, (_, num) => ({ _placeholder: true, num }));
      const clients = [];
      const growth = await target.growthDuring(async () => {
        for (let i = 0; i < count; ++i) {
          const client = await Client.join(target.port);
          clients.push(client);
          client.say(`4510-${JSON.stringify(["add", ...places])}`);
          for (let part = 0; part < 9; ++part) client.send(0x82, attachment);
        }
        await sleep(500);
      });
      clients.forEach(({ socket }) => socket.destroy());
      return { memory: growth / MiB };
    },
  },

  // Questions that are never answered: so many may be open at a time.
  ack_silence: {
    short: { size: 20 },
    // What is asked beyond the 1,024 is failed in the next turn: 128 events of one turn may ask 128,000 times.
    full: { size: 1_000, bounds: { memory: { unit: "MiB", most: 128 } } },
    bounds: { memory: { unit: "MiB", most: 8 } },
    async run(target, count) {
      const client = await Client.join(target.port);
      client.keeps = false;
      const growth = await target.growthDuring(async () => {
        for (let i = 0; i < count; ++i) client.emit("ask me", 1_000);
        await sleep(1000);
      });
      client.socket.destroy();
      return { memory: growth / MiB };
    },
  },

  // Some of a room stop reading while much is said to it: they cost what may wait for each, and are closed.
  slow_consumers: {
    short: { size: 30 },
    full: { size: 200 },
    bounds: { memory: { unit: "MiB", most: 64 }, left: { unit: "clients", most: 0 } },
    async run(target, count) {
      const before = target.descriptors();
      const slow = await Promise.all(Array.from({ length: count }, () => Client.join(target.port)));
      for (const client of slow) {
        client.emit("join the crowd");
        client.socket.pause();
      }
      const speaker = await Client.join(target.port);
      const growth = await target.growthDuring(async () => {
        for (let i = 0; i < 150; ++i) {
          await speaker.ask("tell the crowd", 65_536);
          await sleep(5);
        }
      });
      speaker.socket.destroy();
      await target.secondsUntilDescriptors(before, 20);
      const left = Math.max(0, target.descriptors() - before);
      slow.forEach(({ socket }) => socket.destroy());
      return { memory: growth / MiB, left };
    },
  },

  // Much is said in one turn to somebody who has stopped reading: what one turn may say, and some beside it.
  stopped_reader: {
    short: { size: 4_000 },
    full: { size: 40_000 },
    canary: 600, // the program's own turn
    bounds: { memory: { unit: "MiB", most: 160 }, left: { unit: "clients", most: 0 } },
    async run(target, messages) {
      const client = await Client.join(target.port);
      client.socket.pause();
      let left;
      const growth = await target.growthDuring(async () => {
        client.emit("flood me", messages, 65_536);
        await sleep(1000);
        const witness = await Client.join(target.port);
        left = (await witness.ask("clients")) - 2; // the witness and the canary
        witness.socket.destroy();
      });
      client.socket.destroy();
      return { memory: growth / MiB, left };
    },
  },

  // Messages of which the last octet never comes.
  cut_messages: {
    short: { size: 50 },
    full: { size: 1_000 },
    bounds: { each: { unit: "MiB", most: 1.1 } },
    async run(target, count) {
      const clients = await Promise.all(Array.from({ length: count }, () => Client.join(target.port)));
      const growth = await target.growthDuring(async () => {
        for (const client of clients) client.socket.write(cutMessage);
        await sleep(700);
      });
      clients.forEach(({ socket }) => socket.destroy());
      return { each: growth / count / MiB };
    },
  },

  // The same from more of them than there is memory for: those who keep most are ended, and nobody else.
  memory_max: {
    short: { size: 200, settings: { memory_max: 64 * MiB } },
    full: { size: 10_000, settings: { memory_max: 1024 * MiB } },
    bounds: { memory: { unit: "of max", most: 1 }, lost: { unit: "clients", most: 0 } },
    async run(target, count, { memory_max }) {
      const clients = [];
      for (let i = 0; i <= count; ++i) {
        const client = await Client.join(target.port);
        client.answersPings = true;
        clients.push(client);
      }
      const witness = clients.pop();
      const before = target.memory();
      const growth = await target.growthDuring(async () => {
        for (const [i, client] of clients.entries()) {
          client.answersPings = false;
          client.socket.write(cutMessage);
          if (i % 16 === 15) await witness.ask("clients");
        }
        await sleep(700);
      });
      const lost = (await witness.ask("add", 1, 2)) === 3 ? 0 : 1;
      clients.forEach(({ socket }) => socket.destroy());
      witness.socket.destroy();
      return { memory: (before + growth) / memory_max, lost };
    },
  },

  // Rooms whose names an attacker has chosen so that a table without a secret puts them all in one place.
  hash_flooding: {
    short: { size: 13 },
    full: { size: 15 },
    bounds: { slower: { unit: "times", most: 3 } },
    async run(target, forks) {
      const colliding = collidingNames(forks);
      const ordinary = colliding.map((_, i) => `room ${i}`.padEnd(colliding[0].length, "."));
      const usual = await secondsToJoin(target.port, ordinary);
      return { slower: (await secondsToJoin(target.port, colliding)) / usual };
    },
  },

  // As many keys as a message has room for: looking at them takes time in proportion.
  many_keys: {
    short: { size: 5 },
    full: { size: 100 },
    bounds: { each: { unit: "ms", most: 250 } },
    async run(target, count) {
      const keys = Array.from({ length: 100_000 }, (_, i) => `"k${i.toString(36)}":1`).join();
      const client = await Client.join(target.port);
      let longest = 0;
      for (let i = 0; i < count; ++i) {
        const begin = performance.now();
        client.say(`42${i}["add",{${keys}},1]`);
        client.say(`421000${i}["add",1,2]`);
        await client.heard(`431000${i}[3]`);
        longest = Math.max(longest, performance.now() - begin);
      }
      client.socket.destroy();
      return { each: longest };
    },
  },
};
