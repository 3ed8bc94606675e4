// SPDX-License-Identifier: MIT
// The rules about #include, as a function from (path, text) to complaints.
import { isTest } from "./house.mjs";

const thirdParty = {
  "OpenSSL::Crypto": /^openssl\//,
  "simdjson::simdjson": /^simdjson/,
  "ZLIB::ZLIB": /^zlib/,
};
const everywhereInTests = /^doctest\//;
const missingOnPurpose = "C++23 for parley";  // parley/base/language.hpp ends a compilation by it
const standardOrSystem = /^([a-z_0-9]+|(sys|net|netinet|arpa|linux)\/\w+\.h|\w+\.h|[a-z]{1,3}mmintrin\.h|immintrin\.h)$/;
const knownThirdParty = /^(openssl|simdjson|zlib|doctest|benchmark|CLI|spdlog|fmt|toml\+\+|uv|liburing)/;

/** What stands in `path`: {library} of parley/<library>/, {door} of parley/<door>.hpp, or neither. */
function placeOf(path) {
  const library = /^parley\/(\w+)\//.exec(path)?.[1];
  const door = /^parley\/(\w+)\.hpp$/.exec(path)?.[1];
  return { library, door };
}

export function complaintsAbout(path, text, table) {
  const complaints = [];
  const { library, door } = placeOf(path);
  const own = library ?? door;
  const entry = table.get(own);
  const isHeader = path.endsWith(".hpp");
  for (const [, quoted, angled] of text.matchAll(/^\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)/gm)) {
    if (angled) {
      const known = knownThirdParty.test(angled);
      if (!known && (standardOrSystem.test(angled) || angled === missingOnPurpose)) continue;
      if (!path.startsWith("parley/")) continue;
      if (isTest(path) && everywhereInTests.test(angled)) continue;
      const hidden = (entry?.hides ?? []).some((target) => thirdParty[target]?.test(angled));
      if (isHeader && hidden && !/\/detail\//.test(path)) complaints.push(`${path}: a header includes third-party <${angled}>`);
      else if (!hidden) complaints.push(`${path}: <${angled}> is not declared by ${own} (HIDES)`);
      continue;
    }
    if (!quoted.startsWith("parley/")) continue;
    const target = placeOf(quoted);
    const wanted = target.library ?? target.door;
    if (!path.startsWith("parley/") || wanted === own || !table.has(wanted)) continue;
    if (!entry) {
      complaints.push(`${path}: belongs to no declared library`);
    } else if (!entry.uses.includes(wanted)) {
      const up = table.get(wanted).layer > entry.layer ? "an upward dependency" : "an undeclared dependency";
      complaints.push(`${path}: ${up}: ${own} does not declare ${wanted} (includes "${quoted}")`);
    }
  }
  return complaints;
}
