// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "parley/base/error.hpp"
#include "parley/base/outbox.hpp"
#include "parley/tls/openssl.hpp"

namespace parley::tls {

enum class Role : std::uint8_t { client, server };

/// One end of TLS: octets of the wire in, octets of the program out, and the other way round (RFC 8446, RFC 5246).
///
/// | State | Begins with | What is read |
/// |---|---|---|
/// | handshake | the constructor | nothing: `read` takes it further |
/// | established | the handshake's end, which `read` reports once | what the peer sends |
/// | ended | the peer's close_notify | nothing any more; writing is still possible |
/// | failed | what the peer broke, or could not prove | nothing; an alert is in the outbox |
///
/// Belongs to one thread at a time. What it cannot get memory for is a failure.
class Session {
 public:
    enum class Status : std::uint8_t { read, wants_input, established, ended, failed };
    struct Reading {
        Status status = Status::wants_input;
        std::size_t bytes = 0;
    };

    /// `context` lives as long as `ssl`.
    Session(Owned<ssl_st> ssl, Role role, std::shared_ptr<const void> context);
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    [[nodiscard]] Role role() const noexcept { return role_; }
    [[nodiscard]] bool is_established() const noexcept { return is_established_; }

    /// Octets of the peer. They must live until `read` wants input, or `keep_input`.
    void receive(std::string_view octets);
    /// Copies what of them was not read yet.
    void keep_input();
    /// Forgets that instead: nobody reads it any more.
    void forget_input() noexcept;
    /// Whether something was received that `read` has not seen.
    [[nodiscard]] bool has_input() const noexcept;

    /// Goes on with what was received: the handshake first, then octets of the program, of one record at most. What it
    /// has to say goes to `out`.
    [[nodiscard]] Reading read(std::span<char> into, Outbox& out);

    /// Encrypts `octets`, at most `record_bytes_max`, established. False: it has failed.
    [[nodiscard]] bool write(std::string_view octets, Outbox& out);
    static constexpr std::size_t record_bytes_max = 16 * 1024;

    /// Says that nothing more follows: close_notify.
    void close(Outbox& out) noexcept;

    /// Once it has failed: why, in a sentence.
    [[nodiscard]] const Error& error() const noexcept { return error_; }
    /// Whether what came was an HTTP request in clear.
    [[nodiscard]] bool was_http() const noexcept { return was_http_; }

 private:
    struct Methods;

    [[nodiscard]] Reading go_on(int result);
    void fail();

    const Role role_;
    const std::shared_ptr<const void> context_;
    const Owned<ssl_st> ssl_;
    std::string_view input_;
    std::string kept_;
    Outbox* out_ = nullptr;
    Error error_;
    bool is_established_ = false;
    bool is_out_of_memory_ = false;
    bool was_http_ = false;
};

}  // namespace parley::tls
