// SPDX-License-Identifier: MIT
// Many official clients of one server that talk to each other.
import assert from "node:assert/strict";
import { closeAll, transports, versions } from "./clients.mjs";
import { nextEvent, untilEqual } from "./program.mjs";

export const ask = (socket, event, ...values) => new Promise((resolve) => socket.emit(event, ...values, resolve));

/** Clients of every version over every transport, `rounds` of each. */
export function connectAll(url, rounds, options = {}) {
  const sockets = [];
  for (let round = 0; round < rounds; ++round)
    for (const io of Object.values(versions))
      for (const transport of Object.values(transports)) sockets.push(io(url, { forceNew: true, reconnection: false, ...transport, ...options }));
  return sockets;
}

/** Every client hears every broadcast once, in order, has its own answers, and is in its room. */
export async function checkCrowd(url, rounds) {
  const sockets = connectAll(url, rounds);
  const heard = new Map(sockets.map((socket) => [socket, []]));
  try {
    for (const socket of sockets) socket.on("to all", (value) => heard.get(socket).push(value));
    await Promise.all(sockets.map((socket) => nextEvent(socket, "connect", 60_000)));
    await Promise.all(sockets.map((socket, i) => ask(socket, "join", `room ${i % 3}`)));

    const sums = await Promise.all(sockets.map((socket, i) => ask(socket, "add", i, 1)));
    assert.deepEqual(sums, sockets.map((_, i) => i + 1));

    const members = await ask(sockets[0], "who is in", "room 1");
    assert.deepEqual(members.sort(), sockets.filter((_, i) => i % 3 === 1).map((socket) => socket.id).sort());

    // One speaker's words keep their order; those of another may come between.
    for (const [who, socket] of [["a", sockets[1]], ["b", sockets[sockets.length - 1]]])
      for (let i = 0; i < 20; ++i) socket.emit("say to all", `${who}${i}`);
    await untilEqual(() => sockets.every((socket) => heard.get(socket).length === 40), true, 30_000);
    for (const socket of sockets)
      for (const who of ["a", "b"])
        assert.deepEqual(heard.get(socket).filter((word) => word.startsWith(who)), Array.from({ length: 20 }, (_, i) => `${who}${i}`));

    const said = sockets.filter((_, i) => i % 3 === 2).map((socket) => nextEvent(socket, "said", 30_000));
    sockets[0].emit("say to room", "room 2", "hello");
    assert.deepEqual(new Set((await Promise.all(said)).flat()), new Set(["hello"]));
    return sockets.map((socket) => socket.io.engine.transport.name);
  } finally {
    closeAll(sockets);
  }
}
