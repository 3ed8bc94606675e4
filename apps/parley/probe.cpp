// SPDX-License-Identifier: MIT
#include "apps/parley/probe.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <span>
#include <system_error>

#include "parley/base/text.hpp"
#include "parley/websocket/client_handshake.hpp"

namespace parley {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t body_bytes_kept = 64 * 1024;
constexpr std::size_t octets_kept = 64;

std::unexpected<Error> failure(ErrorCode code, std::string sentence) {
    return std::unexpected(Error{code, std::move(sentence)});
}

/// A connection that is waited for.
class Connection {
 public:
    explicit Connection(std::chrono::milliseconds timeout) : deadline_(Clock::now() + timeout) {}
    ~Connection() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    Result<void> open(const ProbeAddress& to) {
        descriptor_ = ::socket(to.address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (descriptor_ < 0) return failure(ErrorCode::unavailable, std::generic_category().message(errno) + ".");
        if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&to.address), to.size) == 0) return {};
        if (errno != EINPROGRESS) return explain(errno, to);
        if (!wait(POLLOUT)) return failure(ErrorCode::timed_out, "Nobody answers at " + to.text + ".");
        int code = 0;
        socklen_t size = sizeof code;
        (void)::getsockopt(descriptor_, SOL_SOCKET, SO_ERROR, &code, &size);
        return code == 0 ? Result<void>() : explain(code, to);
    }

    bool send(std::string_view octets) {
        while (!octets.empty()) {
            const ssize_t count = ::send(descriptor_, octets.data(), octets.size(), MSG_NOSIGNAL);
            if (count > 0) {
                octets.remove_prefix(static_cast<std::size_t>(count));
            } else if (errno != EAGAIN || !wait(POLLOUT)) {
                return false;
            }
        }
        return true;
    }

    /// What has come; none: it has ended. An error: nothing came in time.
    Result<std::span<char>> receive() {
        for (;;) {
            const ssize_t count = ::recv(descriptor_, buffer_.data(), buffer_.size(), 0);
            if (count >= 0) return std::span(buffer_).first(static_cast<std::size_t>(count));
            if (errno != EAGAIN) return std::span<char>();
            if (!wait(POLLIN))
                return failure(ErrorCode::timed_out, "The server takes the connection and answers nothing.");
        }
    }

 private:
    static Result<void> explain(int code, const ProbeAddress& to) {
        if (code == ECONNREFUSED) return failure(ErrorCode::unavailable, "Nothing listens on " + to.text + ".");
        return failure(ErrorCode::unavailable,
                       "There is no way to " + to.text + " (" + std::generic_category().message(code) + ").");
    }

    bool wait(short events) {
        pollfd one{.fd = descriptor_, .events = events, .revents = 0};
        for (;;) {
            const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - Clock::now()).count();
            const int count = ::poll(&one, 1, static_cast<int>(std::max<std::int64_t>(0, left)));
            if (count >= 0 || errno != EINTR) return count > 0;
        }
    }

    const Clock::time_point deadline_;
    int descriptor_ = -1;
    std::array<char, 16 * 1024> buffer_{};
};

/// Takes what the parser has read into `answer`. True: there is nothing more to wait for.
bool take(http::ResponseParser& parser, const ProbeRequest& request, ProbeAnswer& answer) {
    using enum http::ResponseEvent::Kind;
    while (const auto event = parser.next_event()) {
        switch (event->kind) {
            case head_received: {
                const http::ReceivedResponse& head = parser.head();
                answer.status = head.status();
                for (std::size_t i = 0; i < head.header_count(); ++i)
                    answer.headers.emplace_back(head.header(i).name, head.header(i).value);
                if (request.websocket_key.empty()) break;
                const auto proof = websocket::check_handshake_answer(head, {request.websocket_key, {}});
                if (!proof) answer.handshake = proof.error().message;
                break;
            }
            case body_received: {
                const std::size_t room = body_bytes_kept - answer.body.size();
                answer.body += event->body.substr(0, room);
                if (event->body.size() >= room) return true;
                break;
            }
            case failed:
                if (event->code != ErrorCode::disconnected) answer.status = 0;
                return true;
            case response_received:
            case left_http:
                return true;
        }
    }
    return false;
}

}  // namespace

std::string_view ProbeAnswer::header(std::string_view name) const {
    const auto found =
        std::ranges::find_if(headers, [name](const auto& header) { return equals_ignoring_case(header.first, name); });
    return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

Result<std::vector<ProbeAddress>> look_up(const std::string& host, std::uint16_t port) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* first = nullptr;
    const int code = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &first);
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> list(first, &::freeaddrinfo);
    if (code != 0) return failure(ErrorCode::not_found, std::string(::gai_strerror(code)) + ".");
    std::vector<ProbeAddress> addresses;
    for (const addrinfo* one = first; one != nullptr; one = one->ai_next) {
        ProbeAddress address{.size = one->ai_addrlen};
        std::copy_n(reinterpret_cast<const char*>(one->ai_addr), one->ai_addrlen,
                    reinterpret_cast<char*>(&address.address));
        std::array<char, NI_MAXHOST> text{};
        (void)::getnameinfo(one->ai_addr, one->ai_addrlen, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST);
        const bool is_six = one->ai_family == AF_INET6;
        address.text =
            (is_six ? "[" : "") + std::string(text.data()) + (is_six ? "]" : "") + ":" + std::to_string(port);
        addresses.push_back(std::move(address));
    }
    return addresses;
}

Result<void> reach(const ProbeAddress& address, std::chrono::milliseconds timeout) {
    return Connection(timeout).open(address);
}

Result<ProbeAnswer> probe(const ProbeAddress& address, const ProbeRequest& request, std::chrono::milliseconds timeout) {
    Connection connection(timeout);
    if (const auto opened = connection.open(address); !opened) return std::unexpected(opened.error());
    ProbeAnswer answer;
    http::ResponseParser parser;
    parser.expect(request.kind);
    if (!connection.send(request.octets)) answer.has_ended = true;
    while (!answer.has_ended) {
        const auto received = connection.receive();
        if (!received) return std::unexpected(received.error());
        const std::string_view octets(received->data(), received->size());
        answer.octets += octets.substr(0, octets_kept - std::min(octets_kept, answer.octets.size()));
        if (octets.empty()) {
            parser.receive_eof();
            (void)take(parser, request, answer);
            answer.has_ended = answer.octets.empty();
            return answer;
        }
        parser.receive(*received);
        if (take(parser, request, answer)) return answer;
        parser.keep();
    }
    return answer;
}

bool is_tls(std::string_view octets) {
    // A record of an alert or a handshake, of a version 3.x
    return octets.size() >= 3 && (octets[0] == 0x15 || octets[0] == 0x16) && octets[1] == 0x03;
}

bool speaks_tls(const ProbeAddress& address, std::chrono::milliseconds timeout) {
    // A greeting without anything in it: whoever speaks TLS refuses that with an alert.
    constexpr std::string_view greeting("\x16\x03\x01\x00\x04\x01\x00\x00\x00", 9);
    Connection connection(timeout);
    if (!connection.open(address) || !connection.send(greeting)) return false;
    const auto received = connection.receive();
    return received && is_tls({received->data(), received->size()});
}

}  // namespace parley
