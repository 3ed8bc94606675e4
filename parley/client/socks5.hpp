// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "parley/base/error.hpp"
#include "parley/http/url.hpp"

namespace parley::client {

/// What a client says to a SOCKS5 proxy, and what it makes of the answers (RFC 1928 and 1929): octets in, octets out.
///
/// The name of the server goes to the proxy as it is, which looks it up. Fails once.
class Socks5Handshake {
 public:
    /// `who` may be null: then nobody is named.
    Socks5Handshake(const http::Url& server, const http::UserInformation* who);

    /// Why it cannot begin: a name, a user or a password that does not fit into 255 octets.
    [[nodiscard]] Result<void> check() const;

    /// What is to be sent now; afterwards it is gone.
    [[nodiscard]] std::string take_output() { return std::exchange(output_, {}); }

    /// Takes octets from the front of `input`, those of the answer and no more. True when the proxy has connected;
    /// false when more is needed.
    [[nodiscard]] Result<bool> receive(std::string_view& input);

 private:
    enum class State : std::uint8_t { method, authentication, reply, address, done };

    void ask_to_connect();
    [[nodiscard]] Result<void> take_method();
    [[nodiscard]] Result<void> take_reply();

    std::string host_;
    std::uint16_t port_;
    http::UserInformation who_;
    bool has_user_;
    State state_ = State::method;
    std::size_t wanted_ = 2;  // octets of the answer in progress
    std::string answer_;
    std::string output_;
};

}  // namespace parley::client
