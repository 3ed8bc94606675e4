// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string_view>

namespace parley::http {

/// The content coding to answer with (RFC 9110 §12.5.3): of `available`, which stands in the server's order of
/// preference, the one that the Accept-Encoding header weighs highest, or `identity`.
///
/// The result is one of `available` or the literal `identity`. A client that refuses identity and everything else gets
/// identity all the same: an answer it may still understand is worth more than a 406.
[[nodiscard]] std::string_view choose_encoding(std::string_view accept_encoding,
                                               std::span<const std::string_view> available) noexcept;

}  // namespace parley::http
