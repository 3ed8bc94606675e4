// SPDX-License-Identifier: MIT
// What a connection owns that says nothing is what a server with many of them costs: an object that grows should do so
// for a reason. Each bound is what there is now; docs/decisions/message-and-wire.md has what a connection costs in all.
#include <doctest/doctest.h>

#include <cstddef>

#include "parley/engine/handshake.hpp"
#include "parley/engine/session.hpp"
#include "parley/engine/websocket_transport.hpp"
#include "parley/net/backend/readiness_stream.hpp"
#include "parley/server/client.hpp"
#include "parley/server/socket_core.hpp"
#include "parley/web/websocket_connection.hpp"

namespace parley {
namespace {

TEST_CASE("the objects of an idle Socket.IO connection over WebSocket are small") {
    CHECK(sizeof(server::detail::Client) <= 432);
    CHECK(sizeof(server::detail::SocketCore) <= 192);
    CHECK(sizeof(engine::Session) <= 416);
    CHECK(sizeof(engine::WebSocketTransport) <= 24);
    CHECK(sizeof(web::WebSocketConnection) <= 560);
    CHECK(sizeof(net::detail::ReadinessStream) <= 176);
    CHECK(sizeof(Handshake) <= 128);
}

}  // namespace
}  // namespace parley
