// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include "apps/chat/token_bucket.hpp"
#include "parley/base/function.hpp"

namespace parley::chat {

/// Passes lines on within a rate. Beyond it they are counted, and the next line that passes is preceded by the count:
/// whoever makes many things happen shall not fill the disk.
class CappedLog {
 public:
    CappedLog(Function<void(std::string_view)> write, Rate rate) : write_(std::move(write)), rate_(rate) {}

    void add(std::string_view line, TimePoint now);

 private:
    Function<void(std::string_view)> write_;
    TokenBucket rate_;
    std::uint64_t left_out_ = 0;
};

}  // namespace parley::chat
