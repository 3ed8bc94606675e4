// SPDX-License-Identifier: MIT
// What a client says last is sent before its run() returns.
#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "parley/client.hpp"
#include "parley/websocket/handshake.hpp"

namespace parley::test {
namespace {

using namespace std::chrono_literals;

/// A server for one WebSocket that sends `frames` behind its handshake, and takes its time before it reads what comes.
class RudeServer {
 public:
    explicit RudeServer(std::string frames) : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        REQUIRE(::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
        REQUIRE(::listen(listener_, 1) == 0);
        socklen_t size = sizeof address;
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this, frames = std::move(frames)] { serve(frames); });
    }
    ~RudeServer() {
        thread_.join();
        ::close(listener_);
    }
    [[nodiscard]] std::string url() const { return "ws://127.0.0.1:" + std::to_string(port_); }
    /// What the client has sent behind its handshake, once it has closed.
    [[nodiscard]] std::string received() {
        while (!is_over_.load())
            std::this_thread::sleep_for(1ms);
        return received_;
    }

 private:
    void serve(const std::string& frames) {
        const int peer = ::accept(listener_, nullptr, nullptr);
        std::string request;
        char buffer[4'096];
        while (!request.ends_with("\r\n\r\n")) {
            const ssize_t size = ::recv(peer, buffer, sizeof buffer, 0);
            if (size <= 0) break;
            request.append(buffer, static_cast<std::size_t>(size));
        }
        constexpr std::string_view field = "Sec-WebSocket-Key: ";
        const std::size_t at = request.find(field) + field.size();
        const std::string key = request.substr(at, request.find("\r\n", at) - at);
        const std::string answer =
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
            websocket::accept_key(key) + "\r\n\r\n" + frames;
        static_cast<void>(::send(peer, answer.data(), answer.size(), MSG_NOSIGNAL));
        for (;;) {
            const ssize_t size = ::recv(peer, buffer, sizeof buffer, 0);
            if (size <= 0) break;
            received_.append(buffer, static_cast<std::size_t>(size));
        }
        ::close(peer);
        is_over_.store(true);
    }

    int listener_;
    std::uint16_t port_ = 0;
    std::string received_;
    std::atomic<bool> is_over_ = false;
    std::thread thread_;
};

/// The code of the Close frame among the short frames that `octets` of a client are; 0: there is none.
int close_code(std::string_view octets) {
    const auto octet = [&](std::size_t i) { return static_cast<int>(static_cast<unsigned char>(octets[i])); };
    constexpr std::size_t head = 6;  // with its mask
    while (octets.size() >= head + 2 && octet(0) != 0x88)
        octets.remove_prefix(std::min(octets.size(), head + static_cast<std::size_t>(octet(1) & 0x7f)));
    if (octets.size() < head + 2) return 0;
    return ((octet(6) ^ octet(2)) << 8) | (octet(7) ^ octet(3));
}

std::string text_frame(std::string_view text) {
    return std::string("\x81") + static_cast<char>(text.size()) + std::string(text);
}

}  // namespace

TEST_CASE("WebSocketClient: the Close frame of a violation has left when run() returns") {
    const std::string masked("\x81\x81\0\0\0\0a", 7);  // of a server: a violation [1002]
    const std::string no_utf8("\x81\x01\xff", 3);      // [1007]
    for (const auto& [frames, code] : {std::pair{masked, 1002}, std::pair{no_utf8, 1007}}) {
        for (int round = 0; round < 20; ++round) {
            RudeServer server(frames);
            int closed = 0;
            {
                WebSocketClient client(server.url());
                client.on_close([&](int its_code) { closed = its_code; });
                CHECK(client.run() == 0);
            }
            CHECK(closed == code);
            CHECK(close_code(server.received()) == code);
        }
    }
}

TEST_CASE("Client: so has that of its WebSocket") {
    const std::string greeting = text_frame(R"(0{"sid":"x","upgrades":[],"pingInterval":25000,"pingTimeout":20000})");
    for (int round = 0; round < 20; ++round) {
        RudeServer server(greeting + std::string("\x81\x81\0\0\0\0a", 7));
        {
            ClientOptions options;
            options.transports = {Transport::websocket};
            options.reconnection = false;
            Client client("http" + server.url().substr(2), std::move(options));
            CHECK(client.run() == 0);
        }
        CHECK(close_code(server.received()) == 1002);
    }
}

TEST_CASE("WebSocketClient: one that is destroyed in its close handler says nothing more, and all is well") {
    RudeServer server(std::string("\x81\x81\0\0\0\0a", 7));
    auto client = std::make_unique<WebSocketClient>(server.url());
    WebSocketClient& running = *client;
    running.on_close([&] { client.reset(); });
    CHECK(running.run() == 0);
    CHECK(client == nullptr);
    static_cast<void>(server.received());
}

}  // namespace parley::test
