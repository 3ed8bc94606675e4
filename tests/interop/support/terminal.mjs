// SPDX-License-Identifier: MIT
// A program in a terminal of its own, as tmux draws it: keys go in, the rows of its screen come out.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { until } from "./program.mjs";

const build = process.env.PARLEY_BUILD;
const quoted = (word) => `'${word.replaceAll("'", "'\\''")}'`;

export class Terminal {
  #folder = mkdtempSync(join(tmpdir(), "parley-terminal-"));
  #columns;

  /** `path` is below the build tree. The terminal stays when the program ends, and says how it did. */
  constructor(path, args, { columns = 80, rows = 24, env = {} } = {}) {
    assert.ok(build, "PARLEY_BUILD names the build tree");
    this.#columns = columns;
    const command = [resolve(build, path), ...args].map(quoted).join(" ");
    const settings = Object.entries({ LANG: "C.UTF-8", ...env }).map(([name, value]) => `${name}=${quoted(value)}`).join(" ");
    // A shell around it, as people have one: it keeps what the program leaves behind.
    const shell = `env ${settings} ${command}; echo "ended with $?, $(stty -a | grep -o -- '-*icanon')"; exec sleep 600`;
    this.#tmux("new-session", "-d", "-s", "it", "-x", String(columns), "-y", String(rows), shell);
  }

  #tmux(...args) {
    return execFileSync("tmux", ["-u", "-S", join(this.#folder, "socket"), "-f", "/dev/null", ...args], { encoding: "utf8", env: { ...process.env, TERM: "xterm-256color" } });
  }

  /** Keys as tmux names them: Enter, Left, C-c, M-b. */
  press(...keys) {
    this.#tmux("send-keys", "-t", "it", ...keys);
  }

  type(text) {
    this.#tmux("send-keys", "-t", "it", "-l", text);
  }

  /** Octets as a terminal would send them, however they are cut. */
  send(...octets) {
    this.#tmux("send-keys", "-t", "it", "-H", ...octets.map((octet) => octet.toString(16)));
  }

  paste(text) {
    this.#tmux("set-buffer", text);
    this.#tmux("paste-buffer", "-p", "-t", "it");
  }

  resize(columns, rows = 24) {
    this.#tmux("resize-window", "-t", "it", "-x", String(columns), "-y", String(rows));
  }

  /** What is on the screen, without the empty rows beneath. */
  screen() {
    return this.#tmux("capture-pane", "-p", "-t", "it").replace(/\n+$/, "");
  }

  /** The same with its colours. */
  painted() {
    return this.#tmux("capture-pane", "-p", "-e", "-t", "it");
  }

  row() {
    return this.screen().split("\n").at(-1);
  }

  cursor() {
    return Number(this.#tmux("display-message", "-p", "-t", "it", "#{cursor_x}"));
  }

  async shows(pattern) {
    await until(() => pattern.test(this.screen()), `${pattern} on the screen`).catch((error) => {
      throw new Error(`${error.message}:\n${this.screen()}`);
    });
  }

  async showsRow(row) {
    await until(() => this.row() === row, `the last row "${row}"`).catch((error) => {
      throw new Error(`${error.message}:\n${this.screen()}`);
    });
  }

  /** The process in it. */
  pid(name) {
    const shell = this.#tmux("display-message", "-p", "-t", "it", "#{pane_pid}").trim();
    return Number(execFileSync("pgrep", ["-P", shell, "-f", name], { encoding: "utf8" }).trim().split("\n")[0]);
  }

  close() {
    try {
      this.#tmux("kill-server");
    } catch {
      // It has ended by itself.
    }
    rmSync(this.#folder, { recursive: true });
  }
}
