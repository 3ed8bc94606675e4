// SPDX-License-Identifier: MIT
// nginx on the loopback with the configuration of docs/deployment.md: no root, no file outside of its own directory.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const program = ["/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx"].find((path) => existsSync(path));

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** The site's part of the document, with these ports instead of those there. */
async function documented(port, upstream) {
  const text = await readFile("docs/deployment.md", "utf8");
  const [, site] = /```nginx\n([\s\S]*?)```/.exec(text);
  const replaced = site.replaceAll("127.0.0.1:3000", `127.0.0.1:${upstream}`).replace(/listen 80;/, `listen 127.0.0.1:${port};`);
  if (replaced.split(`127.0.0.1:${upstream}`).length !== 2 || !replaced.includes(`:${port};`)) throw new Error("docs/deployment.md has other ports");
  return replaced;
}

// Two workers, each of which has connections of its own to the program and sends whatever comes over those that are idle.
const around = (directory, site) => `
daemon off;
worker_processes 2;
pid ${directory}/pid;
error_log ${directory}/error.log warn;
events { worker_connections 1024; }
http {
  access_log ${directory}/access.log;
  client_body_temp_path ${directory}/body;
  proxy_temp_path ${directory}/proxy;
  fastcgi_temp_path ${directory}/fastcgi;
  uwsgi_temp_path ${directory}/uwsgi;
  scgi_temp_path ${directory}/scgi;
  ${site}
}
`;

function accepts(port) {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => resolve(true)).on("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

async function tryToStart(upstream, change) {
  const directory = await mkdtemp(join(tmpdir(), "parley-nginx-"));
  const port = await freePort();
  const configuration = join(directory, "nginx.conf");
  await writeFile(configuration, (process.getuid() === 0 ? "user root;" : "") + around(directory, change(await documented(port, upstream))));
  const child = spawn(program, ["-p", directory, "-e", join(directory, "error.log"), "-c", configuration], { stdio: ["ignore", "inherit", "inherit"] });
  const exited = once(child, "exit");
  const nginx = {
    url: `http://127.0.0.1:${port}`,
    log: () => readFile(join(directory, "access.log"), "utf8"),
    async stop() {
      child.kill("SIGTERM");
      await exited;
      await rm(directory, { recursive: true });
    },
  };
  const deadline = Date.now() + 10_000;
  while (child.exitCode === null && Date.now() < deadline) {
    if (await accepts(port)) return nginx;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const errors = await readFile(join(directory, "error.log"), "utf8").catch(() => "");
  await nginx.stop();
  return errors;
}

/**
 * Starts it before the server on port `upstream`; resolves with its `url`, its access `log()`, and `stop()`. `change` makes of
 * the documented site what it is to be.
 */
export async function startNginx(upstream, change = (site) => site) {
  if (!program) throw new Error("no nginx found; script/bootstrap installs it");
  // Another process may have taken the port meanwhile.
  for (let attempt = 0; ; ++attempt) {
    const nginx = await tryToStart(upstream, change);
    if (typeof nginx !== "string") return nginx;
    if (attempt === 4) throw new Error(`nginx does not start:\n${nginx}`);
  }
}
