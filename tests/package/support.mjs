// SPDX-License-Identifier: MIT
// Building and installing as users do, with the compilers that they have.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
export const build = process.env.PARLEY_BUILD;
assert.ok(build, "PARLEY_BUILD names the build tree");

export const compilers = { gcc: process.env.PARLEY_CXX ?? "g++", clang: process.env.PARLEY_OTHER_CXX ?? "clang++-19" };

/** A folder beside the build tree, at the same depth: a compiler cache takes what was compiled there before. */
export function beside(name, { keep = true } = {}) {
  const folder = join(dirname(build), `${basename(build)}-${name}`);
  if (!keep) rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Runs a command to its end; gives {status, output}. */
export function attempt(command, args, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: "utf8", maxBuffer: 1 << 28, cwd: root, ...options });
  if (error) throw error;
  return { status, output: stdout + stderr };
}

/** Runs a command that has to succeed; gives what it said. */
export function run(command, args, options = {}) {
  const { status, output } = attempt(command, args, options);
  assert.equal(status, 0, `${command} ${args.join(" ")}\n${output}`);
  return output;
}

export function configure(source, folder, variables, options) {
  return run("cmake", configuration(source, folder, variables), options);
}

export function configuration(source, folder, variables) {
  const settings = Object.entries(variables).map(([name, value]) => `-D${name}=${value}`);
  return ["-S", source, "-B", folder, "-G", "Ninja", ...settings];
}

export function compile(folder, ...targets) {
  return run("cmake", ["--build", folder, "--parallel", "2", ...(targets.length ? ["--target", ...targets] : [])]);
}

/** Installs a part of a build tree under a new prefix, which it gives. */
export function install(folder, name, ...components) {
  const prefix = beside(name, { keep: false });
  for (const component of components) run("cmake", ["--install", folder, "--prefix", prefix, "--component", component]);
  return prefix;
}

/** The files below a folder, by their path from there, that match. */
export function filesBelow(folder, pattern = /./) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => !entry.isDirectory());
  return entries.map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name))).filter((path) => pattern.test(path)).sort();
}
