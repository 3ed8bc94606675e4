// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "parley/base/entropy.hpp"
#include "parley/base/outbox.hpp"
#include "parley/base/rate_limit.hpp"
#include "parley/base/time.hpp"
#include "parley/websocket/buffer.hpp"
#include "parley/websocket/close_code.hpp"
#include "parley/websocket/deflate.hpp"
#include "parley/websocket/event.hpp"
#include "parley/websocket/frame.hpp"
#include "parley/websocket/frame_writer.hpp"
#include "parley/websocket/limits.hpp"
#include "parley/websocket/partial_message.hpp"
#include "parley/websocket/pongs.hpp"

namespace parley::websocket {

/// The bounds of one connection.
struct Options {
    std::size_t message_bytes_max = 1'000'000;  ///< of a whole message [1009]; never more than 1 GiB
    WebSocketLimits limits = {};
};

/// Whether a message may be compressed, where that was agreed to and it is long enough.
enum class Compress : bool { no, yes };

/// What a close frame says: both parts are optional, but there is no reason without a code.
struct CloseStatus {
    std::optional<CloseCode> code;
    std::string_view reason;  ///< UTF-8, at most 123 octets
};

/// One end of a WebSocket connection, from the frame behind the handshake to the last (RFC 6455 §5 to §8).
///
/// Bytes go in with `receive`, events come out of `next_event` until there is none, and what is to be sent goes to the
/// caller's outbox: the answers to pings and close frames too, without the caller's doing. A message that came in one
/// frame and lies whole in the received octets is handed out as a view of them, unmasked in place; only what is cut is
/// collected, and an idle connection owns no buffer. No call throws for what the peer does.
///
/// With `use_deflate` messages are compressed where it pays, and inflated before they are handed out; the bound on a
/// message is one on what is inflated.
class Connection {
 public:
    using Options = websocket::Options;

    /// The server's end, which takes masked frames only and sends none.
    explicit Connection(const Options& options) : Connection(options, FrameWriter()) {}

    /// The client's end, which takes no masked frame and sends nothing else. The keys come from `mask_keys`, which must
    /// be unpredictable (RFC 6455 §10.3) and outlive the machine.
    Connection(const Options& options, EntropySource& mask_keys) : Connection(options, FrameWriter(mask_keys)) {}

    /// The handshake has agreed to compression (RFC 7692). Before the first event is asked for.
    void use_deflate(std::unique_ptr<DeflateExtension> deflate) noexcept { deflate_ = std::move(deflate); }
    /// Null: nothing is compressed.
    [[nodiscard]] DeflateExtension* deflate() const noexcept { return deflate_.get(); }

    /// Takes the next octets of the stream, cut anywhere. They are changed in place, and must stay until `next_event`
    /// has returned nothing or `keep_unread` was called; until then there is no further `receive`.
    void receive(std::span<char> octets, TimePoint now);

    /// Where the next octets of the stream should be put, when a large frame is under way: no copy is made of what was
    /// received there. Empty: anywhere. Valid until the next `receive`, to which the filled first part of it is passed.
    [[nodiscard]] std::span<char> receive_window();

    /// The peer has ended the stream.
    void receive_eof(TimePoint now);

    /// What happened next, or nothing when all octets are read. Call it until then after each `receive`, `receive_eof`
    /// and `handle_deadline`. Answers to control frames are appended to `outbox`.
    [[nodiscard]] std::optional<Event> next_event(Outbox& outbox);

    /// Whether octets of the last `receive` are still to be read by `next_event`.
    [[nodiscard]] bool has_unread() const noexcept { return !input_.empty(); }

    /// Copies what is unread, so that the received octets may go while `next_event` goes on later: for a caller that
    /// shares its time between many connections. Receive nothing more in between.
    void keep_unread();

    /// Sends one message of valid UTF-8. False and nothing done: the connection is closing or closed.
    bool send_text(std::string_view text, Outbox& outbox, Compress compress = Compress::yes);

    /// Sends one message that is `prefix` and then `text`.
    bool send_text(char prefix, std::string_view text, Outbox& outbox, Compress compress = Compress::yes);

    /// Sends one binary message.
    bool send_binary(std::string_view octets, Outbox& outbox, Compress compress = Compress::yes);

    /// Sends a ping with at most 125 octets of payload. False: more than that, or the connection is closing or closed.
    bool ping(std::string_view payload, Outbox& outbox);

