// SPDX-License-Identifier: MIT
// Attacks by connections: many of them, slow ones, ones that are broken off.
import { Client, any, closed, closedWithin, dial, dialMany, engine, handshake, request, sleep } from "./loopback.mjs";
import { text, upgradeRequest } from "../interop/support/raw.mjs";

const KiB = 1024;
const MiB = 1024 * 1024;
const all = (sockets) => Promise.all(sockets.map(closed));

/** Seconds until all have been closed by the server while each drips `octets`. */
async function drip(sockets, octets, most) {
  const begin = Date.now();
  const dripping = setInterval(() => sockets.forEach((socket) => socket.writable && socket.write(octets)), 500);
  await Promise.race([all(sockets), sleep(most * 1000)]);
  clearInterval(dripping);
  return sockets.every((socket) => socket.closed) ? (Date.now() - begin) / 1000 : Infinity;
}

/** Octets that the system took of `socket` in a time, of `octets` again and again; some wait in its buffers. */
async function takenDuring(socket, octets, milliseconds) {
  const deadline = Date.now() + milliseconds;
  let taken = 0;
  const goOn = (error) => {
    if (error || !socket.writable || Date.now() >= deadline) return;
    socket.write(octets, (failed) => {
      if (!failed && Date.now() < deadline) taken += octets.length;
      goOn(failed);
    });
  };
  goOn();
  await closedWithin(socket, milliseconds);
  return taken;
}

