// SPDX-License-Identifier: MIT
#include "apps/terminal/terminal.hpp"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace parley::terminal {

namespace {

constexpr std::string_view paste_in_one_piece = "\x1b[?2004h";
constexpr std::string_view paste_as_typed = "\x1b[?2004l";

std::string_view environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string_view() : value;
}

bool can_move_cursor() {
    const std::string_view kind = environment("TERM");
    return !kind.empty() && kind != "dumb";
}

}  // namespace

bool Terminal::is_interactive() {
    return ::isatty(STDIN_FILENO) == 1 && ::isatty(STDOUT_FILENO) == 1 && can_move_cursor();
}

bool Terminal::has_colours() {
    return ::isatty(STDOUT_FILENO) == 1 && can_move_cursor() && environment("NO_COLOR").empty();
}

std::size_t Terminal::columns() {
    constexpr std::size_t columns_usual = 80;
    winsize size{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return columns_usual;
    return size.ws_col;
}

bool Terminal::write(std::string_view octets) {
    while (!octets.empty()) {
        const ssize_t written = ::write(STDOUT_FILENO, octets.data(), octets.size());
        if (written >= 0) {
            octets.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno == EAGAIN) {  // somebody else has made it so
            pollfd output{.fd = STDOUT_FILENO, .events = POLLOUT, .revents = 0};
            (void)::poll(&output, 1, -1);
        } else if (errno != EINTR) {
            return false;
        }
    }
    return true;
}

void Terminal::enter() {
    if (!is_entered_ && ::tcgetattr(STDIN_FILENO, &before_) != 0) return;
    termios keys = before_;
    keys.c_iflag &= static_cast<tcflag_t>(~(BRKINT | ICRNL | IGNCR | INLCR | INPCK | ISTRIP | IXON | PARMRK));
    keys.c_cflag |= CS8;
    keys.c_lflag &= static_cast<tcflag_t>(~(ECHO | ICANON | IEXTEN | ISIG));
    keys.c_cc[VMIN] = 1;
    keys.c_cc[VTIME] = 0;
    if (::tcsetattr(STDIN_FILENO, TCSADRAIN, &keys) != 0) return;
    is_entered_ = true;
    write(paste_in_one_piece);
}

void Terminal::leave() {
    if (!is_entered_) return;
    is_entered_ = false;
    write(paste_as_typed);
    // Keys that were pressed for this program are not for the shell; it may have been stopped in the background.
    (void)::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
}

}  // namespace parley::terminal
