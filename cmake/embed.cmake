# SPDX-License-Identifier: MIT
# parley_embed(<target> SYMBOL <name> [ETAG <text>] FILES <files...>)
# compiles the files into <target> as parley::embedded::<name>, a span of parley::EmbeddedFile.
find_program(PARLEY_NODE node)

function(parley_embed target)
  cmake_parse_arguments(ARG "" "SYMBOL;ETAG" "FILES" ${ARGN})
  if(NOT PARLEY_NODE)
    message(FATAL_ERROR "Node.js is needed to embed files. script/bootstrap installs it.")
  endif()
  set(out ${CMAKE_CURRENT_BINARY_DIR}/embedded_${ARG_SYMBOL})
  file(MAKE_DIRECTORY ${out})
  set(etag "")
  if(ARG_ETAG)
    set(etag --etag ${ARG_ETAG})
  endif()
  set(script ${PROJECT_SOURCE_DIR}/cmake/embed_files.mjs)
  add_custom_command(
    OUTPUT ${out}/${ARG_SYMBOL}.S ${out}/${ARG_SYMBOL}.cpp
    COMMAND ${PARLEY_NODE} ${script} --symbol ${ARG_SYMBOL} --out ${out} ${etag} ${ARG_FILES}
    DEPENDS ${script} ${ARG_FILES}
    COMMENT "Embedding ${ARG_SYMBOL}"
    VERBATIM)
  target_sources(${target} PRIVATE ${out}/${ARG_SYMBOL}.S ${out}/${ARG_SYMBOL}.cpp)
endfunction()
