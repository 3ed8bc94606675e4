// SPDX-License-Identifier: MIT
// The attackers' only way out: connections from this machine to itself. There is no way to name another host.
import { once } from "node:events";
import { connect } from "node:net";
import { closeCodeOf, frame, framesOf, text, upgradeRequest } from "../interop/support/raw.mjs";

const host = "127.0.0.1";
export const engine = "/socket.io/?EIO=4";

/** Refuses what is no address of this machine's own network, 127.0.0.0/8. */
export function loopback(address) {
  if (!/^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(address)) throw new Error(`${address} is not on the loopback: this attacks nobody else`);
  return address;
}

export const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A connection to `port`, perhaps not there yet. `from` is a source address: 127.0.0.2 is somebody else. */
export function dial(port, { from = "127.0.0.1", allowHalfOpen = false } = {}) {
  const socket = connect({ port, host: loopback(host), localAddress: loopback(from), allowHalfOpen });
  socket.on("error", () => {});
  return socket;
}

/** The source address of the attacker number `index`: one address has too few ports for all of them. */
export const addressOf = (index) => `127.0.1.${1 + (Math.floor(index / 10_000) % 250)}`;

/** `count` connections that are there, in the order of their completion; those that fail are left out. */
export async function dialMany(port, count, { from = addressOf, started = () => {} } = {}) {
  const sockets = [];
  const waiting = new Set();
  for (let i = 0; i < count; ++i) {
    const socket = dial(port, { from: from(i) });
    socket.on("data", () => {});
    const settled = Promise.race([once(socket, "connect").then(() => sockets.push(socket), () => {}), once(socket, "close")]);
    const job = settled.finally(() => waiting.delete(job));
    waiting.add(job);
    started(socket, i);
    if (waiting.size >= 256) await Promise.race(waiting);
  }
  await Promise.all(waiting);
  return sockets;
}

/** Waits for one of `events` of `socket`, its end, or the time. */
export function any(socket, events, milliseconds) {
  return new Promise((resolve) => {
    const names = [...events, "close"];
    const done = () => {
      clearTimeout(timer);
      for (const name of names) socket.off(name, done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    for (const name of names) socket.on(name, done);
    if (socket.closed) done();
  });
}

export const closed = (socket) => (socket.closed ? Promise.resolve() : once(socket, "close"));

/** Resolves once `socket` has closed, or after the time; whether it has. */
export async function closedWithin(socket, milliseconds) {
  await any(socket, [], milliseconds);
  return socket.closed;
}

/** One request on a connection of its own: its status, or 0 when the connection ended without one. */
export async function request(port, octets, options) {
  const socket = dial(port, options);
  socket.write(octets);
  let received = "";
  await Promise.race([
    new Promise((resolve) => socket.on("data", (chunk) => ((received += chunk.toString("latin1")), /\r\n\r\n/.test(received) && resolve()))),
    closed(socket),
    sleep(5000),
  ]);
  socket.destroy();
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(received)?.[1] ?? 0), received };
}

export const handshake = `GET ${engine}&transport=polling HTTP/1.1\r\nHost: localhost\r\n\r\n`;
export const post = (path, body, length = Buffer.byteLength(body)) => `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${length}\r\n\r\n${body}`;

const ping = Buffer.from("\x81\x012", "latin1");

/** A Socket.IO client over WebSocket that does only what it is told, and answers nothing by itself. */
export class Client {
  received = Buffer.alloc(0);
  asked = 100;
  keeps = true;
  answersPings = false;

  /** Connected to the main namespace. */
  static async join(port, options) {
    const client = await Client.open(port, options);
    client.say("40");
    await client.heard("40{");
    return client;
  }

  /** With an Engine.IO session and no more. */
  static async open(port, options) {
    const client = new Client(dial(port, options));
    client.socket.write(upgradeRequest(`${engine}&transport=websocket`));
    await client.heard('0{"sid"');
    return client;
  }

  constructor(socket) {
    this.socket = socket;
    socket.on("data", (chunk) => {
      if (this.answersPings && chunk.includes(ping)) this.say("3");
      if (this.keeps) this.received = Buffer.concat([this.received, chunk]);
    });
  }

  say(packet) {
    return this.socket.write(text(packet));
  }
  emit(...event) {
    return this.say(`42${JSON.stringify(event)}`);
  }
  /** What the handler of an event answers. */
  async ask(...event) {
    const id = ++this.asked;
    this.say(`42${id}${JSON.stringify(event)}`);
    await this.heard(`43${id}[`, 30_000);
    const answer = framesOf(this.received).find(({ payload }) => payload.toString().startsWith(`43${id}[`));
    return JSON.parse(answer.payload.toString().slice(`43${id}`.length))[0];
  }
  send(first, payload) {
    return this.socket.write(frame(first, payload));
  }

  async heard(octets, milliseconds = 5000) {
    const deadline = Date.now() + milliseconds;
    while (!this.received.includes(octets)) {
      if (this.socket.closed || Date.now() > deadline) throw new Error(`${octets} was not heard`);
      await any(this.socket, ["data"], 50);
    }
  }

  /** Resolves once the server has said that it closes, or has done it; whether it has in time. */
  async dismissed(milliseconds) {
    const deadline = Date.now() + milliseconds;
    const isDismissed = () => this.socket.closed || closeCodeOf(this.received) !== null;
    while (!isDismissed() && Date.now() < deadline) await any(this.socket, ["data"], 50);
    return isDismissed();
  }

  /** How many frames have come that begin so. */
  count(beginning) {
    return framesOf(this.received).filter(({ payload }) => payload.toString().startsWith(beginning)).length;
  }

  /** Sends `octets` again and again until `milliseconds` are over or the connection is; whether it ended. */
  async flood(octets, milliseconds) {
    const deadline = Date.now() + milliseconds;
    while (!this.socket.closed && this.socket.writable && Date.now() < deadline) {
      if (!this.socket.write(octets)) await any(this.socket, ["drain"], 100);
      await new Promise(setImmediate);
    }
    return closedWithin(this.socket, 500);
  }
}
