// SPDX-License-Identifier: MIT
#pragma once

/// Says in one sentence that the compiler, or the standard it was asked for, is too old. Each front door includes it
/// first. The header that is missing then ends the compilation: what follows could only bury the sentence.

#if __cplusplus < 202100L || !__has_include(<expected>)
#error "parley: C++23 is needed. Compile with -std=c++23, by g++ 12 or clang 19 or newer."
#include <C++23 for parley>
#endif
