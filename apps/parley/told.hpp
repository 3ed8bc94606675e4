// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "parley/client/connect_error.hpp"

namespace parley {

/// Why a client could not connect, in a sentence for a person.
std::string told(const ConnectError& error);

}  // namespace parley
