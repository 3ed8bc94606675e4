# SPDX-License-Identifier: MIT
# What every target of this repository is compiled with. Users of the libraries inherit only the language level.
add_library(parley_compile_options INTERFACE)
target_compile_features(parley_compile_options INTERFACE cxx_std_23)
target_compile_options(parley_compile_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough
  -Werror=return-type -fno-strict-aliasing -fvisibility-inlines-hidden)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # g++ 12 at -O3 sees overlapping copies, uninitialized members and foreign deletes in std::string that are not there
  # (GCC bugs 105651, 105562).
  target_compile_options(parley_compile_options INTERFACE -Wno-restrict -Wno-maybe-uninitialized -Wno-free-nonheap-object)
endif()
option(PARLEY_WERROR "Treat warnings as errors" ${PROJECT_IS_TOP_LEVEL})
if(PARLEY_WERROR)
  target_compile_options(parley_compile_options INTERFACE -Werror)
endif()
if(PARLEY_SANITIZE)
  target_compile_options(parley_compile_options INTERFACE -fsanitize=${PARLEY_SANITIZE} -fno-omit-frame-pointer
                                                          -fno-sanitize-recover=all)
  target_link_options(parley_compile_options INTERFACE -fsanitize=${PARLEY_SANITIZE})
endif()
if(PARLEY_FUZZ)
  target_compile_options(parley_compile_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
