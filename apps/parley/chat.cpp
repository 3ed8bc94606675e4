// SPDX-License-Identifier: MIT
#include "apps/parley/chat.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "apps/parley/chat_room.hpp"
#include "apps/parley/connect.hpp"

namespace parley {

int chat_here(const ChatCommand& command) {
    return ChatRoom(command).run();
}

void add_chat(CLI::App& program, Chosen& chosen) {
    const auto command = std::make_shared<ChatCommand>();
    CLI::App* chat = program.add_subcommand("chat", "Talk in a group chat of parley serve, or send it lines of a pipe");
    chat->add_option("URL", command->url,
                     "Address of the chat, also of a room as in http://localhost:3000/r/tea (default: the chat of this "
                     "machine, at $PORT or 3000)");
    chat->add_option("--name", command->name, "What you are called there (default: $USER)")->type_name("NAME");
    chat->add_option("--room", command->room, "Room to talk in (default: that of the URL, else lobby)")
        ->type_name("ROOM");
    chat->add_option("--timeout", command->timeout_seconds,
                     "Seconds for a connection, and for what is not delivered when a pipe ends")
        ->type_name("SECONDS")
        ->check(CLI::Range(1, 86'400))
        ->capture_default_str();
    add_tls(*chat, command->tls);
    choose(*chat, chosen, [command] { return chat_here(*command); });
}

}  // namespace parley
