// SPDX-License-Identifier: MIT
// Attacks on memory: what is begun and never finished, what is asked for and never fetched.
import { Client, dial, handshake, sleep } from "./loopback.mjs";

const MiB = 1024 * 1024;

export const memory = {
  // Sessions that are opened by polling and left alone: they cost little, and somebody else still gets in.
  half_open_sessions: {
    short: { size: 11_000 },
    full: { size: 20_000 },
    bounds: { memory: { unit: "MiB", most: 24 } },
    async run(target, count) {
      const attackers = Array.from({ length: 32 }, () => new Client(dial(target.port)));
      const growth = await target.growthDuring(async () => {
        for (const attacker of attackers) {
          attacker.keeps = false;
          for (let i = 0; i < count / attackers.length; ++i) attacker.socket.write(handshake);
        }
        await sleep(1500);
      });
      attackers.forEach(({ socket }) => socket.destroy());
      return { memory: growth / MiB };
    },
  },

  // Events with nine of ten attachments: all of them together have one budget.
  incomplete_packets: {
    short: { size: 120 },
    full: { size: 5_000 },
    bounds: { memory: { unit: "MiB", most: 80 } },
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
    full: { size: 1_000 },
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
    full: { size: 1_000 },
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
          speaker.emit("tell the crowd", 65_536);
          await sleep(10);
        }
      });
      speaker.socket.destroy();
      await target.secondsUntilDescriptors(before, 20);
      const left = Math.max(0, target.descriptors() - before);
      slow.forEach(({ socket }) => socket.destroy());
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
      const head = Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0, 0x0f, 0x42, 0x40, 0, 0, 0, 0]);
      const growth = await target.growthDuring(async () => {
        for (const client of clients) client.socket.write(Buffer.concat([head, Buffer.alloc(999_999, "4")]));
        await sleep(700);
      });
      clients.forEach(({ socket }) => socket.destroy());
      return { each: growth / count / MiB };
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
