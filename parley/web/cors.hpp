// SPDX-License-Identifier: MIT
#pragma once

#include "parley/http/cors_options.hpp"
#include "parley/web/handler.hpp"

namespace parley {

using http::CorsOptions;
using http::Origins;

/// A middleware that lets pages of other origins read the answers of what is behind it, as npm's cors does:
/// `app.use(parley::cors())`, or for a path, a router or in a route: `app.use("/api", parley::cors({.origin = ...}))`.
///
/// Any origin may unless `options.origin` says which. A preflight, which is any OPTIONS request that comes here, is
/// answered with 204; one for a route with a `cors` of its own needs `app.options` with the same. A request from
/// another origin is handled all the same: it is the browser that keeps the answer from its page. The headers stay on
/// the answer of a failure. Throws SetupError for origins that no browser sends, and for credentials with any origin.
/// The Fetch standard, §3.2.
[[nodiscard]] web::Handler cors(const CorsOptions& options = {});

}  // namespace parley