    /// Begins to close: sends the close frame and waits for the peer's, at most `close_timeout`. From here on no
    /// message is sent or handed out; `closed` follows. False and nothing done: it is closing or closed already, or
    /// `status` cannot be sent (RFC 6455 §5.5.1 and §7.4).
    bool close(const CloseStatus& status, TimePoint now, Outbox& outbox);

    /// Whether messages can be sent: frames that were encoded before may be appended to the outbox.
    [[nodiscard]] bool is_open() const noexcept { return state_ == State::open; }

    /// Octets of memory that the machine owns beside itself and the contexts of compression; none while nothing is cut.
    [[nodiscard]] std::size_t retained_bytes() const noexcept {
        return message_.capacity() + control_.capacity() + kept_.capacity() + pongs_.retained_bytes();
    }

    /// When `handle_deadline` is due. Ask again after each drain and after `close`.
    [[nodiscard]] TimePoint next_deadline() const noexcept;

    /// Does what is due at `now`; too early is harmless. Drain the events afterwards.
    void handle_deadline(TimePoint now, Outbox& outbox);

 private:
    Connection(const Options& options, FrameWriter frames);

    enum class State : std::uint8_t { open, closing, ended, told };
    enum class Progress : std::uint8_t { done, starved, message };
    /// What the peer is told of its violation. A code says it all where others know the rule; where the rule is ours,
    /// people are told in words.
    enum class Telling : std::uint8_t { code, code_and_reason };

    bool read_small_message(Message& message, Outbox& outbox);
    bool read_header(Outbox& outbox);
    bool begin_frame(const FrameHeader& header, Outbox& outbox);
    [[nodiscard]] bool may_have_rsv1(const FrameHeader& header) const noexcept;
    bool begin_data_frame(const FrameHeader& header, Outbox& outbox);
    [[nodiscard]] std::size_t compressed_bytes_max() const noexcept;
    [[nodiscard]] std::size_t payload_bytes_max() const noexcept;
    [[nodiscard]] bool is_within_compressed(const FrameHeader& header) const noexcept;
    Progress read_data(Message& message, Outbox& outbox);
    Progress collect_data(Message& message, Outbox& outbox);
    Progress inflate(Message& message, Outbox& outbox);
    bool send_with_deflate(Opcode opcode, std::string_view octets, Outbox& outbox, Compress compress);
    bool send_with_deflate(char prefix, std::string_view text, Outbox& outbox, Compress compress);
    bool send_compressed(Opcode opcode, std::string_view prefix, std::string_view rest, Outbox& outbox);
    Progress skip_data();
    Progress read_control(Outbox& outbox);
    void handle_close(std::string_view payload, Outbox& outbox);
    bool fail(const Closed& closed, Outbox& outbox, Telling telling = Telling::code);
    void end(const Closed& closed);
    [[nodiscard]] bool is_ended() const noexcept { return state_ >= State::ended; }
    [[nodiscard]] TimePoint frame_deadline() const noexcept;
    [[nodiscard]] detail::FrameRest frame_rest() const noexcept { return {missing_, frame_.is_final}; }
    [[nodiscard]] std::span<char> take_input(std::uint64_t octets_max) noexcept;

    Options options_;
    FrameWriter frames_;
    TimePoint now_{};

    // The octets of this receive that are not read yet; they stand in the caller's memory, in `kept_`, or in the window
    // of `message_`.
    std::span<char> input_;
    detail::Buffer kept_;

    // The frame under way: the octets of its header while that is cut, then the header and what is missing of the
    // payload.
    FrameHeader frame_;
    std::uint64_t missing_ = 0;
    TimePoint since_{};  // open: when the frame under way began; closing: when we sent our close frame
    char header_octets_[frame_header_bytes_max];
    std::uint8_t header_size_ = 0;

    State state_ = State::open;
    bool in_frame_ = false;
    bool in_message_ = false;  // a fragmented message goes on with the next data frame
    bool handed_out_ = false;  // `message_`, or what it was inflated to, holds what the last event shows
    bool eof_ = false;
    std::uint32_t fragments_ = 0;
    detail::PartialMessage message_;

    std::unique_ptr<DeflateExtension> deflate_;  // null: nothing is compressed

    detail::Buffer control_;  // the payload of a control frame that was cut
    detail::Pongs pongs_;
    RateLimit control_rate_;

    Closed closed_;
};

}  // namespace parley::websocket
