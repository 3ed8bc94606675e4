// SPDX-License-Identifier: MIT
#include "tests/failures/site.hpp"

#include <utility>

#include "parley/net/loop.hpp"
#include "tests/failures/allocations.hpp"
#include "tests/failures/clock.hpp"

namespace parley::failures {
namespace {

using std::chrono::seconds;

// For those who ask for it.
constexpr PerMessageDeflate deflate{.threshold = 4};

ServerOptions server_options() {
    ServerOptions options;
    options.per_message_deflate = deflate;
    options.queue_bytes_max = 64 * 1024;
    options.turn_bytes_max = 256 * 1024;
    return options;
}

}  // namespace

Site::Site()
    : loop_(net::make_loop()),
      app_(*loop_),
      raw_(std::in_place, app_, "/raw", WebSocketServerOptions{.per_message_deflate = deflate}),
      io_(std::in_place, app_, server_options()) {
    app_.on_error([](const HandlerFailure&) {});
    io_->on_error([](const EventFailure&) {});
    answer_requests();
    answer_messages();
    answer_events();
    app_.listen({.port = 0, .host = "127.0.0.1"});
    canary_ = std::make_unique<Peer>(app_.port());
    join(*canary_, "40/other,");
}

Site::~Site() = default;

void Site::answer_requests() {
    app_.use([](Request&, Response response, Next next) {
        response.set("X-Seen", "yes");
        next();
    });
    app_.get("/hello/:name", [](Request& request, Response response) {
        response.send("hello " + std::string(request.parameter("name")) + " " + std::string(request.query("q")));
    });
    app_.get("/json",
             [](Response response) { response.json(Json::object({{"a", 1}, {"b", std::vector<int>{1, 2, 3}}})); });
    app_.get("/large", [](Response response) { response.send(std::string(1'000'000, 'x')); });
    app_.get("/throw", [](Response) -> void { throw std::runtime_error("thrown"); });
    app_.get("/later", [this](Response response) {
        response.on_abort([] {});
        app_.after(std::chrono::milliseconds(10), [response]() mutable { response.send("later"); });
    });
    app_.get("/post", [this](Response response) { app_.post([response]() mutable { response.send("posted"); }); });
    app_.post("/echo", [](Request& request, Response response) { response.send(request.body()); });
    app_.serve_static("/files", PARLEY_FAILURES_FILES);
    answer_as_express_does();
}

void Site::answer_as_express_does() {
    app_.use("/api", access_log({.format = LogFormat::combined, .write = [](std::string_view) {}}));
    app_.use("/api", [](const HandlerFailure& failure, Request&, Response response) {
        response.json(Json::object({{"status", failure.status}, {"message", failure.message}}));
    });
    app_.use("/api", cors({.origin = Origins::reflected()}));
    Router api;
    api.post("/upload", StreamedBody{.bytes_max = 100'000}, [this](Response response) {
        auto octets = std::make_shared<std::string>();
        const Upload upload(response);
        upload.on_data([this, upload, octets](std::string_view part) {
            *octets += part;
            upload.pause();
            app_.post([upload] { upload.resume(); });
        });
        upload.on_end([response, octets] { response.send(*octets); });
    });
    api.post("/form", [](Request& request, Response response) {
        response.json(Json::object({{"title", request.form("title")}, {"files", request.files().size()}}));
    });
    api.post("/form/pieces", StreamedBody{}, [](Response response) {
        receive_form(response, {.on_part = [](const FormPart&) {},
                                .on_data = [](std::string_view) {},
                                .on_end = [response] { response.send("taken"); }});
    });
    api.get("/missing", [](Response) { throw HttpError(404, "there is no such thing").set("X-A", "a"); });
    api.post("/session", [this](Request& request, Response response) {
        request.state<std::string>() = request.body();
        sessions_.write(response, request.state<std::string>()).end();
    });
    api.get("/session", [this](Request& request, Response response) {
        response.json(sessions_.read<std::string>(request).value_or("none"));
    });
    api.get("/parts", [this](Response response) {
        response.on_finish([response](const ResponseSummary&) {});
        for (int i = 0; i < 5; ++i)
            response.write(std::string(10'000, 'x'));
        app_.post([response] {
            response.write("last");
            response.end();
        });
    });
    api.get("/pulled", [](Response response) {
        response.on_drain([response, parts = 0]() mutable {
            if (++parts == 20) return response.end();
            response.write(std::string(50'000, 'x'));
        });
    });
    api.get("/events", [this](Response response) {
        const EventStream events(response);
        events.on_close([events] {});
        events.send("welcome");
        app_.after(std::chrono::milliseconds(10), [events] { events.send_json(Json::object({{"a", 1}}), "later"); });
    });
    api.get("/lost", [](Response response) { response.on_finish([response](const ResponseSummary&) {}); });
    api.get("/half", [](Response response) { response.write("half"); });
    app_.use("/api", api);
}

void Site::answer_messages() {
    raw_->on_connection([](WebSocket& socket, const Request& request) {
        socket.send("welcome " + std::string(request.header("Host")));
    });
    raw_->on_message([this](WebSocket& socket, WebSocketMessage message) {
        if (message.is_binary) {
            socket.send_binary(message.data);
        } else if (message.data == "all") {
            raw_->broadcast("to all");
        } else if (message.data == "much") {
            const std::string much(10'000, 'x');
            for (int i = 0; i < 200; ++i)
                socket.send(much);
        } else if (message.data == "close") {
            socket.close(4000, "asked for");
        } else {
            socket.send(message.data);
        }
    });
    raw_->on_close([](WebSocket&, int, std::string_view) {});
}

void Site::answer_events() {
    Server& io = *io_;
    io.use([](Socket& socket, SocketNext next) {
        if (socket.auth().contains("no")) return next.refuse("refused", Json::object({{"why", "no"}}));
        next();
    });
    io.on_connection([](Socket& socket) {
        socket.data() = Json::object({{"name", "somebody"}});
        socket.on("own", [&](const std::string& what) { socket.emit("own", what); });
        socket.on_disconnecting([](Socket& gone, DisconnectReason) { gone.to("room").emit("left", gone.id()); });
        socket.on_disconnect([](Socket&, DisconnectReason) {});
    });
    io.on("add", [](int a, int b) { return a + b; });
    io.on("echo", [](Socket& socket, const Json& what) { socket.emit("echo", what); });
    io.on("binary", [](Socket& socket, const Bytes& octets, Ack ack) {
        socket.emit("binary", octets, 1, octets);
        ack(octets);
    });
    io.on("join", [](Socket& socket, const std::string& room) { socket.join({room, "room"}); });
    io.on("leave", [](Socket& socket, const std::string& room) { socket.leave(room); });
    io.on("tell", [&io](Socket& socket, const std::string& what) {
        io.emit("told", what);
        socket.to("room").except("nobody").emit("told", what, to_bytes("octets"));
        io.volatile_().emit("told", what);
    });
    io.on("ask", [](Socket& socket) { socket.emit("question", 1, [](Result<std::string>) {}); });
    io.on("ask all", [&io] { io.timeout(seconds(1)).emit("question", 1, [](Result<std::vector<std::string>>) {}); });
    io.on("later", [&io](Socket& socket, Ack ack) {
        io.after(seconds(1), [socket, ack] {
            socket.emit("late", 1);
            ack(1);
        });
        io.post([socket] { socket.emit("posted"); });
    });
    io.on("lost", [](const Ack&) {});
    io.on("throw", [] { throw std::runtime_error("thrown"); });
    io.on("much", [](Socket& socket) {
        for (int i = 0; i < 100; ++i)
            socket.emit("much", std::string(5'000, 'x'));
    });
    io.on("kick", [](Socket& socket) { socket.disconnect(true); });
    io.on("leave us", [](Socket& socket) { socket.disconnect(); });
    io.on("watch", [](Socket& socket) {
        socket.once("watched", [&](int number) { socket.emit("once", number); });
        socket.on_any([&](std::string_view event, const Arguments& arguments) {
            socket.emit("seen", event, arguments);
            socket.off_any();
        });
        socket.prepend_any([](std::string_view, const Arguments&) {});
    });
    io.on("away", [&io] {
        io.sockets_join("room");
        io.to("room").disconnect_sockets(true);
    });
    io.on("everybody", [&io](const Ack& ack) {
        io.fetch_sockets([ack](const std::vector<RemoteSocket>& sockets) { ack(sockets.size()); });
    });
    io.of("/other").on("add", [](int a, int b) { return a + b; });
}

// Clients.

Peer& Site::dial() {
    peers_.push_back(std::make_unique<Peer>(app_.port()));
    settle();
    return *peers_.back();
}

void Site::ask_for_websocket(Peer& peer, std::string_view target, std::string_view headers) {
    say(peer, "GET " + std::string(target) + " HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
                  std::string(headers) +
                  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
}

Peer& Site::upgrade(std::string_view target, std::string_view headers) {
    Peer& peer = dial();
    ask_for_websocket(peer, target, headers);
    return peer;
}

void Site::join(Peer& peer, std::string_view packet) {
    ask_for_websocket(peer, "/socket.io/?EIO=4&transport=websocket");
    say(peer, text(packet));
}

Peer& Site::join(std::string_view packet) {
    Peer& peer = dial();
    join(peer, packet);
    return peer;
}

std::string Site::ask(Peer& peer, std::string_view method, std::string_view target, std::string_view body) {
    peer.received.clear();
    std::string request = std::string(method) + " " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n";
    if (!body.empty()) request += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    say(peer, request + "\r\n" + std::string(body));
    const std::size_t head = peer.received.find("\r\n\r\n");
    return head == std::string::npos ? "" : peer.received.substr(head + 4);
}

std::string Site::handshake(Peer& peer) {
    const std::string answer = ask(peer, "GET", "/socket.io/?EIO=4&transport=polling");
    return answer.starts_with("0{\"sid\":\"") ? answer.substr(9, 20) : "";
}

void Site::say(Peer& peer, std::string_view octets) {
    peer.send(octets);
    settle();
    peer.take();
}

// Time.

void Site::settle() {
    constexpr int turns = 4;
    for (int i = 0; i < turns; ++i) {
        FailingAllocation::begin();
        loop_->run_turn(TimePoint{});
        FailingAllocation::end();
    }
}

void Site::wait(std::chrono::milliseconds time) {
    skip(time);
    settle();
    if (canary_) say(*canary_, text("3"));
}

// The judgement.

std::string Site::fault() {
    canary_->received.clear();
    const std::string number = std::to_string(++asked_);
    say(*canary_, text("42/other," + number + "[\"add\",2,40]"));
    if (!canary_->received.ends_with("43/other," + number + "[42]")) return "the client beside it was not answered";
    wait(seconds(1));  // a listener that found no memory rests a moment
    Peer newcomer(app_.port());
    if (ask(newcomer, "GET", "/hello/you?q=1") != "hello you 1") return "a new client was not served";
    return "";
}

std::string Site::end() {
    peers_.clear();
    canary_.reset();
    settle();
    for (int i = 0; i < 8; ++i)
        wait(seconds(26));
    if (io_->clients_count() != 0) return "a Socket.IO client is left";
    if (io_->sockets_count() != 0) return "a socket is left";
    if (raw_->size() != 0) return "a WebSocket is left";
    if (app_.memory_used() != 0) return "memory is counted for nobody: " + std::to_string(app_.memory_used());
    return "";
}

}  // namespace parley::failures
