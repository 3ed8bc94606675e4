// SPDX-License-Identifier: MIT
#include "parley/server/moments.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <utility>

namespace parley::server::detail {

TEST_CASE("a name that is a slip of a moment means that one") {
    constexpr std::array<std::pair<const char*, const char*>, 12> slips{{{"conection", "connection"},
                                                                         {"Connection", "connection"},
                                                                         {"CONNECTION", "connection"},
                                                                         {"conenction", "connection"},
                                                                         {"connections", "connection"},
                                                                         {"conecton", "connection"},
                                                                         {"disconect", "disconnect"},
                                                                         {"disconnected", "disconnect"},
                                                                         {"Disconnect", "disconnect"},
                                                                         {"dissconnect", "disconnect"},
                                                                         {"disconecting", "disconnecting"},
                                                                         {"disconnecitng", "disconnecting"}}};
    for (const auto& [name, moment] : slips) {
        CAPTURE(name);
        CHECK(meant_moment(name) == moment);
    }
}

TEST_CASE("the moments themselves, and names that are further from them, mean nothing else") {
    for (const std::string name :
         {"connection", "disconnect", "disconnecting", "connect", "", "c", "message", "chat message", "connected",
          "collection", "contacting", "discount", "disconnect from the room", "connection_state", "conexión"}) {
        CAPTURE(name);
        CHECK(meant_moment(name) == "");
    }
    for (std::size_t size = 0; size < 40; ++size)
        CHECK(meant_moment(std::string(size, 'c')) == "");
}

}  // namespace parley::server::detail
