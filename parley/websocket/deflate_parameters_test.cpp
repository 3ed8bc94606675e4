// SPDX-License-Identifier: MIT
#include "parley/websocket/deflate_parameters.hpp"

#include <doctest/doctest.h>

#include <string>

#include "parley/websocket/handshake_test_support.hpp"

namespace parley::websocket {
namespace {

constexpr PerMessageDeflate widest{.server_max_window_bits = 15, .client_max_window_bits = 15};

// The answer, and behind a bar what holds then: for server and client the bits, and "-" without takeover.
std::string accept(std::string_view header, const PerMessageDeflate& options = {},
                   DeflateContexts contexts = DeflateContexts::own) {
    const std::optional<DeflateAgreement> agreement = accept_deflate_offer(header, options, contexts);
    if (!agreement) return "declined";
    const DeflateParameters& agreed = agreement->parameters;
    return agreement->answer + " | " + std::to_string(agreed.server_max_window_bits) +
           (agreed.server_no_context_takeover ? "-" : "") + " " + std::to_string(agreed.client_max_window_bits) +
           (agreed.client_no_context_takeover ? "-" : "");
}

TEST_CASE("what a client offers about compression is accepted as far as the options go (RFC 7692 7.1)") {
    struct Row {
        const char* offer;
        const char* answer;
        PerMessageDeflate options;
    };
    const Row rows[] = {
        {"permessage-deflate", "permessage-deflate | 12 15", {}},
        {"permessage-deflate", "permessage-deflate | 15 15", widest},
        // What browsers, undici and ws offer.
        {"permessage-deflate; client_max_window_bits", "permessage-deflate; client_max_window_bits=12 | 12 12", {}},
        {"permessage-deflate; client_max_window_bits", "permessage-deflate | 15 15", widest},
        // What Safari offered once, and other clients besides.
        {"x-webkit-deflate-frame, permessage-deflate;client_max_window_bits=15",
         "permessage-deflate; client_max_window_bits=12 | 12 12",
         {}},
        {"permessage-deflate; client_max_window_bits=10", "permessage-deflate; client_max_window_bits=10 | 12 10", {}},
        {"permessage-deflate; client_max_window_bits=8", "permessage-deflate; client_max_window_bits=8 | 12 8", {}},
        {"permessage-deflate; server_max_window_bits=15", "permessage-deflate; server_max_window_bits=12 | 12 15", {}},
        {"permessage-deflate; server_max_window_bits=\"9\"", "permessage-deflate; server_max_window_bits=9 | 9 15", {}},
        {"permessage-deflate; server_max_window_bits=15", "permessage-deflate; server_max_window_bits=15 | 15 15",
         widest},
        {"permessage-deflate; server_no_context_takeover; client_no_context_takeover",
         "permessage-deflate; server_no_context_takeover; client_no_context_takeover | 12- 15-",
         {}},
        {"permessage-deflate; client_no_context_takeover",
         "permessage-deflate; client_no_context_takeover | 12 15-",
         {}},
        {"permessage-deflate",
         "permessage-deflate; server_no_context_takeover | 12- 15",
         {.server_no_context_takeover = true}},
        {"permessage-deflate; client_max_window_bits",
         "permessage-deflate; client_no_context_takeover; client_max_window_bits=9 | 9 9-",
         {.client_no_context_takeover = true, .server_max_window_bits = 9, .client_max_window_bits = 9}},
    };
    for (const Row& row : rows) {
        CAPTURE(row.offer);
        CHECK(accept(row.offer, row.options) == row.answer);
    }
}

TEST_CASE("an offer that cannot be is declined, and the next one considered (RFC 7692 7.1)") {
    for (const char* const parameters :
         {"server_max_window_bits", "server_max_window_bits=7", "server_max_window_bits=16",
          "server_max_window_bits=08", "server_max_window_bits=-9", "server_max_window_bits=9a",
          "server_max_window_bits=109", "client_max_window_bits=7", "client_max_window_bits=16",
          "client_max_window_bits=x", "client_max_window_bits; client_max_window_bits",
          "client_max_window_bits=9; client_max_window_bits", "server_max_window_bits=9; server_max_window_bits=9",
          "server_no_context_takeover=1", "client_no_context_takeover=false",
          "server_no_context_takeover; server_no_context_takeover",
          "client_no_context_takeover; client_no_context_takeover", "unknown", "unknown=3",
          "SERVER_NO_CONTEXT_TAKEOVER",
          // zlib compresses with 9 bits at least.
          "server_max_window_bits=8"}) {
        CAPTURE(parameters);
        const std::string offer = "permessage-deflate; " + std::string(parameters);
        CHECK(accept(offer) == "declined");
        CHECK(accept(offer + ", permessage-deflate; server_max_window_bits=10") ==
              "permessage-deflate; server_max_window_bits=10 | 10 15");
    }
    CHECK(accept("") == "declined");
    CHECK(accept("permessage-bzip2, Permessage-Deflate") == "declined");
    CHECK(accept("permessage-deflate; a=") == "declined");
    CHECK(accept("permessage-deflate, permessage-deflate; server_max_window_bits=9") == "permessage-deflate | 12 15");
}

TEST_CASE("compression that is off declines every offer") {
    CHECK(accept("permessage-deflate; client_max_window_bits", {.enabled = false}) == "declined");
}

TEST_CASE("without room for contexts no takeover is agreed to, in either direction") {
    CHECK(accept("permessage-deflate; client_max_window_bits", {}, DeflateContexts::shared) ==
          "permessage-deflate; server_no_context_takeover; client_no_context_takeover; client_max_window_bits=12 | "
          "12- 12-");
}

TEST_CASE("offers may stand in several lines of the request") {
    test::Opening opening;
    opening.add("Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=8");
    opening.add("Sec-WebSocket-Extensions: x-other, permessage-deflate; server_no_context_takeover");
    opening.add("Sec-WebSocket-Extensions: permessage-deflate");
    CHECK(test::open(opening.text(), {}, PerMessageDeflate{}).answer ==
          "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\n"
          "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover\n");
    CHECK(test::open(opening.text()).answer == "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\n");
}

TEST_CASE("a client asks for what the options say, and offers to do without") {
    CHECK(deflate_offer({.enabled = false}).empty());
    CHECK(deflate_offer(widest) == "permessage-deflate; client_max_window_bits");
    CHECK(deflate_offer({}) ==
          "permessage-deflate; client_max_window_bits; server_max_window_bits=12, "
          "permessage-deflate; client_max_window_bits");
    CHECK(deflate_offer(
              {.server_no_context_takeover = true, .client_no_context_takeover = true, .server_max_window_bits = 15}) ==
          "permessage-deflate; client_no_context_takeover; client_max_window_bits; server_no_context_takeover, "
          "permessage-deflate; client_no_context_takeover; client_max_window_bits");
    // What is offered here is accepted here.
    CHECK(accept(deflate_offer({})) ==
          "permessage-deflate; server_max_window_bits=12; client_max_window_bits=12 | 12 12");
}

TEST_CASE("options of compression that cannot be are refused in a sentence") {
    CHECK(check_deflate({}, "deflate").empty());
    CHECK(check_deflate({.server_max_window_bits = 9, .client_max_window_bits = 15}, "deflate").empty());
    CHECK(check_deflate({.server_max_window_bits = 8}, "deflate") == "deflate.server_max_window_bits must be 9 to 15");
    CHECK(check_deflate({.server_max_window_bits = 16}, "deflate") == "deflate.server_max_window_bits must be 9 to 15");
    CHECK(check_deflate({.client_max_window_bits = 8}, "deflate") == "deflate.client_max_window_bits must be 9 to 15");
    CHECK(check_deflate({.client_max_window_bits = 16}, "deflate") == "deflate.client_max_window_bits must be 9 to 15");
    const char* const level = "deflate.zlib_deflate_options.level must be 0 to 9";
    CHECK(check_deflate({.zlib_deflate_options = {.level = 0}}, "deflate").empty());
    CHECK(check_deflate({.zlib_deflate_options = {.level = 9}}, "deflate").empty());
    CHECK(check_deflate({.zlib_deflate_options = {.level = -1}}, "deflate") == level);
    CHECK(check_deflate({.zlib_deflate_options = {.level = 10}}, "deflate") == level);
    const char* const mem_level = "deflate.zlib_deflate_options.mem_level must be 1 to 9";
    CHECK(check_deflate({.zlib_deflate_options = {.mem_level = 1}}, "deflate").empty());
    CHECK(check_deflate({.zlib_deflate_options = {.mem_level = 9}}, "deflate").empty());
    CHECK(check_deflate({.zlib_deflate_options = {.mem_level = 0}}, "deflate") == mem_level);
    CHECK(check_deflate({.zlib_deflate_options = {.mem_level = 10}}, "deflate") == mem_level);
}

}  // namespace
}  // namespace parley::websocket
