// SPDX-License-Identifier: MIT
// A whole server in a simulated network: the input is what several peers send, what the network does to it, what the
// program says, and how time passes. Every answer must parse, everybody who came must have gone in the end, a newcomer
// must be served all the while, and nothing must be left.
#include <array>
#include <optional>
#include <string>

#include "parley/net/backend/simulated/simulated_network.hpp"
#include "parley/server.hpp"
#include "parley/web.hpp"
#include "tests/fuzz/support/answers.hpp"
#include "tests/fuzz/support/input.hpp"

using namespace parley;
using namespace std::chrono_literals;
using fuzz::require;

namespace {

constexpr std::uint16_t port = 80;

ApplicationOptions application_options(bool is_tiny) {
    if (!is_tiny) return {};
    return {.head_bytes_max = 600,
            .body_bytes_max = 300,
            .head_timeout = 400ms,
            .body_grace = 300ms,
            .body_bytes_per_second_min = 50,
            .keep_alive_timeout = 500ms,
            .stall_timeout = 600ms,
            .answer_bytes_per_second_min = 50,
            .shutdown_timeout = 300ms,
            .connections_max = 12};
}

ServerOptions server_options(bool is_tiny, bool has_cors) {
    ServerOptions options;
    options.serve_client = false;
    if (has_cors) options.cors = {.origin = {"https://good.example", "https://b.example"}, .credentials = true};
    if (has_cors) options.cookie.name = "io";
    if (!is_tiny) return options;
    options.connect_timeout = 900ms;
    options.ping_interval = 700ms;
    options.ping_timeout = 400ms;
    options.upgrade_timeout = 500ms;
    options.max_http_buffer_size = 250;
    options.ack_timeout = 300ms;
    options.acks_per_socket_max = 2;
    options.rooms_per_socket_max = 3;
    options.namespaces_per_client_max = 2;
    options.auth_bytes_max = 30;
    options.unconfirmed_sessions_max = 3;
    options.queue_bytes_max = 1'000;
    return options;
}

WebSocketServerOptions websocket_options(bool is_tiny) {
    if (!is_tiny) return {};
    return {.message_bytes_max = 200, .outbound_bytes_max = 1'000, .ping_interval = 500ms, .ping_timeout = 300ms};
}

net::SimulatedNetworkOptions network_options(std::uint8_t choice) {
    net::SimulatedNetworkOptions options{.cut = (choice & 1) != 0, .delay = (choice & 2) != 0};
    if ((choice & 4) != 0) options.window_bytes = 500;
    if ((choice & 8) == 0) return options;
    options.wake_delay_max = 200ms;
    options.pause_max = 300ms;
    options.tick = 100ms;
    options.shuffle = true;
    return options;
}

class Site {
 public:
    Site(std::uint8_t choice, std::uint8_t weather)
        : network_(weather, network_options(weather)),
          app_(std::in_place, network_.loop(), application_options(tiny(choice))) {
        app_->get("/", [](Request&, Response response) { response.send("hello"); });
        app_->post("/echo", [](Request& request, Response response) { response.send_json_text(request.body()); });
        app_->get("/wait", [this](Request&, Response response) { waiting_.push_back(std::move(response)); });
        app_->get("/away", [](Request& request, Response response) { response.redirect(request.query("to")); });
        app_->get("/long", [](Request&, Response response) { response.send(std::string(30'000, 'l')); });
        app_->get("/lost", [](Request&, Response) {});
        app_->get("/throw", [](Request&, Response) { throw std::runtime_error("thrown"); });
        app_->all("/any/:one/*rest", [](Request& request, Response response) {
            response.set("X-One", request.parameter("one")).cookie("c", request.cookie("c"));
            response.send("rest");
        });
        app_->serve_static("/files", PARLEY_FUZZ_SITE);
        app_->on_error([](const HandlerFailure&) {});
        io_.emplace(*app_, server_options(tiny(choice), (choice & 2) != 0));
        raw_.emplace(*app_, "/raw", websocket_options(tiny(choice)));
        make_program();
        app_->listen({.port = port, .host = {}});
    }

    void step(fuzz::Input& input) {
        const std::uint8_t what = input.octet();
        Peer& peer = peers_[(what >> 4) % peers_.size()];
        switch (what & 15) {
            case 0:
                send(peer, input.text());
                break;
            case 1:
                send(peer, input.long_text());
                break;
            case 2:
            case 3:
                send_frame(peer, input);
                break;
            case 4:
            case 5:
                send_known(peer, input.octet());
                break;
            case 6:
                post(peer, input.text());
                break;
            case 7:
            case 8:
                network_.run_for(std::chrono::milliseconds(1 << (input.octet() % 14)));
                break;
            case 9:
                network_.run_until_idle();
                break;
            case 10:
                leave(peer, input.octet());
                break;
            case 11:
                if (peer.end != nullptr) peer.end->stop_reading();
                break;
            case 12:
                if (peer.end != nullptr) peer.end->resume_reading();
                break;
            case 13:
                act(input.octet());
                break;
            case 14:
                busy_ = std::chrono::milliseconds(input.octet() * 8);
                break;
            default:
                network_.fail_accepts(input.octet() & 3);
                break;
        }
    }

    void finish(std::uint8_t order) {
        for (Peer& peer : peers_) {
            if (peer.end == nullptr) continue;
            peer.end->resume_reading();
            hang_up(peer);
        }
        waiting_.clear();
        network_.fail_accepts(0);
        // Longer than any timeout, twice over.
        network_.run_for(10min);
        if (io_) require(joined_ == left_, "who came has gone");
        if (io_) require(io_->clients_count() == 0, "no client is left");
        if (raw_) require(raw_->size() == 0 && raw_joined_ == raw_left_, "nor a WebSocket");
        require(network_.open_streams() == 0, "nor a connection");
        greet();
        if ((order & 1) != 0) io_.reset();
        if ((order & 2) != 0) raw_.reset();
        if ((order & 4) != 0) app_.reset();
        network_.run_for(1min);
    }

 private:
    struct Peer {
        net::SimulatedPeer* end = nullptr;
        std::string sent;
    };

    static bool tiny(std::uint8_t choice) { return (choice & 1) != 0; }

    void make_program() {
        io_->on_error([](const EventFailure&) {});
        io_->use([](Socket socket, SocketNext next) {
            if (socket.auth().as_string() == "no") throw std::runtime_error("refused");
            next();
        });
        io_->on_connection([this](Socket) { ++joined_; });
        io_->on_disconnect([this] { ++left_; });
        io_->on("echo", [](Json any) { return any; });
        io_->on("work", [this] { work(); });
        io_->on("ask", [](Socket socket) { socket.emit("question", 1, [](Result<std::string>) {}); });
        io_->on("join", [](Socket socket, std::string room) { return bool(socket.join(room)); });
        io_->on("tell", [this](std::string room, std::string text) { io_->to(room).emit("told", text); });
        io_->on("bytes", [](Socket socket, Bytes bytes) { socket.emit("bytes", bytes); });
        io_->on("bye", [](Socket socket, bool close) { socket.disconnect(close); });
        io_->on("throw", [] { throw std::runtime_error("thrown"); });
        io_->of("/other").on_connection([](Socket socket) { socket.emit("welcome"); });
        raw_->on_error([](const HandlerFailure&) {});
        raw_->on_connection([this](WebSocket) { ++raw_joined_; });
        raw_->on_close([this] { ++raw_left_; });
        raw_->on_message([this](WebSocket socket, WebSocketMessage message) {
            if (message.data == "work") work();
            if (message.data == "bye") socket.close(1000, "bye");
            if (message.data == "cut") socket.terminate();
            if (message.data == "throw") throw std::runtime_error("thrown");
            socket.send(message);
        });
    }

    void work() { network_.spend(std::exchange(busy_, 0ms)); }

    net::SimulatedPeer& dial(Peer& peer) {
        if (peer.end != nullptr && !peer.end->is_closed()) return *peer.end;
        hang_up(peer);
        peer.end = &network_.connect(port);
        return *peer.end;
    }

    void send(Peer& peer, std::string_view octets) {
        dial(peer).send(octets);
        peer.sent += octets;
    }

    // Masked with zeros, so that the payload stands in the input as it is.
    void send_frame(Peer& peer, fuzz::Input& input) {
        std::string frame(1, static_cast<char>(input.octet()));
        const std::string_view payload = input.text();
        if (payload.size() < 126) {
            frame += static_cast<char>(0x80 | payload.size());
        } else {
            frame.append("\xFE\0", 2) += static_cast<char>(payload.size());
        }
        send(peer, frame.append(4, '\0').append(payload));
    }

    // What makes deep states easy to reach: requests as clients send them, with the session that was opened last.
    void send_known(Peer& peer, std::uint8_t which) {
        static constexpr std::string_view upgrade =
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
        const auto get = [&](std::string target, std::string_view more = {}) {
            send(peer, "GET " + std::move(target) + " HTTP/1.1\r\nHost: a\r\n" + std::string(more) + "\r\n");
        };
        const std::string polling = "/socket.io/?EIO=4&transport=polling";
        const std::string websocket = "/socket.io/?EIO=4&transport=websocket";
        switch (which % 12) {
            case 0:
                get(polling);
                break;
            case 1:
                get(polling + "&sid=" + sid());
                break;
            case 2:
                get(websocket, upgrade);
                break;
            case 3:
                get(websocket + "&sid=" + sid(), upgrade);
                break;
            case 4:
                get("/raw", upgrade);
                break;
            case 5:
                get("/");
                break;
            case 6:
                get("/wait");
                break;
            case 7:
                get("/long");
                break;
            case 8:
                get("/files/plain.txt", "Range: bytes=5-20\r\n");
                break;
            case 9:
                send(peer, "HEAD /long HTTP/1.1\r\nHost: a\r\n\r\n");
                break;
            case 10:
                get(polling, "Origin: https://evil.example\r\n");
                break;
            default:
                send(peer, "OPTIONS /socket.io/ HTTP/1.1\r\nHost: a\r\nOrigin: https://b.example\r\n\r\n");
                break;
        }
    }

    void post(Peer& peer, std::string_view body) {
        send(peer, "POST /socket.io/?EIO=4&transport=polling&sid=" + sid() +
                       " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
                       std::string(body));
    }

    // The session that was opened last, on any connection.
    std::string sid() {
        constexpr std::string_view key = "\"sid\":\"";
        for (const Peer& peer : peers_) {
            if (peer.end == nullptr) continue;
            const std::string_view received = peer.end->received();
            const std::size_t at = received.rfind(key);
            if (at == std::string_view::npos || !received.substr(0, at).ends_with("0{")) continue;
            sid_ = received.substr(at + key.size(), 20);
        }
        return sid_;
    }

    void leave(Peer& peer, std::uint8_t how) {
        if (peer.end == nullptr) return;
        switch (how & 3) {
            case 0:
                peer.end->end();
                break;
            case 1:
                peer.end->close();
                break;
            case 2:
                peer.end->reset();
                break;
            default:
                hang_up(peer);
                break;
        }
    }

    // Looks at all that came on a connection, and is done with it.
    void hang_up(Peer& peer) {
        if (peer.end == nullptr) return;
        sid();
        const std::string& received = peer.end->received();
        fuzz::AnswerReader(received, peer.sent.contains("HEAD")).read();
        require(!received.contains("no request may reach this"), "nothing outside of the site is served");
        peer.end->reset();
        peer = {};
    }

    void act(std::uint8_t what) {
        switch (what % 13) {
            case 0:
                if (io_) io_->emit("news", "short");
                break;
            case 1:
                if (io_) io_->emit("news", std::string(700, 'n'));
                break;
            case 2:
                if (io_) io_->volatile_().emit("news", Bytes(20));
                break;
            case 3:
                if (io_) io_->sockets_join("room");
                break;
            case 4:
                if (io_) io_->disconnect_sockets((what & 16) != 0);
                break;
            case 5:
                if (io_) io_->timeout(100ms).emit("question", [](Result<std::vector<Json>>) {});
                break;
            case 6:
                if (raw_) raw_->broadcast(std::string(300, 'r'));
                break;
            case 7:
                answer_waiting();
                break;
            case 8:
                waiting_.clear();
                break;
            case 9:
                io_.reset();
                break;
            case 10:
                raw_.reset();
                break;
            case 11:
                if (io_) io_->close();
                if (io_) run_to_end();
                break;
            default:
                app_->stop();
                run_to_end();
                break;
        }
    }

    // Lets a stop have its effect, and opens again.
    void run_to_end() {
        app_->run({.stop_on_signals = false});
        app_->listen({.port = port, .host = {}});
    }

    void answer_waiting() {
        for (Response& response : waiting_)
            response.send("late");
        waiting_.clear();
    }

    void greet() {
        net::SimulatedPeer& guest = network_.connect(port);
        guest.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        network_.run_for(10s);
        require(guest.received().starts_with("HTTP/1.1 200 OK\r\n") && guest.received().ends_with("\r\n\r\nhello"),
                "a newcomer is served");
    }

    net::SimulatedNetwork network_;
    std::optional<Application> app_;
    std::optional<Server> io_;
    std::optional<WebSocketServer> raw_;
    std::vector<Response> waiting_;
    std::array<Peer, 6> peers_;
    std::string sid_ = "none";
    Duration busy_{};
    int joined_ = 0;
    int left_ = 0;
    int raw_joined_ = 0;
    int raw_left_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const std::uint8_t choice = input.octet();
    const std::uint8_t weather = input.octet();
    const std::uint8_t order = input.octet();
    Site site(choice, weather);
    for (int steps = 0; !input.empty() && steps < 300; ++steps)
        site.step(input);
    site.finish(order);
    return 0;
}
