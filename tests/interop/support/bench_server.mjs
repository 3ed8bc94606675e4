// SPDX-License-Identifier: MIT
// What `parley bench` loads, by the official server and ws; `fault` says how one of them goes wrong.
import { once } from "node:events";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { WebSocketServer } from "ws";

const { Server } = createRequire(import.meta.url)("socket.io");

/** The faults: each gets the answers of one socket in turn, and says them as it likes. */
export const faults = {
  none: () => (value, say) => say(value),
  drops: () => {
    let count = 0;
    return (value, say) => ++count % 50 !== 0 && say(value);
  },
  repeats: () => {
    let count = 0;
    return (value, say) => {
      say(value);
      if (++count % 50 === 0) say(value);
    };
  },
  alters: () => {
    let count = 0;
    return (value, say) => say(++count % 50 === 0 ? value.slice(0, -1) + "!" : value);
  },
  reorders: () => {
    let count = 0;
    let held;
    return (value, say) => {
      if (++count % 50 === 0) return (held = value);
      say(value);
      if (held !== undefined) say(held);
      held = undefined;
    };
  },
};

/** A server of all scenarios: `url` for Socket.IO, `wsUrl` for plain WebSockets. */
export async function startBenchServer(fault = "none", options = {}) {
  const http = createServer();
  const io = new Server(http, options);
  io.on("connection", (socket) => {
    socket.emit("welcome", "none of your business");
    const through = faults[fault]();
    socket.on("echo", (value) => through(value, (said) => socket.emit("echo", said)));
    socket.on("shout", (value) => socket.emit("heard", value.toUpperCase()));
    socket.on("ack", (value, ack) => through(value, ack));
    socket.on("broadcast", (value) => through(value, (said) => io.emit("broadcast", said)));
    socket.on("join", (room, ack) => ack(socket.join(room)));
    socket.on("room", (room, value) => through(value, (said) => io.to(room).emit("room", said)));
    socket.on("leave me", () => socket.disconnect(true));
  });
  io.of("/closed").use((socket, next) => (socket.handshake.auth.token === "secret" ? next() : next(new Error("who are you?"))));
  const everybody = new Set();
  const plain = new WebSocketServer({ noServer: true });
  http.on("upgrade", (request, socket, head) => {
    if (!/^\/(echo|broadcast)$/.test(request.url)) return;
    plain.handleUpgrade(request, socket, head, (ws) => {
      const through = faults[fault]();
      const hearers = () => (request.url === "/echo" ? [ws] : [...everybody]);
      if (request.url === "/broadcast") everybody.add(ws);
      ws.on("close", () => everybody.delete(ws));
      ws.on("message", (data) => through(data.toString(), (said) => hearers().forEach((hearer) => hearer.send(said))));
    });
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const address = `127.0.0.1:${http.address().port}`;
  return {
    url: `http://${address}`,
    wsUrl: `ws://${address}`,
    io,
    stop() {
      plain.clients.forEach((client) => client.terminate());
      io.close();
      http.closeAllConnections();
    },
  };
}
