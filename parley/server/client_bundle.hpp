// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "parley/web/request.hpp"
#include "parley/web/response.hpp"

namespace parley::server {

/// Answers with one of the official browser client's eight files, as in `socket.io.min.js`; false, without an answer,
/// if the name is none of them. Where the library was built without the client, the answer is 404 and says so.
///
/// The files are those of the npm package `socket.io-client`, embedded when the library is built. Source: official
/// Socket.IO documentation, "Client installation: standalone build".
bool serve_client_bundle(std::string_view file_name, const Request& request, const Response& response);

/// The version of the embedded client, as in `4.8.4`; empty without one.
std::string_view client_bundle_version();

/// The licence of the embedded client, as its package has it; empty without one.
std::string_view client_bundle_license();

}  // namespace parley::server
