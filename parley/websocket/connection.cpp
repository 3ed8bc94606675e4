// SPDX-License-Identifier: MIT
#include "parley/websocket/connection.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "parley/base/utf8.hpp"
#include "parley/websocket/close_frame.hpp"
#include "parley/websocket/violations.hpp"

// Theory of operation
//
// The stream is a sequence of frames: a header, then a payload. `receive` only notes where the octets are;
// `next_event` reads them frame by frame until an event is complete or nothing is left. Where the reading stands is
// told by `header_size_` (a header that was cut), `in_frame_` with `missing_` (a payload that was cut) and
// `in_message_` (a fragmented message that further frames continue). Nothing else survives from one receive to the
// next, and none of it owns memory unless octets of a payload are there.
//
// The usual message is one frame that lies whole in the received octets: it is unmasked where it stands, checked, and
// shown as a view; a small one is seen to be that by its first two octets, before its header is taken apart. Any other
// is collected in `message_`, unmasked and checked piece by piece as it comes, so that bad text ends the connection
// with its first bad octet. What a server sends is not masked: its key is zero, and takes nothing off. `message_` grows
// with what has arrived, not with what a header announces, and lends its free space as the window for the next receive.
// Control frames may stand between the frames of a message and have their own small buffer.
//
// A compressed message is inflated when all of it is there, in place of what came: from the received octets, or from
// where it was collected. The bound on it is kept within the inflating, and what was collected is bounded as well.
//
// State     what comes in                    what follows                                           next state
// -------   ------------------------------   ----------------------------------------------------   ----------
// open      message complete                 message_received                                       open
// open      ping                             pong (one by one while our pongs leave, then only      open
//                                            to the latest ping)
// open      pong                             -                                                      open
// open      close frame                      it is sent back; closed{by peer}                       ended
// open      violation, limit                 close frame with its code; closed{protocol_error}      ended
// open      frame deadline                   close frame 1008; closed{timed_out}                    ended
// open      end of stream                    closed{connection_lost}                                ended
// open      close()                          close frame                                            closing
// closing   data, ping, pong                 read over                                              closing
// closing   close frame                      closed{by us}                                          ended
// closing   violation                        closed{protocol_error}; nothing can be sent any more   ended
// closing   close deadline                   closed{by us}                                          ended
// closing   end of stream                    closed{connection_lost}                                ended
// ended     `closed` handed out              -                                                      told
// told      anything                         -                                                      told

