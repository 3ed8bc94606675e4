// SPDX-License-Identifier: MIT
#include <parley/server.hpp>

inline constexpr parley::Event<int(int, int)> add{"add"};

inline constexpr parley::Event<void(std::string)> said{"said"};

void every_shape(parley::Server& io, parley::Socket socket) {
    io.on(add, [](int first, int second) { return first + second; });
    io.on(add, [](parley::Socket, auto first, auto second) { return first + second; });
    io.on(add, [](long first, long second, parley::Ack ack) { ack(first + second); });
    io.on(said, [](std::string_view text) { static_cast<void>(text); });
    io.emit(said, "hello");
    socket.emit(add, 1, 2, [](int sum) { static_cast<void>(sum); });
}
