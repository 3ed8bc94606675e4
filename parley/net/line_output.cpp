// SPDX-License-Identifier: MIT
#include "parley/net/line_output.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace parley::net {
namespace {

// A pipe or a terminal that says it has room takes this much without waiting (pipe(7), "PIPE_BUF").
bool has_room(int descriptor) noexcept {
    pollfd asked{.fd = descriptor, .events = POLLOUT, .revents = 0};
    return ::poll(&asked, 1, 0) == 1 && (asked.revents & POLLOUT) != 0;
}

}  // namespace

bool LineOutput::write_whole(std::string_view line) noexcept {
    std::array<char, line_bytes_max> whole;
    const std::size_t size = std::min(line.size(), whole.size() - 1);
    std::memcpy(whole.data(), line.data(), size);
    whole[size] = '\n';
    // A socket (the journal's) may have room for less than a line; it can be asked not to wait.
    ssize_t written = ::send(descriptor_, whole.data(), size + 1, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (written < 0 && errno == ENOTSOCK && has_room(descriptor_))
        written = ::write(descriptor_, whole.data(), size + 1);
    return written >= 0;
}

bool LineOutput::write(std::string_view line) noexcept {
    const int error_before = errno;
    bool is_written = false;
    if (lost_ != told_) {
        std::array<char, 80> notice;
        const int size = std::snprintf(notice.data(), notice.size(), "parley: %llu lines were lost: nobody read them",
                                       static_cast<unsigned long long>(lost_ - told_));
        if (write_whole({notice.data(), static_cast<std::size_t>(size)})) told_ = lost_;
    }
    if (lost_ == told_) is_written = write_whole(line);
    if (!is_written) ++lost_;
    errno = error_before;
    return is_written;
}

}  // namespace parley::net
