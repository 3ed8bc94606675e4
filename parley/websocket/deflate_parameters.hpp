// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "parley/base/error.hpp"
#include "parley/websocket/deflate_options.hpp"

namespace parley::websocket {

/// The part of each of so many threads, which share out the contexts of one server evenly.
[[nodiscard]] PerMessageDeflate share_of(PerMessageDeflate options, std::size_t threads) noexcept;

/// What both ends of a connection have agreed to about permessage-deflate (RFC 7692 §7.1).
struct DeflateParameters {
    bool server_no_context_takeover = false;
    bool client_no_context_takeover = false;
    int server_max_window_bits = 15;
    int client_max_window_bits = 15;
};

/// What a server has found acceptable, and says so.
struct DeflateAgreement {
    DeflateParameters parameters;
    std::string answer;  ///< the value of Sec-WebSocket-Extensions
};

/// Whether a server has room for the contexts of one more connection.
enum class DeflateContexts : bool { shared, own };

/// Why these options cannot be, in one sentence that begins with `name`; empty when they can.
[[nodiscard]] std::string check_deflate(const PerMessageDeflate& options, const char* name);

/// The first offer of permessage-deflate in this value of Sec-WebSocket-Extensions that a server with these options
/// accepts (RFC 7692 §5, §7.1); nothing: there is none, or compression is off.
///
/// An offer is declined that has an unknown parameter, one of them twice, a value that cannot be, or asks for a window
/// of 8 bits, with which zlib does not compress. `contexts` that are shared make an agreement without takeover.
[[nodiscard]] std::optional<DeflateAgreement> accept_deflate_offer(std::string_view header_value,
                                                                   const PerMessageDeflate& options,
                                                                   DeflateContexts contexts);

/// What a client with these options offers: the value of Sec-WebSocket-Extensions; empty when compression is off.
[[nodiscard]] std::string deflate_offer(const PerMessageDeflate& options);

/// Judges the answer to that: one extension at most, with parameters that an answer may have (RFC 7692 §7.1).
///
/// What was agreed to, nothing where the server declined; or what is wrong, in a clause that goes on after "the
/// server".
[[nodiscard]] Result<std::optional<DeflateParameters>> check_deflate_answer(std::string_view header_value,
                                                                            const PerMessageDeflate& options);

}  // namespace parley::websocket
