// SPDX-License-Identifier: MIT
#include "parley/socketio/reassembly_budget.hpp"

#include "parley/socketio/decoder.hpp"

namespace parley::socketio {

bool ReassemblyBudget::take(PacketDecoder& decoder, std::size_t bytes) {
    if (bytes > bytes_max_ || (whole_ != nullptr && whole_->is_full())) return false;
    if (!decoder.is_budgeted_) {
        decoder.is_budgeted_ = true;
        decoder.older_ = newest_;
        (newest_ == nullptr ? oldest_ : newest_->newer_) = &decoder;
        newest_ = &decoder;
    }
    while (bytes_ > bytes_max_ - bytes) {
        if (oldest_ == &decoder) return false;
        oldest_->forget();
    }
    bytes_ += bytes;
    if (whole_ != nullptr) whole_->count(0, bytes);
    return true;
}

void ReassemblyBudget::give_back(PacketDecoder& decoder) noexcept {
    if (!decoder.is_budgeted_) return;
    decoder.is_budgeted_ = false;
    bytes_ -= decoder.buffered_bytes_;
    if (whole_ != nullptr) whole_->count(decoder.buffered_bytes_, 0);
    (decoder.older_ == nullptr ? oldest_ : decoder.older_->newer_) = decoder.newer_;
    (decoder.newer_ == nullptr ? newest_ : decoder.newer_->older_) = decoder.older_;
    decoder.older_ = decoder.newer_ = nullptr;
}

}  // namespace parley::socketio
