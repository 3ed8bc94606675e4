// SPDX-License-Identifier: MIT
#include "apps/parley/service_manager.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <utility>

#include "parley/base/text.hpp"
#include "parley/net/loop.hpp"

namespace parley {

ServiceManager::ServiceManager(Application& app) {
    const char* const socket = std::getenv("NOTIFY_SOCKET");
    if (socket == nullptr) return;
    socket_ = socket;
    app.post([this] { tell("READY=1"); });
    if (const auto interval = watchdog()) ticks_ = app.every(*interval / 2, [this] { tell("WATCHDOG=1"); });
    auto watch = app.loop().on_signals({SIGINT, SIGTERM}, [this](int) { tell_of_stop(); });
    if (watch) signals_ = std::move(*watch);
}

// A program without anybody to say goodbye to has ended before it is told of the signal.
ServiceManager::~ServiceManager() {
    ticks_.cancel();
    tell_of_stop();
}

void ServiceManager::tell_of_stop() {
    if (!std::exchange(has_told_of_stop_, true)) tell("STOPPING=1");
}

std::optional<Duration> ServiceManager::watchdog() {
    const char* const time = std::getenv("WATCHDOG_USEC");
    const char* const pid = std::getenv("WATCHDOG_PID");
    if (time == nullptr || (pid != nullptr && parse_decimal(pid) != static_cast<std::uint64_t>(::getpid()))) return {};
    constexpr std::uint64_t longest = 86'400'000'000;  // a day
    const auto microseconds = parse_decimal(time);
    if (!microseconds || *microseconds == 0 || *microseconds > longest) return {};
    return std::chrono::microseconds(*microseconds);
}

void ServiceManager::tell(std::string_view state) const {
    sockaddr_un address{};
    if (socket_.empty() || socket_.size() >= sizeof(address.sun_path)) return;
    address.sun_family = AF_UNIX;
    socket_.copy(address.sun_path, sizeof(address.sun_path) - 1);
    if (socket_.front() == '@') address.sun_path[0] = '\0';  // a name that is no file (unix(7), abstract)
    const int sender = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (sender < 0) return;
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
    ::sendto(sender, state.data(), state.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&address), size);
    ::close(sender);
}

}  // namespace parley
