// SPDX-License-Identifier: MIT
#pragma once

namespace parley::web {

/// From now on a SetupError that nobody catches ends the program with its sentence on the standard error and the status
/// 1, instead of an abort: a port that is taken is no crash. Every other exception, and every program that has set a
/// terminate handler of its own, ends as before.
void tell_uncaught_setup_errors() noexcept;

}  // namespace parley::web
