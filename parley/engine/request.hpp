// SPDX-License-Identifier: MIT
#pragma once

#include <span>

#include "parley/engineio/request.hpp"
#include "parley/engineio/unconfirmed_sessions.hpp"
#include "parley/http/cors.hpp"
#include "parley/web/request.hpp"
#include "parley/web/response.hpp"

namespace parley::engine {

// Between the application's requests and what engineio decides about them.

/// The request line and the headers, as views that end with the turn: those that a program gets of a request cost a
/// copy.
[[nodiscard]] const http::RequestHead& head_of(const Request& request);

/// What engineio asks about a request. The views are those of its head.
[[nodiscard]] engineio::RequestFacts facts_of(const Request& request);

/// A request that came to the engine, as it reads it, and how it is answered. It lives as long as its response.
struct Arrival {
    Arrival(Request& its_request, Response its_response);

    Request& request;
    Response response;
    engineio::RequestFacts facts;
    engineio::RequestQuery query;
};

/// Who the peer counts as where clients are told by their addresses.
[[nodiscard]] engineio::AddressGroup address_group_of(const Request& request);

/// Whether the body says that it is octets, which protocol v4 never posts.
[[nodiscard]] bool is_octet_stream(const Request& request);

void set_headers(const Response& response, std::span<const http::HeaderField> fields);

/// Sets the status and the headers of an answer.
void begin_answer(const Response& response, const engineio::Answer& answer);
/// Sends it.
void finish_answer(const Response& response, const engineio::Answer& answer);
void send_answer(const Response& response, const engineio::Answer& answer);

}  // namespace parley::engine
