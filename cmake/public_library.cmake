# SPDX-License-Identifier: MIT
# The one library that users link, of the objects of all layers: `parley`, static, or shared where BUILD_SHARED_LIBS says
# so; its targets parley::server, parley::web, parley::client and parley::parley; and what an installation consists of.
#
# What is public is listed in parley/public_headers.txt, one header a line, and only that is installed. A source whose
# first #include is one of these defines what users link to, as do the few that are named below; the names of all others
# stay hidden in the shared library.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
option(PARLEY_INSTALL "Make install rules" ${PROJECT_IS_TOP_LEVEL})

set(PARLEY_PUBLIC_LIST ${PROJECT_SOURCE_DIR}/parley/public_headers.txt)
set_property(DIRECTORY ${PROJECT_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PARLEY_PUBLIC_LIST})
file(STRINGS ${PARLEY_PUBLIC_LIST} PARLEY_PUBLIC_HEADERS REGEX "^parley/")

# These define members of public classes beside what is inside.
set(PARLEY_PUBLIC_SOURCES
  client/auth_question.cpp client/dialer.cpp client/socket_core.cpp
  server/admission.cpp server/handshake_decision.cpp server/namespace_core.cpp server/socket_core.cpp
  web/route_table.cpp web/scheduled_calls.cpp)
list(TRANSFORM PARLEY_PUBLIC_SOURCES PREPEND ${PROJECT_SOURCE_DIR}/parley/)

# Shows the names of those among `sources` that define what is public.
function(parley_show_public_sources sources)
  foreach(source IN LISTS sources)
    file(STRINGS ${source} first LIMIT_COUNT 1 REGEX "^#include ")
    string(REGEX REPLACE "^#include [\"<](.*)[\">]" "\\1" first "${first}")
    if(first IN_LIST PARLEY_PUBLIC_HEADERS OR source IN_LIST PARLEY_PUBLIC_SOURCES)
      set_property(SOURCE ${source} APPEND PROPERTY COMPILE_OPTIONS -fvisibility=default -fno-semantic-interposition)
    endif()
  endforeach()
endfunction()

function(parley_add_public_library)
  set(objects "")
  set(hidden "")
  foreach(name IN LISTS PARLEY_LIBRARIES)
    list(APPEND objects $<TARGET_OBJECTS:parley_${name}>)
    get_target_property(hides parley_${name} PARLEY_HIDES)
    list(APPEND hidden ${hides})
  endforeach()
  list(REMOVE_DUPLICATES hidden)

  add_library(parley_library ${objects})
  add_library(parley::parley ALIAS parley_library)
  set_target_properties(parley_library PROPERTIES
    OUTPUT_NAME parley EXPORT_NAME parley LINKER_LANGUAGE CXX
    VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
  target_include_directories(parley_library PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>)
  target_compile_features(parley_library PUBLIC cxx_std_23)
  target_link_libraries(parley_library PRIVATE $<BUILD_INTERFACE:parley_compile_options> ${hidden})
  get_target_property(type parley_library TYPE)
  if(type STREQUAL SHARED_LIBRARY)
    set(map ${PROJECT_SOURCE_DIR}/cmake/exports.map)
    target_link_options(parley_library PRIVATE -Wl,--version-script=${map})
    set_target_properties(parley_library PROPERTIES LINK_DEPENDS ${map})
  endif()
  foreach(door server web client)
    add_library(parley_door_${door} INTERFACE)
    add_library(parley::${door} ALIAS parley_door_${door})
    set_target_properties(parley_door_${door} PROPERTIES EXPORT_NAME ${door})
    target_link_libraries(parley_door_${door} INTERFACE parley_library)
  endforeach()
  if(PARLEY_INSTALL)
    parley_install_public_library()
  endif()
endfunction()

function(parley_install_public_library)
  foreach(header IN LISTS PARLEY_PUBLIC_HEADERS)
    get_filename_component(folder ${header} DIRECTORY)
    install(FILES ${PROJECT_SOURCE_DIR}/${header} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/${folder} COMPONENT dev)
  endforeach()
  install(TARGETS parley_library parley_door_server parley_door_web parley_door_client EXPORT parley
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT dev
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT lib NAMELINK_COMPONENT dev
    INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
  set(folder ${CMAKE_INSTALL_LIBDIR}/cmake/parley)
  install(EXPORT parley NAMESPACE parley:: FILE parley-targets.cmake DESTINATION ${folder} COMPONENT dev)

  set(out ${PROJECT_BINARY_DIR}/install)
  configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/parley-config.cmake.in ${out}/parley-config.cmake
                                INSTALL_DESTINATION ${folder})
  # Before 1.0 each minor version may break what was promised before.
  write_basic_package_version_file(${out}/parley-config-version.cmake COMPATIBILITY SameMinorVersion)
  install(FILES ${out}/parley-config.cmake ${out}/parley-config-version.cmake DESTINATION ${folder} COMPONENT dev)

  # Relative, so that an installation may be moved, and may go elsewhere than it was configured for.
  set(PARLEY_PC_LIBDIR "\${pcfiledir}/..")
  cmake_path(IS_ABSOLUTE CMAKE_INSTALL_INCLUDEDIR is_absolute)
  if(is_absolute)
    set(PARLEY_PC_INCLUDEDIR ${CMAKE_INSTALL_INCLUDEDIR})
  else()
    file(RELATIVE_PATH up ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_FULL_INCLUDEDIR})
    set(PARLEY_PC_INCLUDEDIR "\${pcfiledir}/${up}")
  endif()
  get_target_property(type parley_library TYPE)
  if(type STREQUAL SHARED_LIBRARY)
    set(PARLEY_PC_REQUIRES "")  # whoever links it needs nothing else, not even for `pkg-config --cflags`
    set(PARLEY_PC_LIBS "")
    set(abi ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
    install(FILES ${PROJECT_SOURCE_DIR}/packaging/debian/copyright
            DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/libparley${abi} COMPONENT lib)
  else()
    set(PARLEY_PC_REQUIRES "Requires: libssl libcrypto simdjson zlib")
    set(PARLEY_PC_LIBS "-pthread")
  endif()
  configure_file(${PROJECT_SOURCE_DIR}/cmake/parley.pc.in ${out}/parley.pc @ONLY)
  install(FILES ${PROJECT_SOURCE_DIR}/packaging/debian/copyright DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/libparley-dev
          COMPONENT dev)
  install(FILES ${out}/parley.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT dev)
endfunction()
