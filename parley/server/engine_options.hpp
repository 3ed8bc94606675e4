// SPDX-License-Identifier: MIT
#pragma once

#include "parley/engineio/options.hpp"
#include "parley/server/options.hpp"

namespace parley::server::detail {

/// The part of a server's options that is the engine's.
[[nodiscard]] engineio::Options engine_options(const ServerOptions& options);

}  // namespace parley::server::detail
