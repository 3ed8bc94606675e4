// SPDX-License-Identifier: MIT
#pragma once

/// The front door of parley::json: the value, reading and writing text, and typed reading and writing.
///
/// Maps, sets, arrays and tuples: include "parley/json/containers.hpp" as well, and for std::variant
/// "parley/json/variant.hpp".

#include "parley/base/language.hpp"

#include "parley/json/codec.hpp"
#include "parley/json/json.hpp"
#include "parley/json/limits.hpp"
#include "parley/json/reader.hpp"
#include "parley/json/time.hpp"
#include "parley/json/writer.hpp"
