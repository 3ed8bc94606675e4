// SPDX-License-Identifier: MIT
// Talking to the server below any library: TCP bytes, WebSocket frames, polling requests.
import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import { once } from "node:events";
import { connect as connectTls } from "node:tls";

/** Connects to a server of ours on this machine: over TLS where the tests run so. */
export function connectTo(port, then) {
  return process.env.CERTIFICATES ? connectTls({ port, host: "127.0.0.1" }, then) : connect(port, "127.0.0.1", then);
}

/** A connection that collects what comes back. */
export class RawConnection {
  received = Buffer.alloc(0);
  closed = false;

  static async open(port) {
    const connection = new RawConnection(connectTo(port));
    await once(connection.socket, process.env.CERTIFICATES ? "secureConnect" : "connect");
    return connection;
  }

  constructor(socket) {
    this.socket = socket;
    socket.on("data", (chunk) => (this.received = Buffer.concat([this.received, chunk])));
    socket.on("error", () => {});
    socket.on("close", () => (this.closed = true));
  }

  write(data) {
    this.socket.write(data);
  }

  /** Resolves with everything received once the server has closed, or after the time is up. */
  async untilClosed(milliseconds = 5000) {
    if (!this.closed) {
      await Promise.race([once(this.socket, "close"), new Promise((resolve) => setTimeout(resolve, milliseconds))]);
    }
    return this.received;
  }

  async untilReceived(pattern, milliseconds = 5000) {
    const deadline = Date.now() + milliseconds;
    while (!pattern.test(this.received.toString("latin1"))) {
      if (this.closed || Date.now() > deadline) {
        throw new Error(`${pattern} was not received, but ${JSON.stringify(this.received.toString("latin1").slice(0, 500))}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return this.received;
  }

  destroy() {
    this.socket.destroy();
  }
}

export function upgradeRequest(path, headers = "") {
  return `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
    `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString("base64")}\r\n${headers}\r\n`;
}

/** Builds one masked client frame; `first` is the first octet (FIN, RSV, opcode). */
export function frame(first, payload = "", { masked = true } = {}) {
  const body = Buffer.from(payload);
  const mask = masked ? 0x80 : 0;
  let head;
  if (body.length < 126) head = Buffer.from([first, mask | body.length]);
  else if (body.length < 65536) head = Buffer.from([first, mask | 126, body.length >> 8, body.length & 255]);
  else {
    head = Buffer.alloc(10);
    head[0] = first;
    head[1] = mask | 127;
    head.writeBigUInt64BE(BigInt(body.length), 2);
  }
  if (!masked) return Buffer.concat([head, body]);
  const key = randomBytes(4);
  for (let i = 0; i < body.length; ++i) body[i] ^= key[i & 3];
  return Buffer.concat([head, key, body]);
}

export const text = (payload) => frame(0x81, payload);

/** The frames of what a server sent behind its 101 response: [{opcode, payload}]. */
export function framesOf(received) {
  const start = received.indexOf("\r\n\r\n");
  const frames = [];
  for (let at = start + 4; at + 2 <= received.length; ) {
    const opcode = received[at] & 15;
    let length = received[at + 1] & 127;
    at += 2;
    if (length === 126) {
      length = received.readUInt16BE(at);
      at += 2;
    } else if (length === 127) {
      length = Number(received.readBigUInt64BE(at));
      at += 8;
    }
    frames.push({ opcode, payload: received.subarray(at, at + length) });
    at += length;
  }
  return frames;
}

/** The close code that the server sent; 1005 for a close frame without one, null for none. */
export function closeCodeOf(received) {
  const close = framesOf(received).find(({ opcode }) => opcode === 8);
  if (!close) return null;
  return close.payload.length >= 2 ? close.payload.readUInt16BE(0) : 1005;
}
