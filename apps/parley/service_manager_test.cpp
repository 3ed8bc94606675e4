// SPDX-License-Identifier: MIT
#include "apps/parley/service_manager.hpp"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <vector>

using namespace parley;
using namespace std::chrono_literals;

namespace {

/// What systemd would hear, at a socket that is no file.
class Manager {
 public:
    Manager() : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
        const std::string name = "parley-notify-" + std::to_string(::getpid());
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        name.copy(address.sun_path + 1, sizeof(address.sun_path) - 1);
        const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
        REQUIRE(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), size) == 0);
        ::setenv("NOTIFY_SOCKET", ("@" + name).c_str(), 1);
    }
    ~Manager() {
        ::unsetenv("NOTIFY_SOCKET");
        ::unsetenv("WATCHDOG_USEC");
        ::unsetenv("WATCHDOG_PID");
        ::close(socket_);
    }
    Manager(const Manager&) = delete;
    Manager& operator=(const Manager&) = delete;

    std::vector<std::string> heard() {
        std::vector<std::string> all;
        std::array<char, 256> octets{};
        for (ssize_t size = 0; (size = ::recv(socket_, octets.data(), octets.size(), 0)) >= 0;)
            all.emplace_back(octets.data(), static_cast<std::size_t>(size));
        return all;
    }

 private:
    const int socket_;
};

}  // namespace

TEST_CASE("a service manager hears that the server is ready, turns, and stops") {
    Manager manager;
    ::setenv("WATCHDOG_USEC", "40000", 1);  // few ticks: the queue of such a socket is short
    ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
    Application app;
    {
        const ServiceManager told(app);
        CHECK(manager.heard().empty());
        app.after(70ms, [] { ::raise(SIGTERM); });
        app.run();
    }
    const std::vector<std::string> heard = manager.heard();
    REQUIRE(heard.size() >= 4);
    CHECK(heard.front() == "READY=1");
    CHECK(heard[1] == "WATCHDOG=1");
    CHECK(heard[2] == "WATCHDOG=1");
    CHECK(std::ranges::count(heard, "STOPPING=1") == 1);
    CHECK(std::ranges::find(heard, "STOPPING=1") + 2 >=
          heard.end());  // at most with a last tick of the same turn behind
}

TEST_CASE("without a service manager nobody is told, and a watchdog of somebody else is not ours") {
    Application app;
    const ServiceManager told(app);
    app.post([&] { app.stop(); });
    CHECK(app.run() == 0);
    CHECK_FALSE(ServiceManager::watchdog());
    for (const char* const time : {"0", "-1", "x", "", "99999999999999"}) {
        ::setenv("WATCHDOG_USEC", time, 1);
        CHECK_FALSE(ServiceManager::watchdog());
    }
    ::setenv("WATCHDOG_USEC", "30000000", 1);
    CHECK(ServiceManager::watchdog() == 30s);
    ::setenv("WATCHDOG_PID", "1", 1);
    CHECK_FALSE(ServiceManager::watchdog());
    ::unsetenv("WATCHDOG_USEC");
    ::unsetenv("WATCHDOG_PID");
    Manager manager;
    ::setenv("NOTIFY_SOCKET", std::string(200, 'x').c_str(), 1);  // none that can be: nothing happens
    const ServiceManager lost(app);
    app.post([&] { app.stop(); });
    CHECK(app.run() == 0);
}
