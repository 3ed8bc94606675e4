// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace parley::http {

/// The part of a resource that a Range header asks for.
struct RangeSelection {
    enum class Kind {
        whole,          ///< 200 with everything: no range, one that cannot be read, or several
        part,           ///< 206 with `length` octets from `offset`
        unsatisfiable,  ///< 416: it begins behind the end
    };

    Kind kind = Kind::whole;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
};

/// Reads a Range header for a resource of `size` octets (RFC 9110 §14.2). What is no valid `bytes` range is ignored,
/// and so is a list of several: a server may, and no client of ours needs multipart answers.
[[nodiscard]] RangeSelection select_range(std::string_view range, std::uint64_t size) noexcept;

/// The Content-Range of a selection: `bytes 0-4/10`, or `bytes */10` for an unsatisfiable one.
[[nodiscard]] std::string content_range(const RangeSelection& selection, std::uint64_t size);

}  // namespace parley::http
