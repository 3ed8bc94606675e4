// SPDX-License-Identifier: MIT
// Starting a built program on a free port, reading what it prints, and ending it.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after } from "node:test";
import { isDeepStrictEqual } from "node:util";

const build = process.env.PARLEY_BUILD;

// What a test that failed has left behind would keep its port, and Node waiting for its end. This hook runs before those of the test
// itself, which still stop their programs in their own way.
const running = new Set();
if (process.env.NODE_TEST_CONTEXT) {
  after(() => running.forEach((program) => program.unref()));
  process.once("exit", () => running.forEach((program) => program.kill("SIGKILL")));
}

// What programs keep for their users goes to no home of whoever tests: each program has a state directory of its own.
const states = mkdtempSync(join(tmpdir(), "parley-test-states-"));
process.on("exit", () => rmSync(states, { recursive: true, force: true }));
let statesMade = 0;
export const ownState = () => ({ XDG_STATE_HOME: join(states, String(++statesMade)) });

export class Program {
  output = "";
  #child;
  #waiting = new Set();

  /** `path` is below the build tree, unless absolute. `shell` is what bash does first; it ends in how it starts the program, as in `exec "$0" "$@" 2>&-`. */
  constructor(path, args, env, shell) {
    assert.ok(build, "PARLEY_BUILD names the build tree");
    const command = shell ? ["bash", "-c", shell, resolve(build, path)] : [resolve(build, path)];
    this.#child = spawn(command[0], [...command.slice(1), ...args], { env: { ...process.env, ...ownState(), ...env }, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding("utf8");
      stream.on("data", (text) => {
        this.output += text;
        for (const check of this.#waiting) check();
      });
    }
    running.add(this);
    this.exited = new Promise((resolve) => {
      const ended = (code, signal) => {
        running.delete(this);
        this.exitCode = code;
        this.exitSignal = signal;
        for (const check of this.#waiting) check();
        resolve({ code, signal });
      };
      this.#child.once("close", ended);  // behind "exit": everything that it wrote has been read
      this.#child.once("error", (error) => ended(String(error), null));  // it could not be started
    });
  }

  get pid() {
    return this.#child.pid;
  }

  /** Resolves with the match once the output matches; rejects when the program ends or time runs out first. */
  printed(pattern, milliseconds = 15_000) {
    return new Promise((resolve, reject) => {
      const finish = (settle, value) => {
        clearTimeout(timer);
        this.#waiting.delete(check);
        settle(value);
      };
      const fail = (why) => finish(reject, new Error(`${why} before ${pattern} was printed. Output:\n${this.output}`));
      const check = () => {
        const match = pattern.exec(this.output);
        if (match) finish(resolve, match);
        else if (this.exitCode !== undefined) fail(`the program ended with ${this.exitCode ?? this.exitSignal}`);
      };
      const timer = setTimeout(() => fail("time ran out"), milliseconds);
      this.#waiting.add(check);
      check();
    });
  }

  kill(signal) {
    this.#child.kill(signal);
  }

  /** Lets Node end although the program runs. */
  unref() {
    for (const handle of [this.#child, this.#child.stdout, this.#child.stderr]) handle.unref();
  }

  /** Ends the program as Ctrl-C would and says how it ended. */
  async stop(signal = "SIGINT") {
    if (this.exitCode === undefined) this.kill(signal);
    const timer = setTimeout(() => this.kill("SIGKILL"), 10_000);
    const ended = await this.exited;
    clearTimeout(timer);
    return ended;
  }
}

/** Starts a server program that prints an address with its port; adds `port` and `url`. */
export async function startServer(path, args = [], env = {}, shell = undefined) {
  const program = new Program(path, args, { PORT: "0", ...env }, shell);
  const match = await program.printed(/(https?|ws):\/\/(?:[\w.]+|\[[\da-f:]+\]):(\d+)/);
  program.port = Number(match[2]);
  program.url = `${match[1] === "https" ? "https" : "http"}://127.0.0.1:${program.port}`;
  return program;
}

/** The next emission of `name` as its array of arguments; rejects when it does not come. */
export async function next(emitter, name, milliseconds = 10_000) {
  const signal = AbortSignal.timeout(milliseconds);
  try {
    return await once(emitter, name, { signal });
  } catch (error) {
    if (signal.aborted) throw new Error(`no "${name}" within ${milliseconds} ms`);
    throw error;
  }
}

/** `next` for Socket.IO sockets of every version, whose emitters are not Node's. */
export function nextEvent(socket, name, milliseconds = 10_000) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      socket.off(name, take);
      reject(new Error(`no "${name}" within ${milliseconds} ms`));
    }, milliseconds);
    const take = (...args) => {
      clearTimeout(timer);
      resolve(args);
    };
    socket.once(name, take);
  });
}

/** Waits until `condition()` is truthy and returns its value. */
export async function until(condition, what, milliseconds = 10_000) {
  const deadline = Date.now() + milliseconds;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}

/** Waits until `read()` gives a value deeply equal to `expected`; rejects with the difference. */
export async function untilEqual(read, expected, milliseconds = 10_000) {
  let value;
  const equal = async () => isDeepStrictEqual((value = await read()), expected);
  await until(equal, JSON.stringify(expected), milliseconds).catch(() => assert.deepEqual(value, expected));
}
