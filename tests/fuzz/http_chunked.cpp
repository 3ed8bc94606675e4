// SPDX-License-Identifier: MIT
// The framing of a chunked body: cut anywhere it is read in one way, and a body that was taken off is the same when it
// is framed again.
#include "parley/http/chunked_decoder.hpp"

#include <string>

#include "parley/base/outbox.hpp"
#include "parley/http/response.hpp"
#include "tests/fuzz/support/input.hpp"

using namespace parley;
using fuzz::require;
using http::detail::ChunkedDecoder;

namespace {

struct Outcome {
    ChunkedDecoder::Outcome last = ChunkedDecoder::Outcome::more_needed;
    std::string body;
    std::string refusal;
    std::size_t taken = 0;  // octets that belong to the body, its framing included

    bool operator==(const Outcome&) const = default;
};

Outcome decode(std::span<const std::string_view> pieces, const http::Limits& limits) {
    Outcome outcome;
    ChunkedDecoder decoder;
    for (const std::string_view piece : pieces) {
        const fuzz::Copy copy(piece);
        std::string_view rest = copy.view();
        while (!rest.empty()) {
            std::string_view data;
            const std::size_t before = rest.size();
            outcome.last = decoder.decode(rest, data, limits, limits.body_bytes_max);
            outcome.taken += before - rest.size();
            if (outcome.last == ChunkedDecoder::Outcome::refused) {
                outcome.refusal = std::to_string(decoder.refusal().status).append(decoder.refusal().reason);
                return outcome;
            }
            if (outcome.last == ChunkedDecoder::Outcome::complete) return outcome;
            require(before > rest.size(), "each step takes octets");
            if (outcome.last == ChunkedDecoder::Outcome::data) outcome.body.append(data);
            require(outcome.body.size() <= limits.body_bytes_max, "the body stays within its limit");
        }
        outcome.last = ChunkedDecoder::Outcome::more_needed;
    }
    return outcome;
}

Outcome decode(std::string_view text, const http::Limits& limits) {
    return decode({&text, 1}, limits);
}

std::string octets_of(Outbox& outbox) {
    std::string text;
    std::string_view piece;
    while (outbox.gather({&piece, 1}) > 0) {
        text.append(piece);
        outbox.consume(piece.size());
    }
    return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    http::Limits limits;
    if (input.flag()) {
        limits = {.headers_max = 2,
                  .trailer_bytes_max = 32,
                  .chunk_extension_bytes_max = 8,
                  .chunk_overhead_bytes_max = 32,
                  .body_bytes_max = 100};
    }
    const std::uint8_t seed = input.octet();
    const std::string_view text = input.rest();

    const Outcome whole = decode(text, limits);
    require(decode(fuzz::cut(text, seed), limits) == whole, "cuts change nothing");
    if (whole.last != ChunkedDecoder::Outcome::complete) return 0;

    Outbox framed;
    for (const std::string_view piece : fuzz::cut(whole.body, static_cast<std::uint8_t>(seed | 1)))
        http::append_chunk(framed, piece);
    http::append_last_chunk(framed);
    const std::string again = octets_of(framed);
    const Outcome second = decode(again, http::Limits{});
    require(second.last == ChunkedDecoder::Outcome::complete && second.body == whole.body, "our own framing is read");
    require(second.taken == again.size(), "up to its end");
    return 0;
}
