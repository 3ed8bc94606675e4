// SPDX-License-Identifier: MIT
#include "parley/net/system_error.hpp"

#include <cerrno>
#include <system_error>

namespace parley::net::detail {
namespace {

std::string words_for(int code) {
    return std::generic_category().message(code);
}

}  // namespace

Error connection_error(int code) {
    switch (code) {
        case ECONNRESET:
        case EPIPE:
        case ENOTCONN:
            return {ErrorCode::disconnected, "The other side has broken the connection."};
        case ETIMEDOUT:
            return {ErrorCode::timed_out, "The other side does not answer any more."};
        case EHOSTUNREACH:
        case ENETUNREACH:
        case ENETDOWN:
            return {ErrorCode::disconnected, "The network to the other side is down (" + words_for(code) + ")."};
        default:
            return {ErrorCode::unavailable, "The connection failed: " + words_for(code) + "."};
    }
}

Error listen_error(int code, const Endpoint& endpoint) {
    const std::string port = std::to_string(endpoint.port());
    switch (code) {
        case EADDRINUSE:
            return {ErrorCode::address_in_use,
                    "Port " + port + " is already in use. Stop the program that uses it (see: ss -ltnp 'sport = :" +
                        port + "') or choose another port."};
        case EACCES:
        case EPERM:
            return {ErrorCode::permission_denied,
                    "Port " + port + " may not be used without privileges. Choose a port from 1024 up, or give " +
                        "the program the capability CAP_NET_BIND_SERVICE."};
        case EADDRNOTAVAIL:
            return {ErrorCode::invalid_argument, "This machine does not have the address " + endpoint.address() +
                                                     ". Listen on one of its own, or on all of them (0.0.0.0 or ::)."};
        case EMFILE:
        case ENFILE:
            return {ErrorCode::unavailable,
                    "Cannot listen on port " + port + ": no file descriptor is left. Raise the limit (ulimit -n)."};
        default:
            return {ErrorCode::unavailable, "Cannot listen on " + endpoint.to_string() + ": " + words_for(code) + "."};
    }
}

Error connect_error(int code, const Endpoint& endpoint) {
    const std::string target = endpoint.to_string();
    switch (code) {
        case ECONNREFUSED:
            return {ErrorCode::disconnected, "Nothing listens on " + target + "."};
        case ETIMEDOUT:
            return {ErrorCode::timed_out, target + " does not answer."};
        case EMFILE:
        case ENFILE:
            return {ErrorCode::unavailable,
                    "Cannot connect to " + target + ": no file descriptor is left. Raise the limit (ulimit -n)."};
        default:
            return {ErrorCode::unavailable, "Cannot connect to " + target + ": " + words_for(code) + "."};
    }
}

Error connect_error(int code, const std::string& path) {
    switch (code) {
        case ENOENT:
            return {ErrorCode::not_found, "There is no socket " + path + "."};
        case ECONNREFUSED:
            return {ErrorCode::disconnected, "Nothing listens on " + path + "."};
        case EACCES:
        case EPERM:
            return {ErrorCode::permission_denied, "The socket " + path + " may not be used by this user."};
        case ENAMETOOLONG:
        case EINVAL:
            return {ErrorCode::invalid_argument, "The path is none that a socket can have (107 octets at most)."};
        default:
            return {ErrorCode::unavailable, "Cannot connect to " + path + ": " + words_for(code) + "."};
    }
}

Error system_error(int code, std::string_view what) {
    return {ErrorCode::unavailable, "The operating system refused " + std::string(what) + ": " + words_for(code) + "."};
}

}  // namespace parley::net::detail
