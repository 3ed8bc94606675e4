// SPDX-License-Identifier: MIT
// The server's end of a WebSocket: octets cut anywhere lead to the same events; whatever else happens between them, the
// machine ends once, keeps what it may, and sends frames that a client can read.
#include "parley/websocket/connection.hpp"

#include <algorithm>
#include <memory>
#include <string>

#include "parley/base/utf8.hpp"
#include "parley/websocket/test_support.hpp"
#include "tests/fuzz/support/input.hpp"

using namespace parley;
using namespace std::chrono_literals;
using fuzz::require;
using websocket::test::Driver;
using websocket::test::Lines;

namespace {

constexpr websocket::Options tiny{.message_bytes_max = 300,
                                  .limits = {.fragments_max = 4,
                                             .control_burst_max = 5,
                                             .control_per_second_max = 2,
                                             .frame_timeout = 2s,
                                             .frame_bytes_per_second_min = 16,
                                             .close_timeout = 1s}};

// A connection that has agreed to compression, where `deflate` is there.
struct Server : Driver {
    Server(const websocket::Options& options, websocket::DeflatePool* deflate) : Driver(options) {
        using Extension = websocket::DeflateExtension;
        if (deflate != nullptr)
            connection.use_deflate(
                std::make_unique<Extension>(*deflate, websocket::DeflateParameters{}, Extension::Role::server));
    }
};

Lines events_of(std::span<const std::string_view> pieces, const websocket::Options& options, bool uses_window,
                websocket::DeflatePool* deflate) {
    Server driver(options, deflate);
    driver.uses_window = uses_window;
    for (const std::string_view piece : pieces)
        driver.receive(piece);
    driver.receive_eof();
    require(!driver.events.empty() && driver.events.back().starts_with("closed "), "the end of the stream is the end");
    return driver.events;
}

// What decides about cuts, and about what else happens.
struct Chosen {
    std::uint8_t seed;
    std::uint8_t script;
};

// What we send is whole frames, not masked, with nothing behind a close frame.
void check_sent(std::string_view octets, bool may_compress) {
    bool is_closed = false;
    while (!octets.empty()) {
        require(!is_closed, "nothing is sent behind a close frame");
        const websocket::DecodedFrameHeader decoded = websocket::decode_frame_header(octets);
        require(decoded.status == websocket::DecodedFrameHeader::Status::complete, "a whole header is sent");
        require(!decoded.header.is_masked && decoded.header.is_final, "a server's whole frame");
        require(!decoded.header.rsv1 || may_compress, "nothing is compressed that was not agreed to");
        octets.remove_prefix(decoded.header.size);
        require(decoded.header.payload_size <= octets.size(), "a whole frame is sent");
        octets.remove_prefix(decoded.header.payload_size);
        is_closed = decoded.header.opcode == websocket::Opcode::close;
    }
}

// One of the things that happen between two arrivals.
void act(Driver& driver, std::size_t action, std::string& sent) {
    switch (action) {
        case 0:
            driver.pass(100ms);
            break;
        case 1:
            driver.pass(3s);
            break;
        case 2:
            driver.connection.send_text("text", driver.outbox);
            break;
        case 3:
            driver.connection.send_text('4', "text", driver.outbox);
            break;
        case 4:
            driver.connection.send_binary(std::string(200, 'b'), driver.outbox);
            break;
        case 5:
            driver.connection.ping("ping", driver.outbox);
            break;
        case 6:
            driver.connection.ping(std::string(126, 'p'), driver.outbox);
            break;
        case 7:
            driver.connection.close({websocket::CloseCode::going_away, "bye"}, driver.now, driver.outbox);
            break;
        case 8:
            driver.connection.close({}, driver.now, driver.outbox);
            break;
        case 9:
            driver.connection.close({websocket::CloseCode::abnormal, ""}, driver.now, driver.outbox);
            break;
        case 10:
            driver.receive_eof();
            break;
        default:
            sent += driver.take_sent();
            break;
    }
}

void check_life(std::string_view text, const websocket::Options& options, Chosen chosen,
                websocket::DeflatePool* deflate) {
    const auto [seed, script] = chosen;
    fuzz::Chances chances(script);
    Server driver(options, deflate);
    std::string sent;
    for (const std::string_view piece : fuzz::cut(text, seed)) {
        if (chances.below(3) == 0) {
            // The caller stops in the middle, and goes on when the octets are gone.
            fuzz::Copy copy(piece);
            driver.connection.receive(copy.span(), driver.now);
            if (const auto event = driver.connection.next_event(driver.outbox))
                driver.events.push_back(websocket::test::describe(*event));
            driver.connection.keep_unread();
            std::ranges::fill(copy.span(), '\xEE');
            driver.drain();
        } else {
            driver.receive(piece);
        }
        if (chances.below(2) == 0) act(driver, chances.below(13), sent);
        require(driver.connection.retained_bytes() <= 2 * options.message_bytes_max + 65'536 + 4'096 + 250,
                "what is retained is bounded");
    }
    driver.receive_eof();
    driver.pass(1h);
    require(driver.connection.next_deadline() == no_deadline, "nothing is due when it is over");
    require(!driver.connection.is_open() && !driver.connection.send_text("late", driver.outbox), "nor can be sent");
    check_sent(sent + driver.sent(), deflate != nullptr);
    const auto is_end = [](const std::string& line) { return line.starts_with("closed "); };
    require(std::ranges::count_if(driver.events, is_end) == 1 && is_end(driver.events.back()), "it ends once, at last");
    for (const std::string& line : driver.events)
        require(!line.starts_with("text ") || is_valid_utf8(line), "text is UTF-8");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const std::uint8_t choice = input.octet();
    const std::uint8_t seed = input.octet();
    const std::uint8_t script = input.octet();
    const websocket::Options options = (choice & 1) != 0 ? tiny : websocket::Options{};
    const std::string_view text = input.rest();

    websocket::DeflatePool pool({.threshold = 4});
    websocket::DeflatePool* const deflate = (choice & 4) != 0 ? &pool : nullptr;

    const Lines whole = events_of({&text, text.empty() ? 0U : 1U}, options, false, deflate);
    require(events_of(fuzz::cut(text, seed), options, (choice & 2) != 0, deflate) == whole, "cuts change nothing");
    check_life(text, options, {seed, script}, deflate);
    return 0;
}
