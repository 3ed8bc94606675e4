// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace parley {

/// What a packet of a Socket.IO server means for the measuring.
struct BenchPacket {
    enum class Kind : std::uint8_t {
        connected,     ///< the namespace let one in
        refused,       ///< it did not: `text` says why
        disconnected,  ///< it put one out
        answer,        ///< the event that is waited for, with `text`
        ack,           ///< the acknowledgement `id`, with `text`
        other,         ///< an event that is none of ours
        broken,        ///< no packet
    };
    Kind kind{};
    std::string_view text{};  ///< of the first argument, empty where that is no text; valid until the next `read`
    std::uint64_t id = 0;
};

/// The packets of one namespace, as texts: made without a detour, and read so where they are what is expected.
class BenchPackets {
 public:
    /// `answer` is the event that brings answers, each a text of `bytes` octets where nothing has altered it.
    BenchPackets(std::string nsp, std::string_view answer, std::size_t bytes);

    /// Asks to be let in; `auth_json` may be empty.
    void append_connect(std::string& out, std::string_view auth_json) const;
    /// The beginning of an event whose last argument is a payload; `append_end` ends it.
    [[nodiscard]] std::string event(std::string_view name, std::optional<std::string_view> room = {}) const;
    /// The same in two parts, between which the id of an acknowledgement stands.
    [[nodiscard]] std::string before_id() const;
    [[nodiscard]] static std::string behind_id(std::string_view name);
    static void append_end(std::string& out) { out += "\"]"; }

    [[nodiscard]] BenchPacket read(std::string_view text);

 private:
    [[nodiscard]] BenchPacket read_slowly(std::string_view text);
    [[nodiscard]] std::string_view first_text(std::string_view data, std::size_t at);

    std::string nsp_;
    std::string answer_name_;
    std::string answer_head_;
    std::string ack_head_;
    std::size_t bytes_;
    std::string held_;  // what was escaped
};

}  // namespace parley
