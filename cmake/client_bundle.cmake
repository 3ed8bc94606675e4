# SPDX-License-Identifier: MIT
# parley_add_client_bundle(<target>): embeds the official browser client, where it can be had.
set(PARLEY_CLIENT_BUNDLE AUTO CACHE STRING
    "Embed the official browser client: AUTO (if it can be had), ON (fail if not), OFF")
set_property(CACHE PARLEY_CLIENT_BUNDLE PROPERTY STRINGS AUTO ON OFF)
set(PARLEY_CLIENT_PACKAGE "" CACHE PATH "Folder of the npm package socket.io-client; empty: found or installed")

function(parley_add_client_bundle target)
  set(package "${PARLEY_CLIENT_PACKAGE}")
  if(PARLEY_CLIENT_BUNDLE AND NOT package)
    parley_find_npm_package(socket.io-client folder)
    if(folder)
      set(package ${folder}/socket.io-client)
    endif()
  endif()

  if(PARLEY_CLIENT_BUNDLE AND EXISTS "${package}/package.json")
    file(READ ${package}/package.json description)
    string(JSON version GET "${description}" version)
    set(files ${package}/LICENSE)
    foreach(build js min.js esm.min.js msgpack.min.js)
      list(APPEND files ${package}/dist/socket.io.${build} ${package}/dist/socket.io.${build}.map)
    endforeach()
    parley_embed(${target} SYMBOL client_bundle ETAG ${version} FILES ${files})
    return()
  endif()

  if(PARLEY_CLIENT_BUNDLE)
    set(remedy "To have it, install Node.js 18 or newer with npm and configure a new build tree, or name the folder of "
               "the npm package socket.io-client by -DPARLEY_CLIENT_PACKAGE=...")
    string(JOIN "" remedy ${remedy})
    if(PARLEY_CLIENT_BUNDLE STREQUAL AUTO AND NOT PARLEY_CLIENT_PACKAGE)
      message(NOTICE "Parley: built without the official browser client, which pages load from /socket.io/socket.io.js. "
                     "${remedy}")
    elseif(PARLEY_CLIENT_PACKAGE)
      message(FATAL_ERROR "Parley: there is no npm package at PARLEY_CLIENT_PACKAGE, \"${PARLEY_CLIENT_PACKAGE}\".")
    else()
      message(FATAL_ERROR "Parley: PARLEY_CLIENT_BUNDLE is ON, and the official browser client cannot be had. ${remedy}")
    endif()
  endif()
  set(out ${CMAKE_CURRENT_BINARY_DIR}/embedded_client_bundle)
  parley_embed(${target} SYMBOL client_bundle FILES "")
endfunction()
