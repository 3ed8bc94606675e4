// SPDX-License-Identifier: MIT
// What the tidy tests read the repository with: the list of files, and the layer table of parley/CMakeLists.txt.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "../..");

/** The files git knows or would take, that match. */
export function files(pattern) {
  const listed = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], { cwd: root, encoding: "utf8" });
  return listed.split("\n").filter((path) => pattern.test(path));
}

export function read(path) {
  return readFileSync(join(root, path), "utf8");
}

/** Map from library to {layer, uses, hides}, from the parley_library() calls. */
export function layerTable(text = read("parley/CMakeLists.txt")) {
  const table = new Map();
  const call = /^parley_library\((\w+) LAYER (\d)(?: USES ([\w ]*?))?(?: HIDES ([\w: ]*?))?\)/gm;
  for (const [, name, layer, uses, hides] of text.matchAll(call)) {
    const list = (words) => (words ? words.trim().split(/\s+/) : []);
    table.set(name, { layer: Number(layer), uses: list(uses), hides: list(hides) });
  }
  return table;
}

export function isTest(path) {
  return /_test\w*\.cpp$/.test(path) || path.startsWith("tests/");
}
