// SPDX-License-Identifier: MIT
#include "parley/net/backend/posix/local_socket.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <limits>
#include <system_error>
#include <utility>

#include "parley/base/text.hpp"
#include "parley/net/backend/posix/socket_address.hpp"
#include "parley/net/backend/posix/socket_calls.hpp"

namespace parley::net {
namespace detail {
namespace {

constexpr int first_handed_over = 3;  // sd_listen_fds(3): SD_LISTEN_FDS_START
constexpr std::uint32_t modes = 0777;

// What this process has taken so far, as the environment that says what there is belongs to the process, too.
std::atomic<int>& taken() {
    static std::atomic<int> count = 0;
    return count;
}

std::unexpected<Error> refuse(ErrorCode code, std::string sentence) {
    return std::unexpected(Error{code, std::move(sentence)});
}

std::unexpected<Error> cannot_listen(const std::string& path) {
    const int code = errno;
    const bool is_forbidden = code == EACCES || code == EPERM || code == EROFS;
    return refuse(is_forbidden         ? ErrorCode::permission_denied
                  : code == ENOENT     ? ErrorCode::not_found
                  : code == EADDRINUSE ? ErrorCode::address_in_use
                                       : ErrorCode::unavailable,
                  "Cannot make the socket " + path + ": " + std::generic_category().message(code) + ".");
}

/// Whether somebody accepts connections there. A queue that is full is one of somebody.
bool is_listening(const std::string& path) {
    const Descriptor socket = begin_to_connect(path);
    return socket || (errno != ECONNREFUSED && errno != ENOENT);
}

/// Makes the place free, if a process that is gone has left its file there.
Result<void> make_place(const std::string& path) {
    struct stat there{};
    if (::lstat(path.c_str(), &there) != 0) return {};  // if it is for another reason than that, `bind` says it
    if (!S_ISSOCK(there.st_mode)) {
        return refuse(ErrorCode::address_in_use,
                      "There is something else than a socket at " + path + ". Choose another path, or take it away.");
    }
    if (is_listening(path)) {
        return refuse(ErrorCode::address_in_use, "The socket " + path +
                                                     " is in use. Stop the program that listens on it (see: ss -lxp), "
                                                     "or choose another path.");
    }
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) return cannot_listen(path);
    return {};
}

}  // namespace

LocalSocketFile::LocalSocketFile(std::string path) : path_(std::move(path)) {
    struct stat made{};
    if (::lstat(path_.c_str(), &made) != 0) path_.clear();
    device_ = made.st_dev;
    inode_ = made.st_ino;
}

LocalSocketFile::LocalSocketFile(LocalSocketFile&& other) noexcept
    : path_(std::exchange(other.path_, {})), device_(other.device_), inode_(other.inode_) {}

LocalSocketFile& LocalSocketFile::operator=(LocalSocketFile&& other) noexcept {
    if (this == &other) return *this;
    remove();
    path_ = std::exchange(other.path_, {});
    device_ = other.device_;
    inode_ = other.inode_;
    return *this;
}

void LocalSocketFile::remove() noexcept {
    struct stat there{};
    if (path_.empty() || ::lstat(path_.c_str(), &there) != 0) return;
    if (there.st_dev == device_ && there.st_ino == inode_) ::unlink(path_.c_str());
}

Result<LocalSocket> open_local(const std::string& path, const LocalListenOptions& options) {
    if (path.empty() || path.size() > SocketAddress::path_bytes_max || path.contains('\0')) {
        return refuse(ErrorCode::invalid_argument, "The path is none that a socket can have (107 octets at most).");
    }
    if (options.mode > modes) {
        return refuse(ErrorCode::invalid_argument, "The mode of a socket is a number from 0 to 0777.");
    }
    if (Result<void> free = make_place(path); !free) return std::unexpected(std::move(free.error()));
    LocalSocket made{Descriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)), {}};
    const SocketAddress address = SocketAddress::local(path);
    if (!made.descriptor || ::bind(made.descriptor.get(), address.get(), address.size) != 0) return cannot_listen(path);
    made.file = LocalSocketFile(path);
    // Nobody can connect before it listens, whatever the umask has made of the mode until then.
    if (::chmod(path.c_str(), options.mode) != 0 || ::listen(made.descriptor.get(), options.backlog) != 0)
        return cannot_listen(path);
    return made;
}

Result<Descriptor> take_handed_over() {
    if (handed_over_sockets() == 0) {
        return refuse(ErrorCode::not_found,
                      "No socket was handed over to this process that is not taken: start it by a socket unit of "
                      "systemd (systemd.socket(5)).");
    }
    const int number = first_handed_over + taken()++;
    Descriptor socket(number);
    int listens = 0;
    socklen_t size = sizeof(listens);
    const bool is_listening = ::getsockopt(number, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens != 0;
    const int flags = ::fcntl(number, F_GETFL);
    const bool is_ready = is_listening && flags != -1 && ::fcntl(number, F_SETFL, flags | O_NONBLOCK) == 0 &&
                          ::fcntl(number, F_SETFD, FD_CLOEXEC) == 0;
    if (is_ready) return socket;
    return refuse(ErrorCode::invalid_argument,
                  "What was handed over as descriptor " + std::to_string(number) +
                      " is no socket that accepts connections: write ListenStream= and Accept=no into its unit.");
}

}  // namespace detail

std::size_t handed_over_sockets() {
    const char* const pid = std::getenv("LISTEN_PID");
    const char* const count = std::getenv("LISTEN_FDS");
    if (pid == nullptr || count == nullptr || parse_decimal(pid) != static_cast<std::uint64_t>(::getpid())) return 0;
    constexpr std::uint64_t count_max = 1'024;
    const std::uint64_t all = parse_decimal(count).value_or(0);
    const auto gone = static_cast<std::uint64_t>(detail::taken().load());
    return all <= count_max && all > gone ? static_cast<std::size_t>(all - gone) : 0;
}

}  // namespace parley::net
