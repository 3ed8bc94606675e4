// SPDX-License-Identifier: MIT
#pragma once

namespace parley {

/// The port that the environment variable `PORT` names, or `fallback` without one, as in `process.env.PORT || 3000`.
///
/// Throws SetupError if `PORT` is set to anything but a number from 0 to 65535. Where nobody catches that, the program
/// ends with the sentence and the status 1: see `Application::listen`.
int port_from_environment(int fallback);

}  // namespace parley
