// SPDX-License-Identifier: MIT
// Writes every C++ program (a ```cpp block with a main) of the documents given into a folder, so that the build compiles
// it and the tests run it:  node extract_snippets.mjs OUT DOCUMENT...   Prints the files, separated by semicolons.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

const [out, ...documents] = process.argv.slice(2);
mkdirSync(out, { recursive: true });
const written = [];
for (const document of documents) {
  const programs = [...readFileSync(document, "utf8").matchAll(/^```cpp\n(.*?)^```/gms)]
    .map(([, code]) => code)
    .filter((code) => /\bint main\(/.test(code));
  programs.forEach((code, index) => {
    const path = join(out, `${basename(document, ".md").toLowerCase()}_${index + 1}.cpp`);
    if (!existsSync(path) || readFileSync(path, "utf8") !== code) writeFileSync(path, code);
    written.push(path);
  });
}
process.stdout.write(written.join(";"));
