// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace parley {

/// Which message of which channel one is.
struct BenchTag {
    std::uint32_t channel = 0;
    std::uint64_t number = 0;

    friend bool operator==(const BenchTag&, const BenchTag&) = default;
};

/// What messages carry: their tag, and letters that follow from it, so that whatever comes back altered is known. Plain
/// letters, digits and points, which are the same in JSON.
class BenchPayload {
 public:
    /// A tag of the largest numbers needs so many octets.
    static constexpr std::size_t bytes_min = 32;

    /// Each message has `bytes` octets, at least `bytes_min`.
    explicit BenchPayload(std::size_t bytes);

    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
    void append(std::string& out, BenchTag tag) const;
    /// Nothing: it is not as any was sent.
    [[nodiscard]] std::optional<BenchTag> read(std::string_view text) const noexcept;

 private:
    [[nodiscard]] std::string_view letters(BenchTag tag, std::size_t count) const noexcept;

    std::size_t bytes_;
    std::string letters_;
};

}  // namespace parley
