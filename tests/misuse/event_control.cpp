// SPDX-License-Identifier: MIT
#include <parley/server.hpp>

inline constexpr parley::Event<int(int, int)> add{"add"};

inline constexpr parley::Event<double(double, std::int64_t)> scale{"scale"};

inline constexpr parley::Event<std::string(parley::Json)> name{"name"};

inline constexpr parley::Event<void(std::string)> said{"said"};

void every_shape(parley::Server& io, parley::Socket socket) {
    io.on(add, [](int first, int second) { return first + second; });
    io.on(add, [](parley::Socket, auto first, auto second) { return first + second; });
    io.on(add, [](long first, long second, parley::Ack ack) { ack(first + second); });
    io.on(said, [](std::string_view text) { static_cast<void>(text); });
    io.emit(said, "hello");
    socket.emit(add, 1, 2, [](int sum) { static_cast<void>(sum); });
    socket.emit(add, std::int16_t{1}, 2, [](const int& sum) { static_cast<void>(sum); });
    socket.emit(add, 1, 2, [](parley::Result<int> sum) { static_cast<void>(sum); });
    socket.emit(add, 1, 2, [](parley::Result<void> outcome, int) { static_cast<void>(outcome); });
    socket.emit(scale, 1, 2, [](double) {});
    socket.emit(scale, 1.5F, 2U);
    socket.emit(name, 7, [](std::string_view text) { static_cast<void>(text); });
    socket.emit(said, "hello", [](parley::Result<void> heard) { static_cast<void>(heard); });
    socket.emit(said, "hello", [] {});
    io.emit(add, 1, 2, [](std::vector<int> sums) { static_cast<void>(sums); });
    io.emit(add, 1, 2, [](parley::Result<std::vector<int>> sums) { static_cast<void>(sums); });
    io.emit(add, 1, 2, [](parley::Result<void>, const std::vector<int>& sums) { static_cast<void>(sums); });
    io.emit(said, "hello", [](std::vector<parley::Json> answers) { static_cast<void>(answers); });
    io.on(scale, [](double number, std::int64_t) { return static_cast<float>(number); });
    io.on(scale, [](double, std::int64_t) { return 1; });
}
