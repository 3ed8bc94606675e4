// SPDX-License-Identifier: MIT
#include "parley/socketio/disconnect_reason.hpp"

#include <doctest/doctest.h>

using namespace parley;

TEST_CASE("reasons are said in the official words") {
    using enum DisconnectReason;
    CHECK(to_string(server_namespace_disconnect) == "server namespace disconnect");
    CHECK(to_string(client_namespace_disconnect) == "client namespace disconnect");
    CHECK(to_string(server_shutting_down) == "server shutting down");
    CHECK(to_string(ping_timeout) == "ping timeout");
    CHECK(to_string(transport_close) == "transport close");
    CHECK(to_string(transport_error) == "transport error");
    CHECK(to_string(parse_error) == "parse error");
    CHECK(to_string(forced_close) == "forced close");
    CHECK(to_string(slow_consumer) == "slow consumer");
}
