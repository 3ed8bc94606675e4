// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "parley/base/reference.hpp"
#include "parley/base/shared_buffer.hpp"
#include "parley/engineio/packet.hpp"
#include "parley/engineio/transport.hpp"
#include "parley/websocket/deflate.hpp"

namespace parley::engine {

/// What a session agreed to, as far as it decides the octets of what it is sent; its WebSocket knows of compression.
struct Wire {
    engineio::Transport transport = engineio::Transport::polling;
    bool takes_binary = true;  ///< false: binary goes as base64 text over WebSocket, too
};

/// Whether this packet is to be compressed, where there is compression.
[[nodiscard]] inline bool is_worth_compressing(const engineio::Packet& packet,
                                               const websocket::DeflateExtension& deflate) noexcept {
    return packet.compress && deflate.is_worth(packet.data.size() + (packet.is_binary ? 0 : 1));
}

class MessageForms;

/// What leaves together on its way to a session: a packet, or a text message and the binary ones that belong to it.
///
/// A view: packets and forms must live until `Session::send` has returned. Without forms it is for one session, and
/// written straight into its outbox; with them its octets are made once for all that get it.
struct Message {
    Message(const engineio::Packet& packet) noexcept : packets(&packet, 1) {}
    Message(std::span<const engineio::Packet> its_packets, MessageForms& its_forms) noexcept
        : packets(its_packets), forms(&its_forms) {}
    explicit Message(std::span<const engineio::Packet> its_packets) noexcept : packets(its_packets) {}

    std::span<const engineio::Packet> packets;
    MessageForms* forms = nullptr;
};

/// A message that waits until there is a way out, in no form yet: it may leave by another transport than it came for.
///
/// Many queues may hold one, all on one thread: what a single session is sent costs no atomic operation. One
/// allocation.
class KeptMessage {
 public:
    /// Copies what the packets say.
    [[nodiscard]] static Reference<KeptMessage> make(std::span<const engineio::Packet> packets);
    KeptMessage(const KeptMessage&) = delete;
    KeptMessage& operator=(const KeptMessage&) = delete;

    [[nodiscard]] std::span<const engineio::Packet> packets() const noexcept { return packets_; }

    /// Its octets in a payload, the separators between its records included.
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    /// Appends its records to a payload, with separators between them.
    void append_records(std::string& payload) const;

 private:
    KeptMessage() = default;
    friend void retain(KeptMessage* message) noexcept { ++message->references_; }
    friend void release(KeptMessage* message) noexcept {
        if (--message->references_ == 0) destroy(message);
    }
    static void destroy(KeptMessage* message) noexcept;

    unsigned references_ = 0;
    bool has_binary_ = false;
    std::span<engineio::Packet> packets_;  // they stand behind this, and what they say behind them
    std::size_t size_ = 0;
    mutable SharedBuffer records_;  // where base64 is in them and several sessions want it
};

/// The octets of a message for many sessions in each form that one of them wants, made when first asked for: outboxes
/// and queues refer to them. Belongs to one thread, and to one message.
class MessageForms {
 public:
    /// All WebSocket frames of the message, one after the other (RFC 6455 §5.2, unmasked).
    [[nodiscard]] const SharedBuffer& frames(std::span<const engineio::Packet> packets, const Wire& wire) {
        const SharedBuffer& made = frames_[wire.takes_binary ? 1 : 0];
        return made.empty() ? make_frames(packets, wire) : made;
    }

    /// The same for those that keep no context of compression and have a window as this one: what is worth it is
    /// compressed.
    [[nodiscard]] const SharedBuffer& compressed_frames(std::span<const engineio::Packet> packets, const Wire& wire,
                                                        const websocket::DeflateExtension& deflate);

    [[nodiscard]] const Reference<KeptMessage>& kept(std::span<const engineio::Packet> packets);

    /// Makes every form now, so that whoever wants one later needs no memory for it.
    void make_all(std::span<const engineio::Packet> packets);

 private:
    const SharedBuffer& make_frames(std::span<const engineio::Packet> packets, const Wire& wire);

    using Frames = std::array<SharedBuffer, 2>;  // with base64, and with binary

    Frames frames_;
    std::unique_ptr<std::array<Frames, websocket::DeflatePool::windows>> compressed_;  // by the size of their window
    Reference<KeptMessage> kept_;  // from which polling makes its form
};

}  // namespace parley::engine
