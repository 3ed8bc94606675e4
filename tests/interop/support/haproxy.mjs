// SPDX-License-Identifier: MIT
// haproxy on the loopback with the configuration of docs/deployment.md: no root, no file outside of its own directory.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const program = ["/usr/sbin/haproxy", "/usr/bin/haproxy", "/usr/local/sbin/haproxy"].find((path) => existsSync(path));

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** Starts it before the server on port `upstream`, whose health it asks by `check`, as in `GET /readyz` and `port 9090`. */
export async function startHaproxy(upstream, { question, where }) {
  if (!program) throw new Error("no haproxy found; script/bootstrap installs it");
  const text = await readFile("docs/deployment.md", "utf8");
  const [, documented] = /```haproxy\n([\s\S]*?)```/.exec(text);
  const port = await freePort();
  const configuration = documented
    .replace("bind :80", `bind 127.0.0.1:${port}`)
    .replace("option httpchk GET /healthz", `option httpchk ${question}`)
    .replace("127.0.0.1:3000 check", `127.0.0.1:${upstream} check inter 200ms ${where}`);
  if (!configuration.includes(`:${port}`) || !configuration.includes(question) || !configuration.includes(`:${upstream} check`)) {
    throw new Error("docs/deployment.md has another configuration");
  }
  const directory = await mkdtemp(join(tmpdir(), "parley-haproxy-"));
  const file = join(directory, "haproxy.cfg");
  await writeFile(file, `global\n    maxconn 500\n${configuration}`);
  const child = spawn(program, ["-db", "-f", file], { stdio: ["ignore", "ignore", "pipe"] });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (part) => (errors += part));
  const exited = once(child, "exit");
  const haproxy = {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      child.kill("SIGTERM");
      await exited;
      await rm(directory, { recursive: true });
    },
  };
  const deadline = Date.now() + 10_000;
  for (;;) {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`haproxy does not start:\n${errors}`);
    const answer = await fetch(haproxy.url, { headers: { connection: "close" } }).catch(() => undefined);
    if (answer && answer.status !== 503) return haproxy;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
