// SPDX-License-Identifier: MIT
// Turns files into one assembler file and one C++ table of parley::EmbeddedFile, each file as it is, gzipped and
// brotli-compressed. Run by the build (cmake/embed.cmake):
//
//   node embed_files.mjs --symbol NAME --out DIRECTORY [--etag TEXT] FILE...
//
// Without --etag each file's ETag is a hash of its content.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const contentTypes = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "application/javascript; charset=utf-8",
  ".map": "application/json; charset=utf-8",
  ".svg": "image/svg+xml",
  "": "text/plain; charset=utf-8",
};

const { values, positionals: files } = parseArgs({
  options: { symbol: { type: "string" }, out: { type: "string" }, etag: { type: "string" } },
  allowPositionals: true,
});
const { symbol, out } = values;

function contentTypeOf(name) {
  const extension = name.includes(".") ? name.slice(name.lastIndexOf(".")) : "";
  const type = contentTypes[extension];
  if (!type) throw new Error(`embed: no content type is known for ${name}`);
  return type;
}

function compress(content) {
  const gzip = gzipSync(content, { level: 9 });
  const brotli = brotliCompressSync(content, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length },
  });
  const worthwhile = (variant) => (variant.length < content.length ? variant : Buffer.alloc(0));
  return { identity: content, gzip: worthwhile(gzip), brotli: worthwhile(brotli) };
}

const assembler = ["// Generated from files; do not edit.", ".section .rodata", ".balign 8"];
const declarations = [];
const rows = [];

files.forEach((file, index) => {
  const name = basename(file);
  const content = readFileSync(file);
  const etag = values.etag ?? createHash("sha256").update(content).digest("base64url").slice(0, 22);
  const views = Object.entries(compress(content)).map(([encoding, bytes]) => {
    if (bytes.length === 0) return "{}";
    const label = `${symbol}_${index}_${encoding}`;
    const path = join(out, `${label}.bin`);
    writeFileSync(path, bytes);
    assembler.push(`.global ${label}`, `${label}:`, `.incbin "${path}"`, ".byte 0");
    declarations.push(`extern const char ${label}[];`);
    return `{${label}, ${bytes.length}}`;
  });
  rows.push(`    {"${name}", "${contentTypeOf(name)}", "\\"${etag}\\"", ${views.join(", ")}},`);
});
assembler.push('.section .note.GNU-stack,"",%progbits', "");

writeFileSync(join(out, `${symbol}.S`), assembler.join("\n"));
writeFileSync(
  join(out, `${symbol}.cpp`),
  `// Generated from files; do not edit.
#include "parley/web/embedded_file.hpp"

extern "C" {
${declarations.join("\n")}
}

namespace parley::embedded {
static constinit const EmbeddedFile files[] = {
${rows.join("\n")}
};
extern const std::span<const EmbeddedFile> ${symbol};
constinit const std::span<const EmbeddedFile> ${symbol}{files};
}  // namespace parley::embedded
`,
);
