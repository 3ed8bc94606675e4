// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "parley/base/bytes.hpp"
#include "parley/base/time.hpp"
#include "parley/socketio/failure.hpp"
#include "parley/socketio/limits.hpp"
#include "parley/socketio/packet.hpp"

namespace parley::socketio {

/// A whole packet: checked, named, its attachments collected.
struct DecodedPacket : Packet {
    /// Of an event: its name with escapes resolved; of a numeric name its JSON spelling.
    std::string_view event_name;
    /// Where in the array `data` the arguments begin: behind the bracket, or behind the event's name.
    std::size_t arguments_at = 1;
    /// What the placeholders of `data` stand for, in order.
    std::span<const BytesView> attachments;
};

/// Makes packets of the messages of one connection: text starts one, binary messages complete it.
///
/// The reassembly state belongs to the connection, not to a namespace (Socket.IO protocol v5, "Binary"). It fails once:
/// after `failed` it takes nothing more. It owns memory only of a binary packet, until `release`, and from the first
/// one on what it is described by.
class PacketDecoder {
 public:
    enum class Status {
        complete,    ///< `packet()` is there
        incomplete,  ///< attachments are missing
        failed,      ///< `failure()` says why
    };

    /// `options` must outlive it.
    explicit PacketDecoder(const Options& options);
    explicit PacketDecoder(Options&&) = delete;
    ~PacketDecoder();
    PacketDecoder(const PacketDecoder&) = delete;
    PacketDecoder& operator=(const PacketDecoder&) = delete;

    /// Takes a text message. The packet of `complete` views `message`.
    Status receive_text(std::string_view message, TimePoint now);

    /// Takes a binary message, the next attachment; its octets are copied.
    Status receive_binary(std::string_view octets);

    /// Forgets a complete packet, and gives back the memory of its attachments. Does nothing while some are missing.
    void release();

    /// The packet of the last `complete`, until the next call that changes the decoder.
    [[nodiscard]] const DecodedPacket& packet() const noexcept { return packet_; }
    [[nodiscard]] const Failure& failure() const noexcept { return failure_; }

    [[nodiscard]] const Options& options() const noexcept { return options_; }

    /// Octets of the binary packet that is being collected, or was not released yet.
    [[nodiscard]] std::size_t buffered_bytes() const noexcept { return buffered_bytes_; }

    [[nodiscard]] TimePoint next_deadline() const noexcept { return deadline_; }

    /// Fails when the attachments did not come in time; true when it did so now.
    bool handle_deadline(TimePoint now);

 private:
    friend class ReassemblyBudget;

    enum class State : std::uint8_t {
        idle,        // text is awaited
        collecting,  // attachments are
        dropped,     // the budget took the packet away; the connection does not know yet
        failed,
    };

    // A binary packet.
    struct Reassembly {
        std::string text;  // its message is gone before its attachments come
        std::vector<std::string> octets;
        std::vector<BytesView> attachments;  // views of the octets, made when all are there

        void give_back() noexcept {
            if (text.capacity() > std::string().capacity()) std::string().swap(text);
            if (octets.empty()) return;
            std::vector<std::string>().swap(octets);
            std::vector<BytesView>().swap(attachments);
        }
    };

    Status decode(std::string_view text);
    Status begin(std::string_view text, TimePoint now);
    Status finish();
    Status fail(FailureKind kind, std::string_view reason);
    Status fail_dropped();
    bool keep(std::size_t bytes);
    void forget();
    void forget_reassembled();

    const Options& options_;
    State state_ = State::idle;
    TimePoint deadline_ = no_deadline;
    DecodedPacket packet_;
    Failure failure_;
    std::size_t buffered_bytes_ = 0;
    std::string event_name_;                  // when it had escapes
    std::unique_ptr<Reassembly> reassembly_;  // null until the first binary packet

    // The place among the packets that the budget knows; it manages these.
    PacketDecoder* older_ = nullptr;
    PacketDecoder* newer_ = nullptr;
    bool is_budgeted_ = false;
};

}  // namespace parley::socketio
