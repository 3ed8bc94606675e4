# SPDX-License-Identifier: MIT
# parley_test(<name> SOURCES <files...> USES <targets...>): one doctest executable and its CTest entry, label "unit".
if(PARLEY_TESTS)
  add_library(parley_test_main STATIC ${PROJECT_SOURCE_DIR}/tests/support/doctest_main.cpp)
  target_compile_features(parley_test_main PUBLIC cxx_std_23)
  target_link_libraries(parley_test_main PRIVATE parley_compile_options)
  target_include_directories(parley_test_main PUBLIC ${PROJECT_SOURCE_DIR})
endif()

function(parley_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;USES" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  # Each file of a test is written for itself, and names its helpers as it likes.
  set_target_properties(${name} PROPERTIES UNITY_BUILD OFF)
  target_link_libraries(${name} PRIVATE parley_compile_options parley_test_main ${ARG_USES})
  # What a sanitizer is to see is there at every level, and a test is run once: compiling it is most of its cost.
  if(PARLEY_SANITIZE)
    target_compile_options(${name} PRIVATE -O0)
  endif()
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS unit TIMEOUT 120)
endfunction()
