// SPDX-License-Identifier: MIT
#include <parley/server.hpp>

struct Point {
    int x = 0;
    int y = 0;
};
PARLEY_JSON_FIELDS(Point, x, y)

void every_shape(parley::Server& io, parley::Socket socket, parley::Bytes bytes) {
    io.emit("nothing");
    io.to("room").emit("several", 1, true, "text", Point{1, 2}, bytes, std::vector<Point>{});
    socket.emit("ack", Point{1, 2}, [](Point point) { static_cast<void>(point); });
    socket.emit("result", [](parley::Result<std::string> answer) { static_cast<void>(answer); });
    socket.emit("outcome", [](parley::Result<void> outcome, std::string text) {
        static_cast<void>(outcome);
        static_cast<void>(text);
    });
    const std::string event = "name";
    io.emit(event, 1);
    io.to({"one", "two"}).except(std::vector<std::string>{"three"}).emit(std::string_view(event));
    io.emit("everybody", [](std::vector<int> answers) { static_cast<void>(answers); });
}
