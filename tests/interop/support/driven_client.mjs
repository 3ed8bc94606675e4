// SPDX-License-Identifier: MIT
// The C++ client of tests/interop/client.cpp: commands go in, what happened comes out, a line each.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { isDeepStrictEqual } from "node:util";

const build = process.env.PARLEY_BUILD;

const all = new Set();

/** For the end of a test that may have failed: none of them is left behind. */
export const killAll = () => all.forEach((client) => client.kill());

export class DrivenClient {
  /** All that happened and was not awaited yet. */
  lines = [];
  errors = "";
  #child;
  #waiting = new Set();

  constructor(url, options = {}) {
    assert.ok(build, "PARLEY_BUILD names the build tree");
    this.#child = spawn(resolve(build, "tests/interop_client"), [url, JSON.stringify(options)]);
    all.add(this);
    this.#child.stderr.setEncoding("utf8").on("data", (text) => (this.errors += text));
    this.#child.stdin.on("error", () => {});
    createInterface({ input: this.#child.stdout }).on("line", (line) => {
      this.lines.push(JSON.parse(line));
      for (const check of [...this.#waiting]) check();
    });
    this.exited = new Promise((done) => this.#child.once("close", (code, signal) => done({ code, signal })));
  }

  do(command) {
    this.#child.stdin.write(JSON.stringify(command) + "\n");
  }

  /** The next line that `matches`, which may be the beginning of it or a function; lines before it are dropped. */
  next(matches, milliseconds = 15_000) {
    const fits = typeof matches === "function" ? matches : (line) => isDeepStrictEqual(line.slice(0, matches.length), matches);
    return new Promise((done, fail) => {
      const check = () => {
        const index = this.lines.findIndex(fits);
        if (index < 0) return;
        clearTimeout(timer);
        this.#waiting.delete(check);
        done(this.lines.splice(0, index + 1).at(-1));
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(check);
        fail(new Error(`time ran out before ${matches}. Happened: ${JSON.stringify(this.lines)} ${this.errors}`));
      }, milliseconds);
      this.#waiting.add(check);
      check();
    });
  }

  /** Ends it as its input ends; it must end in order. */
  async end() {
    this.#child.stdin.end();
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), 10_000);
    assert.deepEqual(await this.exited, { code: 0, signal: null }, this.errors);
    clearTimeout(timer);
  }

  kill() {
    this.#child.kill("SIGKILL");
  }
}
