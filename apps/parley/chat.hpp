// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "apps/parley/command.hpp"
#include "parley/tls/client_options.hpp"

namespace parley {

/// What `parley chat` was asked for.
struct ChatCommand {
    std::string url;   ///< of the chat's page; empty: of the chat on this machine
    std::string name;  ///< empty: that of the account
    std::string room;  ///< empty: that of the URL, else the lobby
    int timeout_seconds = 20;
    TlsClientOptions tls;
};

/// Adds the command to the program.
void add_chat(CLI::App& program, Chosen& chosen);

/// Talks in a chat until its input ends or it is interrupted; the exit status is 0 if everything was delivered. Throws
/// `SetupError` with a sentence for what cannot be.
int chat_here(const ChatCommand& command);

}  // namespace parley
