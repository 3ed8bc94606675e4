// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "parley/http/header_list.hpp"

namespace parley::http {

namespace detail {
class HeadReader;

/// A part of the head, by position: heads are at most 64 KiB, and positions stay true when the head moves.
struct HeadPart {
    std::uint16_t begin = 0;
    std::uint16_t size = 0;
};

struct HeaderParts {
    HeadPart name;
    HeadPart value;
};
}  // namespace detail

/// What the heads of requests and of responses have in common: header lines, and what they say of the body and of the
/// connection (RFC 9112 §5, §6 and §9).
///
/// All views live as long as the parser's head does. Header names are found in any case. Repeated headers stay separate
/// lines; `find` gives the first.
class MessageHead {
 public:
    /// The 0 or 1 of HTTP/1.0 or HTTP/1.1.
    [[nodiscard]] int minor_version() const noexcept { return minor_version_; }

    [[nodiscard]] HeaderList headers() const noexcept { return HeaderList(*this); }

    /// The same one by one, where each message is looked through.
    [[nodiscard]] std::size_t header_count() const noexcept { return header_count_; }
    [[nodiscard]] Header header(std::size_t index) const noexcept {
        const detail::HeaderParts& parts =
            index < inline_headers ? headers_[index] : more_headers_[index - inline_headers];
        return {text(parts.name), text(parts.value)};
    }

    /// The value of the first header of this name.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const noexcept;

    /// How many header lines have this name.
    [[nodiscard]] std::size_t count(std::string_view name) const noexcept;

    /// Whether a header of this name, any of its lines, lists `token` (a comma-separated list, in any case).
    [[nodiscard]] bool lists(std::string_view name, std::string_view token) const noexcept;

    /// Whether the sender wants the connection to stay open after this exchange (RFC 9112 §9.3).
    [[nodiscard]] bool keep_alive() const noexcept { return keep_alive_; }

    /// The Content-Length, where there is one.
    [[nodiscard]] std::optional<std::uint64_t> content_length() const noexcept {
        return has_content_length_ ? std::optional(content_length_) : std::nullopt;
    }

    /// Whether the body comes in chunks (RFC 9112 §7.1).
    [[nodiscard]] bool is_chunked() const noexcept { return is_chunked_; }

    /// Whether HTTP is to be left: `Connection: upgrade` with an `Upgrade` header (RFC 9110 §7.8).
    [[nodiscard]] bool wants_upgrade() const noexcept { return wants_upgrade_; }

 protected:
    MessageHead() = default;

    [[nodiscard]] std::string_view text(detail::HeadPart part) const noexcept {
        return {base_ + part.begin, part.size};
    }
    [[nodiscard]] bool announces_body() const noexcept { return is_chunked_ || content_length_ > 0; }

 private:
    friend class detail::HeadReader;

    static constexpr std::size_t inline_headers = 32;

    const char* base_ = "";
    std::uint16_t header_count_ = 0;
    std::uint8_t minor_version_ = 1;
    bool keep_alive_ = true;
    bool is_chunked_ = false;
    bool has_content_length_ = false;
    bool wants_upgrade_ = false;
    std::uint64_t content_length_ = 0;
    std::array<detail::HeaderParts, inline_headers> headers_;
    std::vector<detail::HeaderParts> more_headers_;
};

}  // namespace parley::http
