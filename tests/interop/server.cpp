// SPDX-License-Identifier: MIT
// What the official clients talk to in the interop tests: one small behaviour for each thing that they check.
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <parley/server.hpp>

namespace {

using parley::Ack;
using parley::Arguments;
using parley::Json;
using parley::Result;
using parley::Server;
using parley::ServerOptions;
using parley::Socket;
using namespace std::chrono_literals;

void echo(const parley::Namespace& nsp) {
    nsp.on_connection([](Socket socket) { socket.emit("auth", socket.auth()); });
    nsp.on("message", [](Socket socket, Arguments arguments) { socket.emit("message-back", arguments); });
    nsp.on("message-with-ack", [](Arguments arguments, Ack ack) { ack(arguments); });
}

void answer_questions(Server& io) {
    io.on("echo", [](Socket socket, Json value) { socket.emit("echo", value); });
    io.on("ack", [](Json value) { return value; });
    io.on("add", [](int a, int b) { return a + b; });
    io.on("negate", [](std::vector<std::int8_t> samples) {
        for (std::int8_t& sample : samples)
            sample = static_cast<std::int8_t>(-sample);
        return samples;
    });
    io.on("throw", [](std::string what) { throw std::runtime_error(what); });
    io.on("ask me", [](Socket socket, std::string text) {
        socket.emit("question", text, [socket](std::string answer) { socket.emit("you said", answer); });
    });
    io.on("ask me in vain", [](Socket socket) {
        socket.timeout(50ms).emit("nobody listens", [socket](Result<std::string> answer) {
            socket.emit("timed out", answer ? "answered" : answer.error().message);
        });
    });
    io.on("flood me", [](Socket socket, int messages, int bytes) {
        const std::string text(static_cast<std::size_t>(bytes), 'x');
        for (int i = 0; i < messages; ++i)
            socket.emit("flood", text);
    });
}

void use_rooms(Server& io) {
    io.on("chat message", [&](Json text) { io.emit("chat message", text); });
    io.on("room message", [&](std::string room, Json text) { io.to(room).emit("room message", text); });
    io.on("join", [](Socket socket, std::string room) -> bool { return socket.join(room); });
    io.on("leave", [](Socket socket, std::string room) -> bool { return socket.leave(room); });
    io.on("say to room", [&](std::string room, std::string text) { io.to(room).emit("said", text); });
    io.on("say to others in room",
          [](Socket socket, std::string room, std::string text) { socket.to(room).emit("said", text); });
    io.on("say except room", [&](std::string room, std::string text) { io.except(room).emit("said", text); });
    io.on("say to all", [&](Json value) { io.emit("to all", value); });
    io.on("who is in", [&](std::string room, parley::Ack ack) {
        io.in(room).fetch_sockets([ack](std::vector<parley::RemoteSocket> sockets) {
            std::vector<std::string> ids;
            for (const parley::RemoteSocket& socket : sockets)
                ids.push_back(socket.id());
            ack(ids);
        });
    });
}

// Several threads may serve, and what they share has a lock.
template <typename Value>
class Shared {
 public:
    Value get(const std::string& key) {
        const std::lock_guard lock(mutex_);
        return values_[key];
    }
    template <typename Change>
    void change(const std::string& key, Change change) {
        const std::lock_guard lock(mutex_);
        change(values_[key]);
    }

 private:
    std::mutex mutex_;
    std::map<std::string, Value> values_;
};

void part(Server& io) {
    static Shared<std::string> reasons;
    io.on("reason of", [](std::string id) { return reasons.get(id); });
    io.on_disconnect([](Socket socket, parley::DisconnectReason reason) {
        reasons.change(socket.id(), [&](std::string& text) { text = to_string(reason); });
    });
    io.on("disconnect me", [](Socket socket, bool close) { socket.disconnect(close); });
    io.on("connections", [&] { return io.clients_count(); });
}

void guard(const parley::Namespace& nsp) {
    nsp.use([](Socket socket, parley::SocketNext next) {
        if (socket.auth()["token"] == "please") return next();
        next.refuse("not authorized", Json::object({{"hint", "say please"}}));
    });
}

// A cookie that proxies stick to, and what comes to the engine of those who want to be known by a tag.
void watch_requests(Server& io) {
    static Shared<std::vector<std::string>> requests;
    io.engine().use([&](parley::Request& request, parley::Response response, parley::Next next) {
        response.set("X-Engine", "yes");
        const std::string tag(request.query("tag"));
        if (!tag.empty()) {
            std::string words(request.method());
            words.append(" ").append(request.query("transport"));
            if (!request.cookie("sticky").empty()) words += " sticky";
            requests.change(tag, [&](std::vector<std::string>& seen) { seen.push_back(words); });
        }
        if (request.query("door") == "closed") return response.status(401).send("closed");
        if (request.query("door") != "slow") return next();
        io.after(20ms, [next] { next(); });
    });
    io.engine().on_initial_headers(
        [](parley::ResponseHeaders& headers, parley::Request&) { headers.add("Set-Cookie", "sticky=1; Path=/"); });
    io.engine().on_headers(
        [](parley::ResponseHeaders& headers, parley::Request& request) { headers.set("X-Seen", request.method()); });
    io.on("requests of", [](std::string tag) { return requests.get(tag); });
}

ServerOptions options(std::optional<Server>& server) {
    ServerOptions options;
    if (std::getenv("PATIENT") == nullptr) {  // as it is when clients have a slow machine
        options.ping_interval = 300ms;
        options.ping_timeout = 1000ms;
        options.connect_timeout = 2000ms;
    }
    options.cors.origin = "*";
    options.allow_request = [&server](const parley::Handshake& handshake, parley::HandshakeNext next) {
        static Shared<std::vector<parley::HandshakeNext>> undecided;
        const auto decide = [next, is_refused = handshake.query.find("refuse").has_value()] {
            is_refused ? next.refuse() : next();
        };
        const std::string_view later = handshake.query.find("later").value_or("");
        if (later.empty()) return decide();
        if (later == "never")
            return undecided.change("", [&](std::vector<parley::HandshakeNext>& kept) { kept.push_back(next); });
        server->after(20ms, decide);
    };
    return options;
}

}  // namespace

int main() {
    const char* const threads = std::getenv("THREADS");
    parley::Application app({.threads = threads != nullptr ? std::stoul(threads) : 1});
    std::optional<Server> server;
    server.emplace(app, options(server));
    Server& io = *server;
    io.on_error([](const parley::EventFailure& failure) {
        std::cout << "failure in \"" << failure.event << "\": " << failure.message << std::endl;
    });
    echo(io);
    echo(io.of("/custom"));
    guard(io.of("/private"));
    answer_questions(io);
    use_rooms(io);
    part(io);
    watch_requests(io);

    // The folder of script/certificate.
    const char* const certificates = std::getenv("CERTIFICATES");
    const std::string folder = certificates != nullptr ? certificates : "";
    parley::ListenOptions where{.port = parley::port_from_environment(3000)};
    if (!folder.empty())
        where.tls = {.certificate = folder + "/certificate.pem", .private_key = folder + "/private_key.pem"};
    io.listen(where);
    std::cout << "Listening on " << (folder.empty() ? "http" : "https") << "://localhost:" << io.port() << std::endl;
    return io.run();
}
