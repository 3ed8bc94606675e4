// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace parley::http {

/// The header lines of a response, in order, in the form in which they leave.
///
/// This is the only way a header comes into a response, and it refuses what could forge one: names that are no tokens,
/// values with control characters other than TAB. It also refuses what `append_response_head` writes itself: the names
/// that say where the message ends and what becomes of the connection (Content-Length, Transfer-Encoding, Connection,
/// Keep-Alive, Upgrade, Trailer), Date and X-Content-Type-Options. A refusal returns false and changes nothing.
class ResponseFields {
 public:
    /// Adds a line, beside any other of that name.
    bool add(std::string_view name, std::string_view value);

    /// Puts this line in the place of all others of that name.
    bool set(std::string_view name, std::string_view value);

    /// Puts the lines of `others` in the place of all lines of their names.
    void set(const ResponseFields& others);

    /// Removes all lines of that name; whether there was one.
    bool remove(std::string_view name);

    /// The value of the first line of that name, valid until the next change.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const noexcept;
    [[nodiscard]] bool contains(std::string_view name) const noexcept { return find(name).has_value(); }

    /// Whether `text` is a view of what is kept here, which ends with the next change.
    [[nodiscard]] bool holds(std::string_view text) const noexcept;

    /// All lines, each `Name: value` and CRLF.
    [[nodiscard]] std::string_view text() const noexcept { return text_; }
    [[nodiscard]] bool empty() const noexcept { return text_.empty(); }

 private:
    std::string text_;
};

}  // namespace parley::http
