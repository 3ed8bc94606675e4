// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <chrono>

#include "parley/base/time.hpp"

namespace parley::chat {

/// How often something may happen: so many times at once, and so many per second over time.
struct Rate {
    double burst_max = 0;
    double per_second = 0;
};

/// Holds something to a rate (a token bucket): each time takes a token, and tokens come back with time.
class TokenBucket {
 public:
    explicit TokenBucket(Rate rate) : rate_(rate), tokens_(rate.burst_max) {}

    /// Whether it may happen once more at `now`, which never goes back.
    bool take(TimePoint now) {
        refill(now);
        if (tokens_ < 1) return false;
        tokens_ -= 1;
        return true;
    }

    /// Whether it is as good as new.
    [[nodiscard]] bool is_full(TimePoint now) {
        refill(now);
        return tokens_ >= rate_.burst_max;
    }

    /// How long after the last question the next token is there. The rate is not zero.
    [[nodiscard]] std::chrono::milliseconds wait() const {
        return std::chrono::ceil<std::chrono::milliseconds>(
            std::chrono::duration<double>(std::max(0.0, 1 - tokens_) / rate_.per_second));
    }

 private:
    void refill(TimePoint now) {
        const std::chrono::duration<double> passed = now - last_;
        tokens_ = std::min(rate_.burst_max, tokens_ + passed.count() * rate_.per_second);
        last_ = now;
    }

    Rate rate_;
    double tokens_;
    TimePoint last_{};
};

}  // namespace parley::chat
