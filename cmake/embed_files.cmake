# SPDX-License-Identifier: MIT
# Turns files into a C++ table of parley::EmbeddedFile, each file as it is, gzipped and, where a program for that is
# given, brotli-compressed. Run by the build (cmake/embed.cmake):
#
#   cmake -D SYMBOL=name -D OUT=directory -D FILES=list [-D ETAG=text] [-D BROTLI=program] [-D NODE=program] -P embed_files.cmake
#
# Without ETAG each file's ETag is a hash of its content.
cmake_minimum_required(VERSION 3.25)

set(type_html "text/html; charset=utf-8")
set(type_css "text/css; charset=utf-8")
set(type_js "application/javascript; charset=utf-8")
set(type_map "application/json; charset=utf-8")
set(type_svg "image/svg+xml")
set(type_txt "text/plain; charset=utf-8")
set(type_cpp "text/plain; charset=utf-8")
set(type_ "text/plain; charset=utf-8")

# The octets of `file`, in hexadecimal, compressed by gzip. Its time is left out: equal files give equal octets.
function(read_gzipped file result)
  set(compressed ${OUT}/compressed.gz)
  file(ARCHIVE_CREATE OUTPUT ${compressed} PATHS ${file} FORMAT raw COMPRESSION GZip COMPRESSION_LEVEL 9)
  file(READ ${compressed} octets HEX)
  file(REMOVE ${compressed})
  string(REGEX REPLACE "^(1f8b08..)........" "\\100000000" octets "${octets}")
  set(${result} "${octets}" PARENT_SCOPE)
endfunction()

# The same by brotli; empty where no program can do it.
function(read_brotli file result)
  set(compressed ${OUT}/compressed.br)
  set(${result} "" PARENT_SCOPE)
  if(BROTLI)
    execute_process(COMMAND ${BROTLI} --best --force --output=${compressed} ${file} COMMAND_ERROR_IS_FATAL ANY)
  elseif(NODE)
    set(program "const { readFileSync, writeFileSync } = require('fs')
      const [from, to] = process.argv.slice(1)
      writeFileSync(to, require('zlib').brotliCompressSync(readFileSync(from)))")
    execute_process(COMMAND ${NODE} -e "${program}" ${file} ${compressed} COMMAND_ERROR_IS_FATAL ANY)
  else()
    return()
  endif()
  file(READ ${compressed} octets HEX)
  file(REMOVE ${compressed})
  set(${result} "${octets}" PARENT_SCOPE)
endfunction()

# Adds the definition of one form of a file to `definitions`, and gives the view of it; `{}` if it is no gain.
macro(define_view label octets longest)
  string(LENGTH "${${octets}}" digits)
  if(digits EQUAL 0 OR digits GREATER_EQUAL "${longest}")
    set(view "{}")
  else()
    string(REGEX REPLACE "(..)" "\\\\x\\1" literal "${${octets}}")
    string(APPEND definitions "constexpr char ${label}[] = \"${literal}\";\n")
    math(EXPR size "${digits} / 2")
    set(view "{${label}, ${size}}")
  endif()
endmacro()

file(MAKE_DIRECTORY ${OUT})
set(definitions "")
set(rows "")
set(index 0)
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME)
  get_filename_component(extension ${file} LAST_EXT)
  string(REGEX REPLACE "^\\." "" extension "${extension}")
  if(NOT DEFINED type_${extension})
    message(FATAL_ERROR "embed: no content type is known for ${name}")
  endif()
  set(etag "${ETAG}")
  if(etag STREQUAL "")
    file(SHA256 ${file} etag)
    string(SUBSTRING ${etag} 0 32 etag)
  endif()

  file(READ ${file} identity HEX)
  read_gzipped(${file} gzip)
  read_brotli(${file} brotli)
  string(LENGTH "${identity}" longest)
  math(EXPR longer "${longest} + 1")
  set(label file_${index})
  define_view(${label}_identity identity ${longer})
  string(APPEND rows "    {\"${name}\", \"${type_${extension}}\", \"\\\"${etag}\\\"\", ${view}")
  define_view(${label}_gzip gzip ${longest})
  string(APPEND rows ", ${view}")
  define_view(${label}_brotli brotli ${longest})
  string(APPEND rows ", ${view}},\n")
  math(EXPR index "${index} + 1")
endforeach()

set(table "constexpr std::span<const EmbeddedFile> files{};  // none")
if(rows)
  set(table "constinit const EmbeddedFile files[] = {\n${rows}};")
endif()
file(WRITE ${OUT}/${SYMBOL}.cpp
     "// Generated from files; do not edit.
#include <span>

#include \"parley/web/embedded_file.hpp\"

#pragma GCC diagnostic ignored \"-Woverlength-strings\"

namespace parley::embedded {
namespace {
${definitions}${table}
}  // namespace

extern const std::span<const EmbeddedFile> ${SYMBOL};
constinit const std::span<const EmbeddedFile> ${SYMBOL}{files};
}  // namespace parley::embedded
")
