// SPDX-License-Identifier: MIT
#include <parley/client.hpp>
#include <parley/server.hpp>
#include <parley/task.hpp>

parley::Task<int> ask(parley::Socket socket, std::string text) {
    auto wait = socket.emit_with_ack<int>("ask", text);
    const parley::Result<int> answer = co_await wait;
    auto next = socket.next<int>("more").timeout(std::chrono::seconds(1));
    co_return answer.value_or(0) + (co_await next).value_or(0);
}

struct Game {
    parley::Task<> play(int rounds) const { co_await parley::sleep_for(std::chrono::milliseconds(rounds)); }
};

void control(parley::Server& io, parley::Client& client, const Game& game) {
    io.on("ask",
          [](parley::Socket& socket, std::string text) -> parley::Task<int> { co_return co_await ask(socket, text); });
    parley::Task<> task = game.play(3);
    parley::spawn(client, std::move(task));
    parley::spawn(io, [&io]() -> parley::Task<> {
        auto found = io.fetch_sockets();
        static_cast<void>(co_await found);
    });
}
