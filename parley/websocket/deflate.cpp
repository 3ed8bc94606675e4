// SPDX-License-Identifier: MIT
#include "parley/websocket/deflate.hpp"

#include <algorithm>
#include <new>
#include <utility>

namespace parley::websocket {

using detail::Buffer;
using detail::Compressor;
using detail::Decompressor;

namespace {

// What compresses with a window of 8 bits takes one of 9 (older zlib does), so that is what it is read with.
constexpr int receiving_bits_min = 9;

void clear(Buffer& made, std::size_t bytes_kept) noexcept {
    made.capacity() > bytes_kept ? made.release() : made.clear();
}

}  // namespace

// ---- what is shared

std::optional<std::string_view> DeflatePool::compress(std::string_view prefix, std::string_view rest,
                                                      int window_bits) noexcept {
    std::unique_ptr<Compressor>& compressor = compressors_[place_of(window_bits)];
    if (compressor != nullptr) compressor->forget();
    if (!prepare(compressor, window_bits, nullptr)) return std::nullopt;
    return compress_with(compressor, prefix, rest);
}

bool DeflatePool::prepare(std::unique_ptr<Compressor>& compressor, int window_bits, MemoryBudget* memory) noexcept {
    try {
        if (compressor == nullptr)
            compressor = std::make_unique<Compressor>(window_bits, options_.zlib_deflate_options, memory);
        return true;
    } catch (const std::bad_alloc&) {
        return false;
    }
}

// A compressor that has failed may have seen half of a message that its peer will never see.
std::optional<std::string_view> DeflatePool::compress_with(std::unique_ptr<Compressor>& compressor,
                                                           std::string_view prefix, std::string_view rest) noexcept {
    clear(compressed_, bytes_kept);
    try {
        if (compressor->compress(prefix, rest, compressed_)) return compressed_.view();
    } catch (const std::bad_alloc&) {
        // and it goes as it is
    }
    compressor.reset();
    return std::nullopt;
}

// ---- one connection

DeflateExtension::DeflateExtension(DeflatePool& pool, const DeflateParameters& parameters, Role role) noexcept
    : pool_(pool),
      sending_bits_(static_cast<std::uint8_t>(role == Role::server ? parameters.server_max_window_bits
                                                                   : parameters.client_max_window_bits)),
      receiving_bits_(static_cast<std::uint8_t>(std::max(receiving_bits_min, role == Role::server
                                                                                 ? parameters.client_max_window_bits
                                                                                 : parameters.server_max_window_bits))),
      keeps_sent_(role == Role::server ? !parameters.server_no_context_takeover
                                       : !parameters.client_no_context_takeover),
      keeps_received_(role == Role::server ? !parameters.client_no_context_takeover
                                           : !parameters.server_no_context_takeover) {
    if (keeps_sent_ || keeps_received_) ++pool_.contexts_;
}

DeflateExtension::~DeflateExtension() {
    if (keeps_sent_ || keeps_received_) --pool_.contexts_;
}

// Where memory is scarce nobody gets a new context.
std::optional<std::string_view> DeflateExtension::compress(std::string_view prefix, std::string_view rest) noexcept {
    if (!keeps_sent_) return pool_.compress(prefix, rest, sending_bits_);
    if (compressor_ == nullptr && pool_.memory_ != nullptr && pool_.memory_->is_scarce()) return std::nullopt;
    if (!pool_.prepare(compressor_, sending_bits_, pool_.memory_)) return std::nullopt;
    has_compressed_ = true;
    return pool_.compress_with(compressor_, prefix, rest);
}

DeflateExtension::Outcome DeflateExtension::inflate(std::string_view& payload, std::size_t bytes_max) {
    std::unique_ptr<Decompressor>& decompressor = keeps_received_ ? decompressor_ : pool_.decompressor_;
    if (decompressor == nullptr) {
        const int bits = keeps_received_ ? int{receiving_bits_} : DeflatePool::window_bits_max;
        decompressor = std::make_unique<Decompressor>(bits, keeps_received_ ? pool_.memory_ : nullptr);
    } else if (!keeps_received_) {
        decompressor->forget();
    }
    clear(pool_.inflated_, DeflatePool::bytes_kept);
    const Outcome outcome = decompressor->inflate(payload, bytes_max, pool_.inflated_);
    payload = pool_.inflated_.view();
    return outcome;
}

void DeflateExtension::forget_message() noexcept {
    clear(pool_.inflated_, DeflatePool::bytes_kept);
}

void DeflateExtension::trim() noexcept {
    if (!std::exchange(has_compressed_, false)) compressor_.reset();
}

std::size_t DeflateExtension::bytes() const noexcept {
    return (compressor_ != nullptr ? compressor_->bytes() : 0) +
           (decompressor_ != nullptr ? decompressor_->bytes() : 0);
}

}  // namespace parley::websocket
