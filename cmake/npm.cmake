# SPDX-License-Identifier: MIT
# What the build takes from npm: the official browser client, and the bundler of the chat's page. Both can be missing:
# what needs them is then left out with a line that says how to get it.
find_program(PARLEY_NODE node)
find_program(PARLEY_NPM npm)

# Sets `result` to a node_modules folder that has `package`: the one of the checkout (script/bootstrap), else one in the
# build tree, which npm fills by the lockfile; empty if there is none. npm is asked once for each lockfile.
function(parley_find_npm_package package result)
  set(${result} "" PARENT_SCOPE)
  set(own ${PROJECT_BINARY_DIR}/npm)
  foreach(folder ${PROJECT_SOURCE_DIR}/node_modules ${own}/node_modules)
    if(EXISTS ${folder}/${package}/package.json)
      set(${result} ${folder} PARENT_SCOPE)
      return()
    endif()
  endforeach()
  file(SHA256 ${PROJECT_SOURCE_DIR}/package-lock.json lock)
  if(NOT PARLEY_NPM OR NOT PARLEY_NODE OR "${PARLEY_NPM_FAILED}" STREQUAL "${lock}")
    return()
  endif()

  message(STATUS "Parley: installing the npm packages that the build uses")
  file(COPY ${PROJECT_SOURCE_DIR}/package.json ${PROJECT_SOURCE_DIR}/package-lock.json DESTINATION ${own})
  execute_process(
    COMMAND ${PARLEY_NPM} ci --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error --fetch-retries=1
    WORKING_DIRECTORY ${own} TIMEOUT 300 RESULT_VARIABLE failed OUTPUT_QUIET ERROR_VARIABLE complaint)
  if(NOT failed AND EXISTS ${own}/node_modules/${package}/package.json)
    set(${result} ${own}/node_modules PARENT_SCOPE)
    return()
  endif()
  set(PARLEY_NPM_FAILED ${lock} CACHE INTERNAL "The lockfile that npm could not install")
  message(NOTICE "Parley: npm could not install ${package}; it is asked again in a new build tree.\n${complaint}")
endfunction()
