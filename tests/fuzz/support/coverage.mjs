// SPDX-License-Identifier: MIT
// Replays each corpus in the coverage build and reads out of gcov which lines of the target's files were reached.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, join } from "node:path";

const build = "build/coverage";
const percentMin = 95;
const named = process.argv.slice(2);

const table = readFileSync(join(build, "tests/fuzz/targets.txt"), "utf8")
  .split("\n")
  .flatMap((line) => {
    const [name, files] = line.split(": ");
    return files ? [{ name, files: files.split(" ") }] : [];
  });

/** The counters of the library that `file`, as in http/query.cpp, belongs to. */
function objectsOf(file) {
  return join(build, "parley/CMakeFiles", `parley_${file.split("/")[0]}.dir`, `${file}.gcda`);
}

function forgetCounters() {
  for (const entry of readdirSync(build, { recursive: true })) {
    if (entry.endsWith(".gcda")) rmSync(join(build, entry));
  }
}

/** Map from line to how often it ran. A line of a template or of a lambda is there several times. */
function linesOf(file) {
  if (!existsSync(objectsOf(file))) return null;
  const output = execFileSync("gcov", ["--json-format", "--stdout", objectsOf(file)], { maxBuffer: 1 << 28, encoding: "utf8" });
  const lines = new Map();
  for (const unit of output.split("\n").filter(Boolean).map((text) => JSON.parse(text))) {
    for (const source of unit.files.filter((source) => source.file.endsWith(`parley/${file}`))) {
      for (const line of source.lines) lines.set(line.line_number, (lines.get(line.line_number) ?? 0) + line.count);
    }
  }
  return lines;
}

let isLow = false;
for (const { name, files } of table) {
  if (named.length > 0 && !named.includes(name)) continue;
  forgetCounters();
  execFileSync(join(build, `tests/fuzz/fuzz_${name}`), [`tests/fuzz/corpus/${name}`], { stdio: ["ignore", "ignore", "inherit"] });
  for (const file of files) {
    const lines = linesOf(file);
    const missed = lines ? [...lines].filter(([, count]) => count === 0).map(([line]) => line) : [];
    const total = lines?.size ?? 0;
    const percent = total ? (100 * (total - missed.length)) / total : 0;
    const mark = percent < percentMin ? "  LOW" : "";
    isLow ||= percent < percentMin;
    console.log(`${name.padEnd(22)} ${file.padEnd(34)} ${String(total - missed.length).padStart(4)} of ${String(total).padStart(4)} ${percent.toFixed(1).padStart(6)} %${mark}`);
    if (named.length > 0 && missed.length > 0) {
      const text = readFileSync(join("parley", file), "utf8").split("\n");
      for (const line of missed.sort((a, b) => a - b)) console.log(`    ${basename(file)}:${line}: ${text[line - 1].trim()}`);
    }
  }
}
process.exit(isLow ? 1 : 0);
