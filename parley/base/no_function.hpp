// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "parley/base/error.hpp"

namespace parley {

/// What a member, as in "Server::of()", throws that was given a function which is none. It says so at once, as
/// EventEmitter and Express do: when the function is to be called, it is too late.
inline SetupError no_function(const char* member) {
    return SetupError({ErrorCode::invalid_argument, std::string(member) + " needs a function: this one is empty."});
}

}  // namespace parley
