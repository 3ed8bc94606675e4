// SPDX-License-Identifier: MIT
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

// Whether a function refers to a variable of its handler is seen by the variable's place on the stack
// (net/call_frame.hpp). Clang's address sanitizer would move variables elsewhere, and report the use that tests see
// refused.
extern "C" const char* __asan_default_options();
extern "C" const char* __asan_default_options() {
    return "detect_stack_use_after_return=0";
}
