# SPDX-License-Identifier: MIT
# The table of the house: which library stands on which floor, what it may use, and what third party it hides.
#
# This file is the only place where a dependency is declared. The build links by it; tests/tidy reads it to check
# every #include of the tree, and the undefined symbols of the libraries of layers 0 and 1.
#
#   parley_library(<name> LAYER <n> USES <libraries...> HIDES <third-party targets...>)
#
# A library's sources are all *.cpp of parley/<name> (recursively) but the *_test.cpp, which make <name>_test. These
# libraries are the inside: what users link is one library of all their objects (cmake/public_library.cmake).

set(PARLEY_LIBRARIES "" CACHE INTERNAL "")

function(parley_library name)
  cmake_parse_arguments(ARG "" "LAYER" "USES;HIDES" ${ARGN})
  set(directory ${PROJECT_SOURCE_DIR}/parley/${name})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${directory}/*.cpp)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")

  add_library(parley_${name} STATIC ${sources})
  set_target_properties(parley_${name} PROPERTIES LINKER_LANGUAGE CXX CXX_VISIBILITY_PRESET hidden)
  parley_show_public_sources("${sources}")
  target_include_directories(parley_${name} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>)
  target_compile_features(parley_${name} PUBLIC cxx_std_23)
  target_link_libraries(parley_${name} PRIVATE $<BUILD_INTERFACE:parley_compile_options>)
  foreach(used IN LISTS ARG_USES)
    get_target_property(used_layer parley_${used} PARLEY_LAYER)
    if(used_layer GREATER ARG_LAYER)
      message(FATAL_ERROR "layers: ${name} (layer ${ARG_LAYER}) may not use ${used} (layer ${used_layer}): arrows point down only")
    endif()
    target_link_libraries(parley_${name} PUBLIC parley_${used})
  endforeach()
  target_link_libraries(parley_${name} PRIVATE ${ARG_HIDES})
  set_target_properties(parley_${name} PROPERTIES PARLEY_LAYER ${ARG_LAYER} PARLEY_HIDES "${ARG_HIDES}")
  set(PARLEY_LIBRARIES ${PARLEY_LIBRARIES} ${name} CACHE INTERNAL "")

  if(PARLEY_TESTS AND tests)
    parley_test(${name}_test SOURCES ${tests} USES parley_${name})
  endif()
endfunction()

define_property(TARGET PROPERTY PARLEY_LAYER BRIEF_DOCS "Floor on which the library stands")
define_property(TARGET PROPERTY PARLEY_HIDES BRIEF_DOCS "Third-party targets that only its own sources see")
