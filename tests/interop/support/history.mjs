// SPDX-License-Identifier: MIT
// Servers that keep what is said in a file of the test's own, and a look into that file.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { startServer } from "./program.mjs";

const folder = mkdtempSync(join(tmpdir(), "parley-history-"));
after(() => rmSync(folder, { recursive: true, force: true }));
let filesMade = 0;

/** The path of a file that is not there yet. */
export const newFile = () => join(folder, `${++filesMade}.db`);

/** `parley serve` on a file; `port` where clients come back. */
export const serveFile = (file, { port = 0, args = [], env = {} } = {}) =>
  startServer("apps/parley/parley", ["serve", "--data", file, "--port", String(port), ...args], env);

/** What SQLite's own program answers about a file. */
export function ask(file, statement) {
  const output = execFileSync("sqlite3", ["-json", file, statement], { encoding: "utf8", maxBuffer: 1 << 30 });
  return output ? JSON.parse(output) : [];
}

export function assertIntact(file) {
  assert.deepEqual(ask(file, "PRAGMA integrity_check"), [{ integrity_check: "ok" }]);
}
