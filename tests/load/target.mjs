// SPDX-License-Identifier: MIT
// The server under attack, as the system sees it, and the healthy client that watches it.
import { fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync, readdirSync } from "node:fs";
import { startServer } from "../interop/support/program.mjs";
import { sleep } from "./loopback.mjs";

const ticksPerSecond = 100; // of /proc/<pid>/stat: USER_HZ

export class Target {
  static async start(settings = {}, { program = "tests/load_server", args = [], descriptors = 0 } = {}) {
    const words = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
    const shell = descriptors ? `ulimit -n ${descriptors}; exec "$0" "$@"` : undefined;
    const target = new Target();
    target.server = await startServer(program, [...args, ...words], {}, shell);
    process.once("exit", () => target.server.kill("SIGKILL")); // it does not outlive its attackers
    return target;
  }

  get port() {
    return this.server.port;
  }
  get alive() {
    return this.server.exitCode === undefined;
  }

  /** Octets of memory that are the process's alone. */
  memory() {
    return Number(/^RssAnon:\s+(\d+) kB/m.exec(readFileSync(`/proc/${this.server.pid}/status`, "utf8"))[1]) * 1024;
  }
  descriptors() {
    return readdirSync(`/proc/${this.server.pid}/fd`).length;
  }
  /** Seconds of processor time that it has used. */
  processor() {
    const fields = readFileSync(`/proc/${this.server.pid}/stat`, "utf8").split(") ")[1].split(" ");
    return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
  }

  /** The most memory that it had beyond what it has now, until `work` is done. */
  async growthDuring(work) {
    const before = this.memory();
    let most = before;
    const look = setInterval(() => (most = Math.max(most, this.memory())), 20);
    try {
      await work();
    } finally {
      clearInterval(look);
    }
    return Math.max(most, this.memory()) - before;
  }

  /** Waits until it has no more than `count` descriptors; how many seconds that took. */
  async secondsUntilDescriptors(count, most) {
    const begin = Date.now();
    while (this.descriptors() > count && Date.now() - begin < most * 1000) await sleep(10);
    return (Date.now() - begin) / 1000;
  }

  async stop() {
    return this.server.stop("SIGTERM");
  }
}

/** A client in a process of its own that asks both servers for a sum, a hundred times a second. */
export class Canary {
  static async start(target, control) {
    const canary = new Canary();
    canary.child = fork(new URL("canary.mjs", import.meta.url), [target.port, control.port].map(String));
    await once(canary.child, "message");
    return canary;
  }

  /** {p99, control, lost}: milliseconds of the server under attack and of the quiet one, and whether it was cut off. */
  async stop() {
    const told = once(this.child, "message");
    this.child.send("stop");
    return (await told)[0];
  }
}
