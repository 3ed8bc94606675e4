// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <thread>

#include "parley/server.hpp"

using namespace parley;
using namespace std::chrono_literals;

namespace {

// A blocking WebSocket client on a real port, as small as can be.
class BlockingClient {
 public:
    explicit BlockingClient(int port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<std::uint16_t>(port));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        REQUIRE(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
        send(
            "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: "
            "websocket\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        read_until("\r\n\r\n");
        send_text("40");
        read_until("40{\"sid\"");
    }
    ~BlockingClient() { ::close(socket_); }
    BlockingClient(const BlockingClient&) = delete;
    BlockingClient& operator=(const BlockingClient&) = delete;

    void send_text(const std::string& text) {
        std::string frame{static_cast<char>(0x81), static_cast<char>(0x80 | text.size()), 0, 0, 0, 0};
        send(frame + text);
    }
    // Reads until `text` has come; returns what came.
    std::string read_until(const std::string& text) {
        while (received_.find(text) == std::string::npos) {
            char buffer[4096];
            const ssize_t size = ::recv(socket_, buffer, sizeof buffer, 0);
            if (size <= 0) break;
            received_.append(buffer, static_cast<std::size_t>(size));
        }
        return received_;
    }

 private:
    void send(const std::string& octets) {
        REQUIRE(::send(socket_, octets.data(), octets.size(), 0) == static_cast<ssize_t>(octets.size()));
    }

    int socket_;
    std::string received_;
};

}  // namespace

TEST_CASE("any thread may emit, join, answer, disconnect and close") {
    Server io;
    std::atomic<bool> has_socket = false;
    Socket shared;
    Ack later;
    io.use([](Socket, SocketNext next) { std::thread([next] { next(); }).detach(); });
    io.on_connection([&](Socket socket) {
        shared = socket;
        has_socket = true;
        has_socket.notify_all();
    });
    std::atomic<bool> has_ack = false;
    io.on("later", [&](Ack ack) {
        later = ack;
        has_ack = true;
        has_ack.notify_all();
    });
    std::atomic<int> answers = 0;
    io.listen(ListenOptions{.port = 0, .host = "127.0.0.1"});
    const int port = io.port();
    std::thread loop([&] { io.run({.stop_on_signals = false}); });

    {
        BlockingClient client(port);
        has_socket.wait(false);
        const Socket socket = shared;
        std::vector<std::thread> threads;
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([&, t] {
                for (int i = 0; i < 250; ++i) {
                    socket.emit("one", t, i);
                    io.emit("all", t, i);
                    io.to(socket.id()).emit("room", t, i);
                }
            });
        }
        for (std::thread& thread : threads)
            thread.join();
        CHECK(socket.join("room"));
        io.to("room").emit("end", to_bytes("x"));
        const std::string all = client.read_until("\"end\"");
        // What one thread said comes in its order.
        std::size_t at = 0;
        for (int i = 0; i < 250; ++i) {
            at = all.find("[\"one\",2," + std::to_string(i) + "]", at);
            REQUIRE(at != std::string::npos);
        }

        socket.timeout(60s).emit("ask", [&](Result<int> answer) {
            answers += answer.value_or(0);
            answers.notify_all();
        });
        client.read_until("[\"ask\"]");
        client.send_text("430[7]");
        answers.wait(0);
        CHECK(answers == 7);

        client.send_text("421[\"later\"]");
        has_ack.wait(false);
        later("done");
        CHECK(client.read_until("431[\"done\"]").ends_with("431[\"done\"]"));
        CHECK(socket.disconnect());
        client.read_until(std::string("\x81\x02") + "41");
        CHECK(socket.id().size() == 20);
    }
    io.close();
    loop.join();
    CHECK_FALSE(shared.connected());
    CHECK_FALSE(shared.emit("gone"));
}

TEST_CASE("handles may be dropped on any thread after their server") {
    Socket kept;
    BroadcastOperator everybody = [&] {
        Server io;
        return io.to("room");
    }();
    std::thread([everybody = std::move(everybody)] { CHECK_FALSE(everybody.emit("gone")); }).join();
}
