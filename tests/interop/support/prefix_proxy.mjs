// SPDX-License-Identifier: MIT
// A proxy as `location /chat/ { proxy_pass http://127.0.0.1:PORT/; }` makes one: it takes its prefix off each path.
import { once } from "node:events";
import { createServer, request } from "node:http";

/** Resolves with its `url`, what was asked for outside of the prefix (`strays`), and `close()`. */
export async function startPrefixProxy(prefix, port) {
  const strays = [];
  const sockets = new Set();

  function forward(incoming) {
    if (!incoming.url.startsWith(`${prefix}/`)) {
      strays.push(incoming.url);
      return undefined;
    }
    const { method, headers } = incoming;
    return request({ host: "127.0.0.1", port, method, headers, path: incoming.url.slice(prefix.length) });
  }

  const server = createServer((incoming, outgoing) => {
    const onward = forward(incoming);
    if (!onward) return outgoing.writeHead(404).end();
    onward.on("response", (answer) => {
      outgoing.writeHead(answer.statusCode, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on("error", () => outgoing.destroy());
    outgoing.on("close", () => onward.destroy());
    incoming.pipe(onward);
  });
  server.on("connection", (socket) => sockets.add(socket));
  server.on("upgrade", (incoming, socket, head) => {
    socket.on("error", () => socket.destroy());
    const onward = forward(incoming);
    if (!onward) return socket.destroy();
    onward.on("upgrade", (answer, far, first) => {
      const lines = Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}\r\n`);
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join("")}\r\n`);
      socket.write(first);
      far.write(head);
      far.on("error", () => socket.destroy());
      socket.pipe(far).pipe(socket);
    });
    onward.on("error", () => socket.destroy());
    onward.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    strays,
    url: `http://127.0.0.1:${server.address().port}`,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
