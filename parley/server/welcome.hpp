// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "parley/web/handler.hpp"

namespace parley::server::detail {

/// Answers `/` with a small page that says what runs here, for a server without an application of the program's; all
/// other requests go on. `path` is the engine's; `has_client` says whether a page can load the client from there.
web::Handler welcome_page(std::string_view path, bool has_client);

}  // namespace parley::server::detail
