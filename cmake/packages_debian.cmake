# SPDX-License-Identifier: MIT
# What `cpack` makes of an installation: a Debian package of the program, `parley`, one of the library, `libparley-dev`,
# and where the library is shared, one of that. script/package runs it.
if(PARLEY_TESTS)
  set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)  # packing needs none of the tests
endif()
set(CPACK_GENERATOR DEB)
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_PACKAGE_NAME parley)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "")  # each package has its own
if(NOT CPACK_PACKAGE_CONTACT)
  set(CPACK_PACKAGE_CONTACT "The Parley authors <parley@localhost>")
endif()
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_CURRENT_LIST_DIR}/packages_debian_policy.cmake)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_COMPONENTS_ALL dev)

set(CPACK_DEBIAN_DEV_PACKAGE_NAME libparley-dev)
set(CPACK_DEBIAN_DEV_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEV_DESCRIPTION "Socket.IO and WebSocket for C++ (development files)
A complete Socket.IO server that the unmodified official clients talk to,
a WebSocket server, and an HTTP application under both.")
set(CPACK_DEBIAN_DEV_PACKAGE_DEPENDS "libssl-dev (>= 3), libsimdjson-dev (>= 3), zlib1g-dev")
if(BUILD_SHARED_LIBS)
  set(abi ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
  list(APPEND CPACK_COMPONENTS_ALL lib)
  set(CPACK_DEBIAN_LIB_PACKAGE_NAME libparley${abi})
  set(CPACK_DEBIAN_LIB_PACKAGE_SECTION libs)
  set(CPACK_DEBIAN_LIB_PACKAGE_SHLIBDEPS ON)
  set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
  set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS_POLICY ">=")
  set(CPACK_DEBIAN_LIB_DESCRIPTION "Socket.IO and WebSocket for C++ (shared library)
What programs need that were built with libparley-dev.")
  set(CPACK_DEBIAN_DEV_PACKAGE_DEPENDS "libparley${abi} (= ${PROJECT_VERSION})")
endif()

if(PARLEY_APPS)
  list(APPEND CPACK_COMPONENTS_ALL program)
  set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME parley)
  set(CPACK_DEBIAN_PROGRAM_PACKAGE_SECTION net)
  set(CPACK_DEBIAN_PROGRAM_PACKAGE_SHLIBDEPS ON)
  set(CPACK_DEBIAN_PROGRAM_PACKAGE_SUGGESTS libparley-dev)
  set(CPACK_DEBIAN_PROGRAM_DESCRIPTION "group chat in one program
\"parley serve\" starts a chat server with its page inside. A hardened systemd
unit comes with it, and \"parley new\" writes projects for libparley-dev.")
  set(scripts ${PROJECT_SOURCE_DIR}/packaging/debian)
  set(CPACK_DEBIAN_PROGRAM_PACKAGE_CONTROL_EXTRA ${scripts}/postinst ${scripts}/prerm ${scripts}/postrm)
endif()
include(CPack)
