# SPDX-License-Identifier: MIT
# parley_need_package(<name> [version] DEBIAN <package> [UNLESS <option>]): find_package, or a sentence that says what to
# install, and which option builds without it.
macro(parley_need_package name)
  cmake_parse_arguments(NEED "" "DEBIAN;UNLESS" "" ${ARGN})
  find_package(${name} ${NEED_UNPARSED_ARGUMENTS} QUIET)
  if(NOT ${name}_FOUND)
    set(NEED_REMEDY "On Debian and its relatives: apt-get install ${NEED_DEBIAN}.")
    if(NEED_UNLESS)
      string(APPEND NEED_REMEDY " Or build without what needs it: -D${NEED_UNLESS}=OFF.")
    endif()
    message(FATAL_ERROR "Parley needs ${name} ${NEED_UNPARSED_ARGUMENTS}, and it was not found. ${NEED_REMEDY}")
  endif()
endmacro()
