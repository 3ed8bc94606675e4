// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace parley::http {

/// `type/subtype` of a Content-Type, without its parameters and the white space around it (RFC 9110 §8.3.1).
[[nodiscard]] std::string_view essence(std::string_view content_type) noexcept;

/// Whether a Content-Type names the type `wanted`, in any case and with any parameters.
[[nodiscard]] bool is_media_type(std::string_view content_type, std::string_view wanted) noexcept;

/// Whether a Content-Type says JSON: `application/json`, or a type whose subtype ends in `+json` (RFC 6839 §3.1).
[[nodiscard]] bool is_json_type(std::string_view content_type) noexcept;

}  // namespace parley::http
