// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <vector>

#include "parley/engineio/request.hpp"
#include "parley/engineio/unconfirmed_sessions.hpp"
#include "parley/http/cors.hpp"
#include "parley/http/request_head.hpp"
#include "parley/web/request.hpp"
#include "parley/web/response.hpp"

namespace parley::server {

// Between the application's requests and what engineio decides about them.

/// What engineio asks about a request. The views are those of the request.
[[nodiscard]] engineio::RequestFacts facts_of(const Request& request, bool is_upgrade);

/// Who the peer counts as where clients are told by their addresses.
[[nodiscard]] engineio::AddressGroup address_group_of(const Request& request);

/// Whether the body says that it is octets, which protocol v4 never posts.
[[nodiscard]] bool is_octet_stream(const Request& request);

/// Views of `fields`, as an upgrade takes them.
[[nodiscard]] std::vector<http::Header> as_headers(std::span<const http::HeaderField> fields);

void set_headers(const Response& response, std::span<const http::HeaderField> fields);

void send_answer(const Response& response, const engineio::Answer& answer);

}  // namespace parley::server
