// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "parley/engineio/packet.hpp"

namespace parley::engineio {

/// What stands between two packets of a payload (Engine.IO protocol v4, "HTTP long-polling").
inline constexpr char record_separator = '\x1e';

/// Appends one packet in the form it has in a payload: text as it is, binary as `b` and base64. The caller writes the
/// `record_separator` between two of them.
void append_record(std::string& out, const Packet& packet);

/// The octets that `append_record` appends.
[[nodiscard]] std::size_t record_size(const Packet& packet) noexcept;

/// The packet of one record, or nothing when it is none. What was base64 stands in `octets` afterwards; anything else
/// is a view of `record`. A client that takes no binary frame speaks so over WebSocket, too.
[[nodiscard]] std::optional<Packet> decode_record(std::string_view record, std::string& octets);

/// How the packets of a payload are held apart.
enum class Framing : std::uint8_t {
    separators,  ///< protocol 4: `record_separator` between two of them
    lengths,     ///< protocol 3: in front of each, as text or in octets
};

/// Appends one packet with its length, as in a payload of Engine.IO protocol 3: in UTF-16 units, behind a colon the
/// text, binary as `b4` and base64.
void append_record_with_length(std::string& out, const Packet& packet);

/// The packet that a WebSocket message of Engine.IO protocol 3 carries: where it is `is_binary`, an octet with the type
/// is in front. Nothing when it is none.
[[nodiscard]] std::optional<Packet> decode_typed_frame(std::string_view data, bool is_binary) noexcept;

/// Takes the packets of a payload one by one: the body of a POST, or of the answer to a poll.
///
/// Reading is lazy, so that a payload of half a million packets can be spread over many turns. It stops for good at the
/// first record that is no packet.
class PayloadReader {
 public:
    PayloadReader() = default;

    /// Reads from `payload`, which must stay in place until the reader is done or replaced. An empty payload holds one
    /// empty record, which is no packet.
    explicit PayloadReader(std::string_view payload, Framing framing = Framing::separators) noexcept
        : rest_(payload), done_(false), framing_(framing) {}

    /// The next record: `done()` was false before. False when the record is no packet, and then the reader is done.
    ///
    /// The packet's data is a view of the payload, or of the reader's own buffer when it was base64: valid until the
    /// next call.
    [[nodiscard]] bool next(Packet& packet);

    [[nodiscard]] bool done() const noexcept { return done_; }

    /// Leaves out what follows. The last packet stays valid.
    void stop() noexcept { done_ = true; }

    /// Gives back the memory of the last packet, which ends with it.
    void release() {
        if (!decoded_.empty()) std::string().swap(decoded_);
    }

 private:
    [[nodiscard]] std::optional<Packet> next_behind_length();
    [[nodiscard]] std::optional<Packet> next_in_octets();

    std::string_view rest_;
    std::string decoded_;
    bool done_ = true;
    Framing framing_ = Framing::separators;
};

}  // namespace parley::engineio
