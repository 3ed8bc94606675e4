// SPDX-License-Identifier: MIT
#include "apps/parley/chat_address.hpp"

#include <doctest/doctest.h>

#include <string>

#include "parley/base/error.hpp"

using parley::ChatAddress;
using parley::read_chat_address;

TEST_CASE("the address of a page names the server, the path and the room") {
    struct Row {
        std::string url, server, path, room;
    };
    for (const Row& row : {
             Row{"http://localhost:3000", "http://localhost:3000/", "/socket.io/", ""},
             Row{"http://localhost:3000/", "http://localhost:3000/", "/socket.io/", ""},
             Row{"http://host/r/tea", "http://host/", "/socket.io/", "tea"},
             Row{"http://host/r/tea/?x=1#y", "http://host/", "/socket.io/", "tea"},
             Row{"http://host/talk/", "http://host/", "/talk/socket.io/", ""},
             Row{"http://host/talk/r/caf%C3%A9%20au%20lait", "http://host/", "/talk/socket.io/", "caf\u00E9 au lait"},
             Row{"http://host/r/a/r/b", "http://host/", "/r/a/socket.io/", "b"},
             Row{"http://host/r/", "http://host/", "/r/socket.io/", ""},
         }) {
        CAPTURE(row.url);
        const ChatAddress address = read_chat_address(row.url);
        CHECK(address.server == row.server);
        CHECK(address.engine_path == row.path);
        CHECK(address.room == row.room);
    }
}

TEST_CASE("an address that can be none is refused") {
    for (const char* url : {"localhost:3000", "ftp://x", "http://", "http://host/r/%ff", "http://host/r/%"})
        CHECK_THROWS_AS((void)read_chat_address(url), parley::SetupError);
}
