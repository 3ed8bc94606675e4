// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace parley {

/// What to tell somebody whose command line `program` could not read: what is wrong, and what may have been meant.
std::string complaint(const CLI::App& program, const CLI::ParseError& error);

}  // namespace parley
