// SPDX-License-Identifier: MIT
// What is attacked: a server with the defaults, but for what its arguments say (head_ms=1000 body_ms=1000 ...).
#include <cstdint>
#include <iostream>
#include <map>
#include <string>
#include <string_view>

#include <parley/server.hpp>

namespace {

using parley::Application;
using parley::ApplicationOptions;
using parley::Result;
using parley::Server;
using parley::ServerOptions;
using parley::Socket;
using std::chrono::milliseconds;

using Settings = std::map<std::string, std::int64_t, std::less<>>;

Settings read_settings(int count, char** words) {
    Settings settings;
    for (int i = 1; i < count; ++i) {
        const std::string word = words[i];
        const std::size_t at = word.find('=');
        settings[word.substr(0, at)] = std::stoll(word.substr(at + 1));
    }
    return settings;
}

/// Changes `option` if there is a setting for it.
template <typename Option>
void choose(const Settings& settings, std::string_view name, Option& option) {
    if (const auto found = settings.find(name); found != settings.end()) option = Option(found->second);
}

ApplicationOptions application_options(const Settings& settings) {
    ApplicationOptions options;
    choose(settings, "head_ms", options.head_timeout);
    choose(settings, "body_ms", options.body_grace);
    choose(settings, "idle_ms", options.keep_alive_timeout);
    choose(settings, "memory_max", options.memory_max);
    return options;
}

ServerOptions server_options(const Settings& settings) {
    ServerOptions options;
    choose(settings, "confirm_ms", options.confirm_timeout);
    choose(settings, "sessions_max", options.sessions_max);
    return options;
}

void answer(Server& io) {
    io.on("add", [](int a, int b) { return a + b; });
    io.on("clients", [&io] { return io.clients_count(); });
    io.on("join", [](Socket socket, std::string room) { return bool(socket.join(room)); });
    io.on("join the crowd", [](Socket socket) { return bool(socket.join("crowd")); });
    io.on("tell the crowd", [&io](int bytes) {
        io.to("crowd").emit("said", std::string(static_cast<std::size_t>(bytes), 'x'));
        return true;
    });
    io.on("flood me", [](Socket socket, int messages, int bytes) {
        const std::string text(static_cast<std::size_t>(bytes), 'x');
        for (int i = 0; i < messages; ++i)
            socket.emit("flood", text);
    });
    io.on("ask me", [](Socket socket, int questions) {
        for (int i = 0; i < questions; ++i)
            socket.emit("question", i, [](Result<std::string>) {});
    });
    io.on("disconnect me", [](Socket socket) { socket.disconnect(true); });
    io.on("throw", [](std::string what) { throw std::runtime_error(what); });
}

}  // namespace

int main(int argc, char** argv) {
    const Settings settings = read_settings(argc, argv);
    Application app(application_options(settings));
    app.post("/sink", [](parley::Response response) { response.send("taken"); });
    Server io{app, server_options(settings)};
    answer(io);
    app.listen({.port = 0, .host = "127.0.0.1"});
    std::cout << "Listening on http://127.0.0.1:" << app.port() << std::endl;
    return app.run();
}
