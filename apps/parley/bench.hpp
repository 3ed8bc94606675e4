// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "apps/parley/command.hpp"
#include "apps/parley/connect.hpp"

namespace parley {

/// What `parley bench` is to do to which server.
struct BenchCommand {
    ConnectOptions connect;
    std::string path = "/socket.io/";  ///< of the engine
    std::string scenario = "echo";
    int connections = 10;
    int duration_seconds = 5;
    std::optional<int> warmup_seconds;  ///< before the measuring: 1
    int rate = 0;                       ///< a second, of all connections; 0: as soon as answers come
    std::optional<int> window;          ///< messages under way on each channel, where there is no rate: 1
    std::optional<int> message_bytes;   ///< of the text in each message: 64
    std::optional<int> room_size;       ///< connections: 10
    std::string event;                  ///< that is sent; empty: the name of the scenario
    std::string answer;                 ///< that comes back; empty: the same
    bool takes_any_answer = false;
    bool is_remote = false;  ///< whether the server may be on another machine
    bool as_json = false;
};

/// Loads a server, and prints how it did. The status is 0 when all was well, 1 when something was lost, altered or out
/// of order, 3 when there was no connection. Throws what the command line reader throws for what cannot be.
int bench(const BenchCommand& command);

/// Adds the command to the program.
void add_bench(CLI::App& program, Chosen& chosen);

}  // namespace parley
