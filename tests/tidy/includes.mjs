// SPDX-License-Identifier: MIT
// The rules about #include, as a function from (path, text) to complaints.
import { existsSync } from "node:fs";
import { join, posix } from "node:path";
import { isTest, root } from "./house.mjs";

const thirdParty = {
  "OpenSSL::Crypto": /^openssl\//,
  "simdjson::simdjson": /^simdjson/,
  "ZLIB::ZLIB": /^zlib/,
};
const everywhereInTests = /^doctest\//;
const missingOnPurpose = "C++23 for parley";  // parley/base/language.hpp ends a compilation by it
const standardOrSystem = /^([a-z_0-9]+|(sys|net|netinet|arpa|linux)\/\w+\.h|\w+\.h|[a-z]{1,3}mmintrin\.h|immintrin\.h)$/;
const knownThirdParty = /^(openssl|simdjson|zlib|doctest|benchmark|CLI|spdlog|fmt|toml\+\+|utf8proc|uv|liburing)/;

// What of the standard library layers 0 and 1 may include: nothing that reads a clock, a file or a die, or that waits.
// <chrono> is there for its units; `now` is noticed below.
const pure = new Set(
  ("algorithm array atomic bit cassert charconv chrono climits cmath concepts cstddef cstdint cstdio cstdlib cstring deque " +
    "exception expected functional initializer_list iterator limits list map memory new numeric optional ratio set span " +
    "stdexcept string string_view tuple type_traits unordered_map unordered_set utility variant vector version " +
    "emmintrin.h immintrin.h tmmintrin.h").split(" "),
);

// Layer 4. Programs include what is public; `inside` are the libraries of which they may include the rest, too, and
// `programs` the other programs that they are made of.
const programs = {
  "apps/chat": { inside: ["base"], programs: [] },
  "apps/parley": { inside: ["base", "client", "engineio", "http", "net", "server", "socketio", "websocket"], programs: ["apps/chat", "apps/terminal"] },
  "apps/terminal": { inside: ["base", "net"], programs: [] },
  examples: { inside: [], programs: [] },
};

/** What stands in `path`: {library} of parley/<library>/, {door} of parley/<door>.hpp, {program}, or nothing of these. */
function placeOf(path) {
  const library = /^parley\/(\w+)\//.exec(path)?.[1];
  const door = /^parley\/(\w+)\.hpp$/.exec(path)?.[1];
  const program = /^(apps\/\w+|examples|bench)\//.exec(path)?.[1];
  return { library, door, program };
}

/** Lines as the compiler sees them: joined where one goes on, without comments. */
function directives(text) {
  return text
    .replace(/\\\n/g, "")
    .replace(/\/\*[\s\S]*?\*\//g, " ")
    .matchAll(/^[ \t]*(?:#|%:|\?\?=)[ \t]*(?:include|include_next|import)\b[ \t]*(.*)$/gm);
}

/** The file of this repository that an #include names, from the includer's folder or from the root; null for others. */
function resolve(path, name, isQuoted) {
  const here = posix.normalize(posix.join(posix.dirname(path), name));
  if (isQuoted && !here.startsWith("../") && existsSync(join(root, here))) return here;
  const fromRoot = posix.normalize(name);
  return /^(parley|apps|examples|bench|tests)\//.test(fromRoot) ? fromRoot : null;
}

function aboutForeign(path, name, entry) {
  const own = placeOf(path).library ?? placeOf(path).door;
  if (!path.startsWith("parley/")) return [];
  if (!knownThirdParty.test(name) && (standardOrSystem.test(name) || name === missingOnPurpose)) {
    const isImpure = entry?.layer <= 1 && !isTest(path) && !pure.has(name) && name !== missingOnPurpose;
    return isImpure ? [`${path}: <${name}> is nothing for layer ${entry.layer}: no files, clocks, dice or threads`] : [];
  }
  if (isTest(path) && everywhereInTests.test(name)) return [];
  const hidden = (entry?.hides ?? []).some((target) => thirdParty[target]?.test(name));
  if (path.endsWith(".hpp") && hidden && !/\/detail\//.test(path)) return [`${path}: a header includes third-party <${name}>`];
  return hidden ? [] : [`${path}: <${name}> is not declared by ${own} (HIDES)`];
}

function aboutLibrary(path, target, table) {
  const { library, door } = placeOf(path);
  const own = library ?? door;
  const wanted = placeOf(target);
  if (wanted.program || target.startsWith("tests/"))
    return wanted.program || !isTest(path) ? [`${path}: an upward dependency: the library knows nothing of ${target}`] : [];
  const name = wanted.library ?? wanted.door;
  if (name === own || !table.has(name)) return [];
  const entry = table.get(own);
  if (!entry) return [`${path}: belongs to no declared library`];
  if (entry.uses.includes(name)) return [];
  const up = table.get(name).layer > entry.layer ? "an upward dependency" : "an undeclared dependency";
  return [`${path}: ${up}: ${own} does not declare ${name} (includes "${target}")`];
}

function aboutProgram(path, target, isPublic) {
  const { program } = placeOf(path);
  const wanted = placeOf(target);
  const own = programs[program];
  if (!own || isTest(path)) return program === "bench" || own ? [] : [`${path}: ${program} is no declared program (tests/tidy/includes.mjs)`];
  if (wanted.program)
    return wanted.program === program || own.programs.includes(wanted.program) ? [] : [`${path}: ${program} does not declare ${wanted.program} (includes "${target}")`];
  if (target.startsWith("tests/")) return [`${path}: a program includes a test's "${target}"`];
  if (isPublic(target) || own.inside.includes(wanted.library)) return [];
  return [`${path}: ${target} is not public, and ${program} does not declare the inside of ${wanted.library}`];
}

/** `isPublic` tells of a header of the library whether it is one of parley/public_headers.txt. */
export function complaintsAbout(path, text, table, isPublic = () => true) {
  const complaints = [];
  const { library, door, program } = placeOf(path);
  const entry = table.get(library ?? door);
  if (entry?.layer <= 1 && !isTest(path) && /_clock\s*::\s*now\b/.test(text)) complaints.push(`${path}: a clock in layer ${entry.layer}: the time is an argument`);
  for (const [, what] of directives(text)) {
    const quoted = /^"([^"]+)"/.exec(what)?.[1];
    const angled = /^<([^>]+)>/.exec(what)?.[1];
    if (quoted === undefined && angled === undefined) {
      complaints.push(`${path}: an #include whose file cannot be read here: ${what}`);
      continue;
    }
    const target = resolve(path, quoted ?? angled, quoted !== undefined);
    if (target === null) {
      if (angled) complaints.push(...aboutForeign(path, angled, entry));
      else complaints.push(`${path}: "${quoted}" is no file of this repository`);
      continue;
    }
    if (target !== (quoted ?? angled)) complaints.push(`${path}: ${what} is written from the root: "${target}"`);
    if (path.startsWith("parley/")) {
      if (angled) complaints.push(`${path}: own headers stand in quotes: "${target}"`);
      complaints.push(...aboutLibrary(path, target, table));
    } else if (program) {
      complaints.push(...aboutProgram(path, target, isPublic));
    }
  }
  return complaints;
}
