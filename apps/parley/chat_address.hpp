// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "parley/tls/client_options.hpp"

namespace parley {

/// Where a chat is: its server, where on it, and the room that the address names.
struct ChatAddress {
    std::string server;       ///< as in http://localhost:3000
    std::string engine_path;  ///< as in /socket.io/, with the path that a proxy puts before it
    std::string room;         ///< of an address as the page has it, ending in /r/ROOM; else empty
    TlsClientOptions tls;     ///< how it is to prove who it is
};

/// Reads the address of a chat's page. Throws `SetupError` with a sentence for what can be none.
ChatAddress read_chat_address(std::string_view url);

}  // namespace parley
