// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "apps/chat/protocol.hpp"
#include "apps/terminal/prompt_line.hpp"

namespace parley {

/// Whose message it is.
enum class Author : std::uint8_t { somebody, oneself };

/// What a chat looks like in lines of text. What people wrote is made printable: no control character of theirs gets
/// through. Times are those of this machine's place.
class ChatView {
 public:
    /// How much of the time each line says.
    enum class Times : std::uint8_t {
        clock,  ///< hours and minutes, with a line where a day begins: for a person who is there
        full,   ///< day and time to the second: for a file
    };
    ChatView(terminal::Colours colours, Times times) : colours_(colours), times_(times) {}

    /// A message, with the lines of its text below each other.
    [[nodiscard]] std::string message(const chat::Message& message, Author author);
    /// Who came and went at a time, in milliseconds since 1970; empty where that is nobody.
    [[nodiscard]] std::string comings(const std::vector<std::string>& joined, const std::vector<std::string>& left,
                                      std::int64_t time);
    /// A word of the program itself.
    [[nodiscard]] std::string remark(std::string_view text) const;
    /// The same about something that is wrong.
    [[nodiscard]] std::string warning(std::string_view text) const;

 private:
    std::string line_begin(std::int64_t time);

    terminal::Colours colours_;
    Times times_;
    std::string day_;  // of the latest line
};

/// "Ada, Bob and 3 others".
[[nodiscard]] std::string listed_names(const std::vector<std::string>& names);

}  // namespace parley
