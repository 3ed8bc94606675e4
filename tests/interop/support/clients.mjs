// SPDX-License-Identifier: MIT
// The official clients, in the versions and transports that every test of the matrix runs with.
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

export const versions = {
  "4.8": require("socket.io-client").io,
  "4.0": require("socket.io-client-4.0").io,
  "3.1": require("socket.io-client-3.1").io,
};

export const transports = {
  polling: { transports: ["polling"] },
  websocket: { transports: ["websocket"] },
  "websocket with base64": { transports: ["websocket"], forceBase64: true },
  upgrade: { transports: ["polling", "websocket"] },
};

/** Calls `define(label, connect)` for each version and transport; `connect(url, options)` makes a socket. */
export function forEachClient(define) {
  for (const [version, io] of Object.entries(versions)) {
    for (const [name, transport] of Object.entries(transports)) {
      define(`client ${version} over ${name}`, (url, options = {}) =>
        io(url, { forceNew: true, reconnection: false, ...transport, ...options }), { version, transport: name });
    }
  }
}

/** Closes sockets whatever happened to them. */
export function closeAll(sockets) {
  for (const socket of sockets) socket.disconnect();
}
