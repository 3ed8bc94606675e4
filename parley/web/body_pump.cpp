// SPDX-License-Identifier: MIT
#include "parley/web/body_pump.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace parley::web {

void BodyPump::start(std::unique_ptr<BodySource> source, std::uint64_t size) {
    source_ = std::move(source);
    left_ = size;
}

BodyPump::Outcome BodyPump::pump(Outbox& outbox) {
    while (left_ > 0) {
        if (outbox.size() >= waiting_bytes_max) return Outcome::waiting;
        const std::size_t before = outbox.size();
        const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(left_, waiting_bytes_max));
        const bool is_produced = source_->produce(wanted, outbox);
        const std::size_t size = outbox.size() - before;
        if (!is_produced || size == 0 || size > wanted) return Outcome::failed;
        left_ -= size;
    }
    source_.reset();
    return Outcome::finished;
}

}  // namespace parley::web
