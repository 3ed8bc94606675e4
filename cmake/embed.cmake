# SPDX-License-Identifier: MIT
# parley_embed(<target> SYMBOL <name> [ETAG <text>] FILES <files...>)
# compiles the files into <target> as parley::embedded::<name>, a span of parley::EmbeddedFile. CMake itself makes the
# source, so it needs no tool and works where programs of the target do not run. Only the brotli form, which is optional,
# is made by a program: `brotli`, or Node.js.
find_program(PARLEY_BROTLI brotli)

function(parley_embed target)
  cmake_parse_arguments(ARG "" "SYMBOL;ETAG" "FILES" ${ARGN})
  set(out ${CMAKE_CURRENT_BINARY_DIR}/embedded_${ARG_SYMBOL})
  set(script ${PROJECT_SOURCE_DIR}/cmake/embed_files.cmake)
  add_custom_command(
    OUTPUT ${out}/${ARG_SYMBOL}.cpp
    COMMAND ${CMAKE_COMMAND} -D "SYMBOL=${ARG_SYMBOL}" -D "OUT=${out}" -D "ETAG=${ARG_ETAG}" -D "FILES=${ARG_FILES}"
            -D "BROTLI=${PARLEY_BROTLI}" -D "NODE=${PARLEY_NODE}" -P ${script}
    DEPENDS ${script} ${ARG_FILES}
    COMMENT "Embedding ${ARG_SYMBOL}"
    VERBATIM)
  target_sources(${target} PRIVATE ${out}/${ARG_SYMBOL}.cpp)
endfunction()
