// SPDX-License-Identifier: MIT
// What the usual suite of WebSocket tests asks of compression: eighteen ways to cut a message, five kinds of content, seven
// agreements. Both roles are asked the same.
import { Buffer } from "node:buffer";

/** Octets of a message, and of each of its frames; 0: one frame. */
export const shapes = [
  [16, 0], [64, 0], [256, 0], [1024, 0], [4096, 0], [8192, 0], [16384, 0], [32768, 0], [65536, 0], [131072, 0],
  [8192, 256], [16384, 256], [32768, 256], [65536, 256], [131072, 256], [131072, 1024], [131072, 8192], [131072, 32768],
];

/** A number from 0 on below `bound`, the next of a row that is the same in every run. */
export function dice(seed) {
  let state = seed >>> 0;
  return (bound) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}

function words(list, size, next) {
  let text = "";
  while (text.length < size) text += `${list[next(list.length)]} `;
  return text;
}

// Cut to octets; what is left of a character goes.
const cut = (text, size) => {
  const octets = Buffer.from(text).subarray(0, size);
  let end = octets.length;
  const start = octets.lastIndexOf(0xc3);
  if (start === end - 1) end = start;
  return `${octets.subarray(0, end)}`.padEnd(size - (octets.length - end), " ");
};

/** Kinds of content: a message of `size` octets, text or a Buffer. */
export const contents = {
  "JSON of positions": (size, next) => {
    const rows = [];
    for (let i = 0; i < size / 40 + 1; ++i) rows.push({ id: next(10_000), x: next(1000) / 8, y: next(1000) / 8 });
    return JSON.stringify(rows).slice(0, size);
  },
  "JSON of people": (size, next) => {
    const names = ["Ada", "Grace", "Edsger", "Barbara", "Tony", "Donald"];
    const rows = [];
    for (let i = 0; i < size / 60 + 1; ++i) rows.push({ name: names[next(6)], room: `room ${next(50)}`, said: words(["yes", "no", "perhaps"], 20, next) });
    return JSON.stringify(rows).slice(0, size);
  },
  "text beyond ASCII": (size, next) => cut(words(["Grüße", "süß", "Öl", "daß", "Ärger", "und", "der", "die"], size, next), size),
  "repeated octets": (size, next) => Buffer.alloc(size, next(256)),
  "octets of chance": (size, next) => Buffer.from(Array.from({ length: size }, () => next(256))),
};

/** Agreements, as options of npm's ws, in either role. */
export const agreements = {
  "nothing asked": {},
  "no takeover": { serverNoContextTakeover: true, clientNoContextTakeover: true },
  "9 bits": { serverMaxWindowBits: 9, clientMaxWindowBits: 9 },
  "15 bits": { serverMaxWindowBits: 15, clientMaxWindowBits: 15 },
  "9 bits without takeover": { serverMaxWindowBits: 9, clientMaxWindowBits: 9, serverNoContextTakeover: true, clientNoContextTakeover: true },
  "15 bits without takeover": { serverMaxWindowBits: 15, clientMaxWindowBits: 15, serverNoContextTakeover: true, clientNoContextTakeover: true },
  "mixed": { serverMaxWindowBits: 10, clientNoContextTakeover: true },
};

/** Messages of a shape: many small ones or some large ones, about so many octets in all. */
export function messages([size], content, seed = size) {
  const next = dice(seed);
  const count = Math.max(3, Math.min(40, Math.ceil(150_000 / size)));
  return Array.from({ length: count }, () => contents[content](size, next));
}

/** Sends a message in frames of so many octets. */
export function sendIn(socket, message, frame) {
  const binary = typeof message !== "string";
  const octets = Buffer.from(message);
  if (frame === 0 || octets.length <= frame) return socket.send(message, { binary });
  for (let at = 0; at < octets.length; at += frame)
    socket.send(octets.subarray(at, at + frame), { binary, fin: at + frame >= octets.length });
}
