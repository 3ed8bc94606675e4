// SPDX-License-Identifier: MIT
#include <iostream>
#include <map>
#include <string>

#include <parley/client.hpp>
#include <parley/json/containers.hpp>
#include <parley/server.hpp>

struct Point {
    int x;
    int y;
};
PARLEY_JSON_FIELDS(Point, x, y)

struct Visits {
    int count = 0;
};

inline constexpr parley::Event<int(Point)> add{"add"};

int main() {
    parley::Application app;
    app.get("/", [](parley::Request& request, parley::Response response) {
        return response.json(parley::Json::object({{"path", request.path()}}));
    });
    parley::HttpClient client(app.loop());
    app.get("/again", [&](parley::Response response) {
        client
            .send({.url = "http://127.0.0.1:" + std::to_string(app.port()) + "/"},
                  [response](parley::Result<parley::HttpResponse> answer) {
                      response.send(answer ? answer->body : answer.error().message);
                  })
            .detach();
    });
    parley::Server io{app, {.cors = {.origin = "https://example.com"}}};
    io.on(add, [](parley::Socket socket, Point point) {
        ++socket.state<Visits>().count;
        return point.x + point.y;
    });
    io.on("visits",
          [](parley::Socket socket) { return std::map<std::string, int>{{"count", socket.state<Visits>().count}}; });
    app.listen({.port = 0, .host = "127.0.0.1"});
    try {
        parley::Application second;
        second.listen({.port = app.port(), .host = "127.0.0.1"});
    } catch (const parley::SetupError& error) {  // thrown by the library, caught by the program
        std::cout << "refused: " << error.what() << '\n';
    }
    std::cout << "http://127.0.0.1:" << app.port() << std::endl;
    return app.run();
}