export const connections = {
  // Octet by octet a head that never ends: its time does not begin anew with each octet.
  slow_heads: {
    short: { size: 500, settings: { head_ms: 1500 } },
    full: { size: 15_000, settings: { head_ms: 10_000 } },
    bounds: { each: { unit: "KiB", most: 4 }, overtime: { unit: "s", most: 2 } },
    async run(target, count, { head_ms }) {
      let sockets;
      const growth = await target.growthDuring(async () => {
        sockets = await dialMany(target.port, count);
        sockets.forEach((socket) => socket.write("GET / HTTP/1.1\r\nX-Slow: "));
        await sleep(300);
      });
      const seconds = await drip(sockets, "x", head_ms / 1000 + 10);
      return { each: growth / count / KiB, overtime: seconds - head_ms / 1000 };
    },
  },

  slow_bodies: {
    short: { size: 200, settings: { body_ms: 1500 } },
    full: { size: 5_000, settings: { body_ms: 10_000 } },
    bounds: { each: { unit: "KiB", most: 8 }, overtime: { unit: "s", most: 2 } },
    async run(target, count, { body_ms }) {
      let sockets;
      const growth = await target.growthDuring(async () => {
        sockets = await dialMany(target.port, count);
        sockets.forEach((socket) => socket.write("POST /sink HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\nx"));
        await sleep(300);
      });
      const seconds = await drip(sockets, "x", body_ms / 1000 + 10);
      return { each: growth / count / KiB, overtime: seconds - body_ms / 1000 };
    },
  },

  // Connections that say nothing and are reset when their time is just up: both fall into one turn of the loop.
  resets_when_due: {
    short: { size: 1_500, settings: { head_ms: 1000 } },
    full: { size: 3_000, settings: { head_ms: 10_000 } },
    bounds: { descriptors: { unit: "left", most: 0 } },
    async run(target, count, { head_ms }) {
      const before = target.descriptors();
      const resets = [];
      const spread = 60; // milliseconds around the moment
      const started = (socket, i) =>
        socket.once("connect", () => resets.push(sleep(head_ms - spread / 2 + (i % spread)).then(() => socket.resetAndDestroy())));
      await dialMany(target.port, count, { started });
      await Promise.all(resets);
      await target.secondsUntilDescriptors(before, 3);
      return { descriptors: target.descriptors() - before };
    },
  },

  // Opened and reset at once, at each of four stages: as a connection, in a head, behind a handshake, as a WebSocket.
  reset_storm: {
    short: { size: 2_000 },
    // A fourth of them leave a session that nobody has polled: 10,000 are kept for their ten seconds.
    full: { size: 100_000, bounds: { descriptors: { unit: "left", most: 0 }, memory: { unit: "MiB", most: 24 } } },
    bounds: { descriptors: { unit: "left", most: 0 }, memory: { unit: "MiB", most: 8 } },
    async run(target, count) {
      const before = target.descriptors();
      const memory = target.memory();
      const stages = ["", "GET / HT", handshake, upgradeRequest(`${engine}&transport=websocket`)];
      const started = (socket, i) =>
        socket.once("connect", () => socket.write(stages[i % stages.length] || "G", () => socket.resetAndDestroy()));
      await dialMany(target.port, count, { started });
      await target.secondsUntilDescriptors(before, 3);
      return { descriptors: target.descriptors() - before, memory: (target.memory() - memory) / MiB };
    },
  },

  // More connections than descriptors: who is there already is served, and newcomers as soon as there is room.
  no_descriptors: {
    short: { size: 600, options: { descriptors: 300 } },
    full: { size: 3_000, options: { descriptors: 1_000 } },
    bounds: { processor: { unit: "%", most: 20 }, recovery: { unit: "s", most: 1 } },
    async run(target, count) {
      const sockets = await dialMany(target.port, count);
      const used = target.processor();
      await sleep(1000);
      const percent = (target.processor() - used) * 100;
      sockets.forEach((socket) => socket.destroy());
      const begin = Date.now();
      while ((await request(target.port, handshake)).status !== 200 && Date.now() - begin < 5000) await sleep(20);
      return { processor: percent, recovery: (Date.now() - begin) / 1000 };
    },
  },

  // Clients come, say something and go, as well as they can.
  churn: {
    short: { size: 1_000 },
    full: { size: 20_000 },
    bounds: { descriptors: { unit: "left", most: 0 }, memory: { unit: "MiB", most: 8 } },
    async run(target, count) {
      const visit = async () => {
        const client = await Client.join(target.port);
        client.say('421["add",1,2]');
        await client.heard("431[3]");
        client.socket.end();
        await closedWithin(client.socket, 3000);
      };
      const visits = async (left) => {
        for (; left > 0; --left) await visit();
      };
      await visits(50);
      const before = target.descriptors();
      const memory = target.memory();
      await Promise.all(Array.from({ length: 20 }, () => visits(count / 20)));
      await target.secondsUntilDescriptors(before, 3);
      return { descriptors: target.descriptors() - before, memory: (target.memory() - memory) / MiB };
    },
  },

  // A server that says goodbye to somebody who neither reads nor answers.
  never_reads_close: {
    short: { size: 20 },
    full: { size: 1_000 },
    bounds: { closing: { unit: "s", most: 12 } },
    async run(target, count) {
      const before = target.descriptors();
      const clients = await Promise.all(Array.from({ length: count }, () => Client.join(target.port)));
      for (const client of clients) {
        client.socket.pause();
        client.emit("disconnect me");
      }
      const closing = await target.secondsUntilDescriptors(before, 20);
      clients.forEach((client) => client.socket.destroy());
      return { closing };
    },
  },

  // Peers that are told goodbye and go on sending as fast as they can: one that does not answer the close frame, one
  // that is too slow to hear of it, one whose request was refused.
  closing_flood: {
    short: { size: 1_500 },
    full: { size: 1_900 }, // a refused one has two seconds
    bounds: { disconnected: { unit: "MiB/s", most: 12 }, slow: { unit: "MiB/s", most: 12 }, refused: { unit: "MiB/s", most: 12 } },
    async run(target, milliseconds) {
      const flood = async (socket, octets) => {
        const taken = await takenDuring(socket, octets, milliseconds);
        socket.destroy();
        return taken / MiB / (milliseconds / 1000);
      };
      const noise = text("x".repeat(65_000));
      const disconnected = await Client.join(target.port);
      disconnected.emit("disconnect me");
      await disconnected.dismissed(2000);
      const figures = { disconnected: await flood(disconnected.socket, noise) };

      const slow = await Client.join(target.port);
      slow.socket.pause();
      const witness = await Client.join(target.port);
      const before = await witness.ask("clients");
      for (let i = 0; i < 200 && (await witness.ask("clients")) === before; ++i) slow.emit("flood me", 8, 65_536);
      figures.slow = await flood(slow.socket, noise);
      witness.socket.destroy();

      const refused = dial(target.port, { allowHalfOpen: true });
      refused.write("GET / HTTP/9.9\r\n\r\n");
      await any(refused, ["data"], 2000);
      return { ...figures, refused: await flood(refused, noise) };
    },
  },

  // Everybody comes at once.
  accept_storm: {
    short: { size: 2_000 },
    full: { size: 18_000 },
    bounds: { seconds: { unit: "s", most: 15 }, refused: { unit: "clients", most: 0 } },
    async run(target, count) {
      const begin = Date.now();
      let welcome = 0;
      const started = (socket) => {
        socket.write(upgradeRequest(`${engine}&transport=websocket`));
        socket.once("data", (chunk) => chunk.includes("HTTP/1.1 101") && ++welcome);
      };
      const sockets = await dialMany(target.port, count, { started });
      while (welcome < count && Date.now() - begin < 60_000) await sleep(10);
      const seconds = (Date.now() - begin) / 1000;
      sockets.forEach((socket) => socket.destroy());
      return { seconds, refused: count - welcome };
    },
  },
};
