// SPDX-License-Identifier: MIT
#pragma once

#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <thread>

namespace parley::web::test {

/// A blocking client on the loopback.
class Client {
 public:
    explicit Client(int port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        set_patience(20'000);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<std::uint16_t>(port));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        REQUIRE(::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    ~Client() { ::close(socket_); }

    /// How long `receive_until` waits.
    void set_patience(int milliseconds) const {
        const timeval patience{.tv_sec = milliseconds / 1000, .tv_usec = milliseconds % 1000 * 1000};
        setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    }

    void send(std::string_view octets) const {
        while (!octets.empty()) {
            const ssize_t sent = ::send(socket_, octets.data(), octets.size(), MSG_NOSIGNAL);
            if (sent <= 0) return;
            octets.remove_prefix(static_cast<std::size_t>(sent));
        }
    }

    /// Receives until what has come ends with `end`, or the connection does; returns all that came since the last call.
    std::string receive_until(std::string_view end) const {
        std::string received;
        char buffer[65536];
        while (!received.ends_with(end) || end.empty()) {
            const ssize_t size = ::recv(socket_, buffer, sizeof buffer, 0);
            if (size <= 0) break;
            received.append(buffer, static_cast<std::size_t>(size));
        }
        return received;
    }

 private:
    int socket_;
};

/// Runs an application or a server on a thread of its own, until the end of the scope.
template <typename Served>
class Running {
 public:
    explicit Running(Served& served)
        : served_(served), thread_([&served] { served.run({.stop_on_signals = false}); }) {}
    ~Running() { stop(); }
    void stop() {
        if (!thread_.joinable()) return;
        served_.stop();
        thread_.join();
    }

 private:
    Served& served_;
    std::thread thread_;
};

}  // namespace parley::web::test
