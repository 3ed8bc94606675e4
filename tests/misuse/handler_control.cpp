// SPDX-License-Identifier: MIT
#include <parley/server.hpp>

struct Point {
    int x = 0;
    int y = 0;
};
PARLEY_JSON_FIELDS(Point, x, y)

void on_text(const std::string& text);

void every_shape(parley::Server& io) {
    io.on("function", on_text);
    io.on("view", [](std::string_view text) { return text.size(); });
    io.on("struct", [](parley::Socket, Point point, parley::Ack) { static_cast<void>(point); });
    io.on("optional", [](std::optional<int> number, std::vector<Point> points) {
        return parley::Json(number.value_or(0) + static_cast<int>(points.size()));
    });
    const std::string name = "name";
    io.on(name, [] {});
    io.on(std::string_view(name), [] {});
    io.once(name.c_str(), [] {});
    io.off(name);
    io.on_connection([](auto socket) { socket.emit("hello"); });
    io.on_disconnect([](auto socket, auto reason) { socket.broadcast().emit("bye", reason); });
    io.on_any([](parley::Socket, std::string_view, parley::Arguments) {});
}