namespace parley::websocket {

using namespace detail;
namespace {

using Status = DecodedFrameHeader::Status;

// How soon to look again whether the last pong has left, when a ping waits for that.
constexpr Duration pong_retry_interval = std::chrono::seconds(1);

// The first octet of a message in one frame that is not compressed; what stands in front of a payload with a key and of
// at most 125 octets (RFC 6455 §5.2).
constexpr std::uint8_t whole_text = 0x81;
constexpr std::uint8_t whole_binary = 0x82;
constexpr std::size_t small_masked_header_bytes = 6;

std::string_view view_of(std::span<const char> octets) noexcept {
    return {octets.data(), octets.size()};
}

}  // namespace

Connection::Connection(const Options& options, FrameWriter frames) : options_(options), frames_(frames) {
    options_.message_bytes_max = std::min(options_.message_bytes_max, message_bytes_possible);
    options_.limits.fragments_max = std::max(options_.limits.fragments_max, 1U);
    options_.limits.frame_bytes_per_second_min = std::max(options_.limits.frame_bytes_per_second_min, 1U);
}

// ---- what comes in

void Connection::receive(std::span<char> octets, TimePoint now) {
    assert(input_.empty() && "drain the events, or keep_unread(), before the next receive");
    now_ = now;
    pongs_.begin_receive();
    if (!is_ended()) input_ = octets;
}

void Connection::receive_eof(TimePoint now) {
    now_ = now;
    eof_ = true;
}

std::span<char> Connection::receive_window() {
    const bool is_collecting = in_frame_ && !is_control(frame_.opcode) && input_.empty();
    if (!is_open() || !is_collecting) return {};
    return message_.window(frame_rest(), payload_bytes_max());
}

void Connection::keep_unread() {
    if (input_.empty() || !kept_.empty()) return;  // kept before, it stands well
    kept_.reserve(input_.size());
    kept_.append(view_of(input_));
    input_ = kept_.span();
}

std::span<char> Connection::take_input(std::uint64_t octets_max) noexcept {
    const std::size_t size = std::min<std::uint64_t>(octets_max, input_.size());
    const std::span<char> taken = input_.first(size);
    input_ = input_.subspan(size);
    return taken;
}

std::optional<Event> Connection::next_event(Outbox& outbox) {
    if (handed_out_) {
        message_.release();
        if (deflate_ != nullptr) deflate_->forget_message();
        handed_out_ = false;
    }
    std::optional<Event> event(std::in_place);
    if (read_small_message(event->message, outbox)) return event;
    while (!is_ended()) {
        if (!in_frame_ && !read_header(outbox)) break;
        const Progress progress = is_control(frame_.opcode) ? read_control(outbox) : read_data(event->message, outbox);
        if (progress == Progress::message) return event;
        if (progress == Progress::starved) break;
    }
    if (eof_) end({CloseCode::abnormal, WebSocketCloseCause::connection_lost, {}});
    if (state_ == State::ended) {
        state_ = State::told;
        event->kind = Event::Kind::closed;
        event->closed = closed_;
        return event;
    }
    kept_.release();
    pongs_.answer_waiting(frames_, outbox);
    return std::nullopt;
}

// False: something else comes next, of which nothing has been taken; or it was no UTF-8.
bool Connection::read_small_message(Message& message, Outbox& outbox) {
    const bool is_between_messages = !in_frame_ && !in_message_ && header_size_ == 0;
    if (!is_open() || !is_between_messages || input_.size() < 2) return false;
    const auto first = static_cast<std::uint8_t>(input_[0]);
    const bool is_binary = first == whole_binary;
    if (!is_binary && first != whole_text) return false;
    const std::size_t header_size = frames_.is_client() ? 2 : small_masked_header_bytes;
    const std::size_t size = static_cast<std::uint8_t>(input_[1]) ^ (frames_.is_client() ? 0U : masked_bit);
    if (size > std::min(control_payload_bytes_max, options_.message_bytes_max)) return false;
    if (input_.size() < header_size + size) return false;

    MaskKey key;
    if (!frames_.is_client()) std::memcpy(key.octets, input_.data() + 2, sizeof key.octets);
    const std::span<char> payload = input_.subspan(header_size, size);
    input_ = input_.subspan(header_size + size);
    message = {view_of(payload), is_binary};
    const bool is_ascii = unmask_and_is_ascii(payload, key);
    return is_binary || is_ascii || is_valid_utf8(message.data) || fail(not_utf8, outbox);
}

// ---- frame headers

// False: there is no whole header yet, or it is the end.
bool Connection::read_header(Outbox& outbox) {
    if (input_.empty()) return false;
    const std::size_t before = header_size_;
    if (before == 0 && is_open()) since_ = now_;

    const std::size_t looked_at = std::min(input_.size(), frame_header_bytes_max - before);
    DecodedFrameHeader decoded;
    if (before == 0) {
        decoded = decode_frame_header({input_.data(), looked_at});
    } else {
        std::memcpy(header_octets_ + before, input_.data(), looked_at);
        decoded = decode_frame_header({header_octets_, before + looked_at});
    }
    if (decoded.status == Status::invalid) return fail(protocol_error(decoded.violation), outbox);
    if (decoded.status == Status::incomplete) {
        std::memcpy(header_octets_ + before, input_.data(), looked_at);
        header_size_ = static_cast<std::uint8_t>(before + looked_at);
        input_ = {};
        return false;
    }
    header_size_ = 0;
    input_ = input_.subspan(decoded.header.size - before);
    return begin_frame(decoded.header, outbox);
}

bool Connection::begin_frame(const FrameHeader& header, Outbox& outbox) {
    if (header.rsv1 && !may_have_rsv1(header)) return fail(deflate_ == nullptr ? unknown_rsv1 : misplaced_rsv1, outbox);
    if (header.is_masked == frames_.is_client()) return fail(header.is_masked ? masked : not_masked, outbox);
    if (is_open()) {
        // A piece of a message without an octet is no better than a control frame: it costs time and brings nothing.
        const bool is_whole_message = header.is_final && header.opcode != Opcode::continuation;
        const bool brings_nothing = is_control(header.opcode) || (header.payload_size == 0 && !is_whole_message);
        if (brings_nothing &&
            !control_rate_.count(now_, options_.limits.control_burst_max, options_.limits.control_per_second_max)) {
            return fail(too_many_control_frames, outbox, Telling::code_and_reason);
        }
        if (!is_control(header.opcode) && !begin_data_frame(header, outbox)) return false;
    }
    frame_ = header;
    missing_ = header.payload_size;
    in_frame_ = true;
    return true;
}

// RFC 7692 §6: the first frame of a message says of all of it that it is compressed.
bool Connection::may_have_rsv1(const FrameHeader& header) const noexcept {
    return deflate_ != nullptr && (header.opcode == Opcode::text || header.opcode == Opcode::binary);
}

bool Connection::begin_data_frame(const FrameHeader& header, Outbox& outbox) {
    const bool continues = header.opcode == Opcode::continuation;
    if (continues && !in_message_) return fail(stray_continuation, outbox);
    if (!continues && in_message_) return fail(message_in_message, outbox);
    if (message_.size() + header.payload_size > options_.message_bytes_max && !is_within_compressed(header))
        return fail(too_big, outbox);
    if (!continues) {
        fragments_ = 0;
        message_.begin(header);
    }
    if (++fragments_ > options_.limits.fragments_max) return fail(too_many_fragments, outbox);
    in_message_ = !header.is_final;
    return true;
}

// What cannot be compressed becomes a little longer by it: with the least memory, zlib puts five octets in front of
// each 127.
std::size_t Connection::compressed_bytes_max() const noexcept {
    return options_.message_bytes_max + options_.message_bytes_max / 16 + 64;
}

std::size_t Connection::payload_bytes_max() const noexcept {
    return message_.is_compressed() ? compressed_bytes_max() : options_.message_bytes_max;
}

bool Connection::is_within_compressed(const FrameHeader& header) const noexcept {
    const bool is_compressed = header.opcode == Opcode::continuation ? message_.is_compressed() : header.rsv1;
    return is_compressed && message_.size() + header.payload_size <= compressed_bytes_max();
}

// ---- data frames

Connection::Progress Connection::read_data(Message& message, Outbox& outbox) {
    if (!is_open()) return skip_data();
    const bool is_whole = frame_.is_final && frame_.opcode != Opcode::continuation && missing_ == frame_.payload_size &&
                          missing_ <= input_.size();
    if (!is_whole) return collect_data(message, outbox);

    const std::span<char> payload = take_input(missing_);
    in_frame_ = false;
    message = {view_of(payload), message_.is_binary()};
    if (message_.is_compressed()) {
        unmask(payload, frame_.key);
        return inflate(message, outbox);
    }
    if (message.is_binary) {
        unmask(payload, frame_.key);
    } else if (!unmask_and_is_ascii(payload, frame_.key) && !is_valid_utf8(message.data)) {
        fail(not_utf8, outbox);
        return Progress::starved;
    }
    return Progress::message;
}

Connection::Progress Connection::collect_data(Message& message, Outbox& outbox) {
    const std::span<char> piece = take_input(missing_);
    const MaskKey key = frame_.key.at(frame_.payload_size - missing_);
    if (!message_.add(piece, key, frame_rest(), payload_bytes_max())) {
        fail(not_utf8, outbox);
        return Progress::starved;
    }
    missing_ -= piece.size();
    if (missing_ > 0) return Progress::starved;

    in_frame_ = false;
    if (!frame_.is_final) return Progress::done;
    if (!message_.may_end()) {
        fail(not_utf8, outbox);
        return Progress::starved;
    }
    message = {message_.view(), message_.is_binary()};
    if (message_.is_compressed()) return inflate(message, outbox);
    handed_out_ = true;
    return Progress::message;
}

Connection::Progress Connection::inflate(Message& message, Outbox& outbox) {
    using Outcome = DeflateExtension::Outcome;
    handed_out_ = true;
    const Outcome outcome = deflate_->inflate(message.data, options_.message_bytes_max);
    if (outcome == Outcome::complete && (message.is_binary || is_valid_utf8(message.data))) return Progress::message;
    deflate_->forget_message();
    if (outcome == Outcome::complete) {
        fail(not_utf8, outbox);
    } else {
        fail(outcome == Outcome::too_big ? too_big : not_deflate, outbox);
    }
    return Progress::starved;
}

// We have said goodbye: what was collected, and what still comes, is nobody's any more.
Connection::Progress Connection::skip_data() {
    missing_ -= take_input(missing_).size();
    message_.release();  // the window, if the input stood there, ends with the frame: nothing of it is left to read
    if (missing_ > 0) return Progress::starved;
    in_frame_ = false;
    return Progress::done;
}

// ---- control frames

Connection::Progress Connection::read_control(Outbox& outbox) {
    std::span<char> payload = take_input(missing_);
    if (payload.size() < frame_.payload_size) {
        control_.reserve(frame_.payload_size);
        control_.append(view_of(payload));
        missing_ -= payload.size();
        if (missing_ > 0) return Progress::starved;
        payload = control_.span();
    }
    in_frame_ = false;
    unmask(payload, frame_.key);
    if (frame_.opcode == Opcode::close) {
        handle_close(view_of(payload), outbox);
    } else if (frame_.opcode == Opcode::ping && is_open()) {
        pongs_.handle_ping(view_of(payload), frames_, outbox);
    }
    if (!is_ended()) control_.release();  // else the reason may stand there
    return Progress::done;
}

void Connection::handle_close(std::string_view payload, Outbox& outbox) {
    const WebSocketCloseCause cause =
        is_open() ? WebSocketCloseCause::closed_by_peer : WebSocketCloseCause::closed_by_us;
    const Closed closed = judge_close_payload(payload, cause);
    if (closed.cause == WebSocketCloseCause::protocol_error) {
        fail(closed, outbox);
        return;
    }
    if (is_open()) frames_.append(outbox, Opcode::close, payload);
    end(closed);
}

// ---- intentions

// Where nothing is compressed, all of this costs one question.
bool Connection::send_text(std::string_view text, Outbox& outbox, Compress compress) {
    if (!is_open()) return false;
    if (deflate_ != nullptr) return send_with_deflate(Opcode::text, text, outbox, compress);
    frames_.append(outbox, Opcode::text, text);
    return true;
}

bool Connection::send_text(char prefix, std::string_view text, Outbox& outbox, Compress compress) {
    if (!is_open()) return false;
    if (deflate_ != nullptr) return send_with_deflate(prefix, text, outbox, compress);
    frames_.append(outbox, Opcode::text, prefix, text);
    return true;
}

bool Connection::send_binary(std::string_view octets, Outbox& outbox, Compress compress) {
    if (!is_open()) return false;
    if (deflate_ != nullptr) return send_with_deflate(Opcode::binary, octets, outbox, compress);
    frames_.append(outbox, Opcode::binary, octets);
    return true;
}

bool Connection::send_with_deflate(Opcode opcode, std::string_view octets, Outbox& outbox, Compress compress) {
    const bool is_sent = compress == Compress::yes && send_compressed(opcode, {}, octets, outbox);
    if (!is_sent) frames_.append(outbox, opcode, octets);
    return true;
}

bool Connection::send_with_deflate(char prefix, std::string_view text, Outbox& outbox, Compress compress) {
    const bool is_sent = compress == Compress::yes && send_compressed(Opcode::text, {&prefix, 1}, text, outbox);
    if (!is_sent) frames_.append(outbox, Opcode::text, prefix, text);
    return true;
}

// False: it is to be sent as it is.
bool Connection::send_compressed(Opcode opcode, std::string_view prefix, std::string_view rest, Outbox& outbox) {
    if (!deflate_->is_worth(prefix.size() + rest.size())) return false;
    const std::optional<std::string_view> payload = deflate_->compress(prefix, rest);
    if (payload) frames_.append(outbox, with_rsv1(opcode), *payload);
    return payload.has_value();
}

bool Connection::ping(std::string_view payload, Outbox& outbox) {
    if (!is_open() || payload.size() > control_payload_bytes_max) return false;
    frames_.append(outbox, Opcode::ping, payload);
    return true;
}

bool Connection::close(const CloseStatus& status, TimePoint now, Outbox& outbox) {
    const bool can_be_sent = status.code ? can_close_with(*status.code, status.reason) : status.reason.empty();
    if (!is_open() || !can_be_sent) return false;
    if (status.code) {
        append_close(frames_, outbox, *status.code, status.reason);
    } else {
        frames_.append(outbox, Opcode::close, {});
    }
    state_ = State::closing;
    since_ = now;
    pongs_.forget();
    return true;
}

// ---- time

TimePoint Connection::frame_deadline() const noexcept {
    if (!in_frame_ && header_size_ == 0) return no_deadline;
    const std::uint64_t received = in_frame_ ? frame_.payload_size - missing_ : 0;
    const Duration earned = Duration(std::chrono::seconds(received)) / options_.limits.frame_bytes_per_second_min;
    return since_ + options_.limits.frame_timeout + earned;
}

TimePoint Connection::next_deadline() const noexcept {
    if (is_ended()) return no_deadline;
    if (state_ == State::closing) return since_ + options_.limits.close_timeout;
    return std::min(frame_deadline(), pongs_.is_waiting() ? now_ + pong_retry_interval : no_deadline);
}

void Connection::handle_deadline(TimePoint now, Outbox& outbox) {
    now_ = now;
    if (state_ == State::closing && now >= since_ + options_.limits.close_timeout) {
        end({CloseCode::abnormal, WebSocketCloseCause::closed_by_us, "the peer did not answer the close frame"});
    } else if (is_open() && now >= frame_deadline()) {
        fail(frame_too_slow, outbox, Telling::code_and_reason);
    }
    pongs_.answer_waiting(frames_, outbox);
}

// ---- the end

// Always false: there is nothing to go on with.
bool Connection::fail(const Closed& closed, Outbox& outbox, Telling telling) {
    if (is_open())
        append_close(frames_, outbox, closed.code, telling == Telling::code ? std::string_view() : closed.reason);
    end(closed);
    return false;
}

// Keeps the buffers: the reason may be a view of one, and `message_` may have lent its window.
void Connection::end(const Closed& closed) {
    if (is_ended()) return;
    state_ = State::ended;
    closed_ = closed;
    input_ = {};
    pongs_.forget();
}

}  // namespace parley::websocket
