// SPDX-License-Identifier: MIT
// One of several processes with a Socket.IO server at the same port, each with sessions of its own.
import { createServer } from "node:http";
import { createRequire } from "node:module";

const { Server } = createRequire(import.meta.url)("socket.io");
const http = createServer();
new Server(http);
http.listen(0, "127.0.0.1");
