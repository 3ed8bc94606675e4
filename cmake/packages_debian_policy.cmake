# SPDX-License-Identifier: MIT
# What Debian wants in a package beside an installation, made by cpack before it packs: man pages compressed, and a
# changelog of the package (Debian policy, 12.1 and 12.7).
find_program(GZIP gzip REQUIRED)
file(GLOB pages ${CPACK_TEMPORARY_DIRECTORY}/*/usr/share/man/man*/*)
file(GLOB documents ${CPACK_TEMPORARY_DIRECTORY}/*/usr/share/doc/*)
string(TIMESTAMP now "%a, %d %b %Y %H:%M:%S +0000" UTC)  # SOURCE_DATE_EPOCH, where that is set
foreach(folder IN LISTS documents)
  file(WRITE ${folder}/changelog "${CPACK_PACKAGE_NAME} (${CPACK_PACKAGE_VERSION}) unstable; urgency=medium

  * Version ${CPACK_PACKAGE_VERSION}.

 -- ${CPACK_PACKAGE_CONTACT}  ${now}
")
  list(APPEND pages ${folder}/changelog)
endforeach()
execute_process(COMMAND ${GZIP} -9n ${pages} COMMAND_ERROR_IS_FATAL ANY)
