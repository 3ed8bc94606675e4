// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "parley/base/memory_budget.hpp"
#include "parley/websocket/buffer.hpp"
#include "parley/websocket/deflate_codec.hpp"
#include "parley/websocket/deflate_options.hpp"
#include "parley/websocket/deflate_parameters.hpp"
#include "parley/websocket/limits.hpp"

namespace parley::websocket {

/// What the compressed connections of one server on one thread share: a compressor for each size of window and a
/// decompressor, for those without context takeover; the place where a message is made; and how many of them keep
/// contexts of their own.
///
/// It must outlive the connections, and what it made is valid until it makes something else.
class DeflatePool {
 public:
    /// `contexts_max` of the options is that of this pool.
    explicit DeflatePool(const PerMessageDeflate& options) : options_(options) {}
    DeflatePool(const DeflatePool&) = delete;
    DeflatePool& operator=(const DeflatePool&) = delete;

    [[nodiscard]] const PerMessageDeflate& options() const noexcept { return options_; }
    /// Counts the contexts of connections there, too: those that are made from now on. It must outlive them.
    void set_memory(MemoryBudget& memory) noexcept { memory_ = &memory; }

    /// What the next connection may have.
    [[nodiscard]] DeflateContexts contexts() const noexcept {
        return contexts_ < options_.contexts_max ? DeflateContexts::own : DeflateContexts::shared;
    }
    /// Connections that keep contexts of their own.
    [[nodiscard]] std::size_t contexts_count() const noexcept { return contexts_; }

    /// Whether a message of so many octets is to be compressed.
    [[nodiscard]] bool is_worth(std::size_t octets) const noexcept {
        return octets >= options_.threshold && octets > 0 && octets <= message_bytes_possible;
    }
    /// The payload of a message that is `prefix` and then `rest`, without context takeover; nothing: memory is short.
    [[nodiscard]] std::optional<std::string_view> compress(std::string_view prefix, std::string_view rest,
                                                           int window_bits) noexcept;

    /// Who keeps something for each size of window has so many places for it.
    static constexpr std::size_t windows = 7;
    [[nodiscard]] static constexpr std::size_t place_of(int window_bits) noexcept {
        return static_cast<std::size_t>(window_bits - 9);
    }

 private:
    friend class DeflateExtension;

    static constexpr int window_bits_max = 15;
    // What is kept of the place where messages are made.
    static constexpr std::size_t bytes_kept = 64 * 1024;

    // Makes the compressor where there is none; false: memory is short.
    [[nodiscard]] bool prepare(std::unique_ptr<detail::Compressor>& compressor, int window_bits,
                               MemoryBudget* memory) noexcept;
    [[nodiscard]] std::optional<std::string_view> compress_with(std::unique_ptr<detail::Compressor>& compressor,
                                                                std::string_view prefix,
                                                                std::string_view rest) noexcept;

    const PerMessageDeflate options_;
    MemoryBudget* memory_ = nullptr;
    std::size_t contexts_ = 0;
    std::array<std::unique_ptr<detail::Compressor>, windows> compressors_;
    std::unique_ptr<detail::Decompressor> decompressor_;
    detail::Buffer compressed_;
    detail::Buffer inflated_;
};

/// permessage-deflate on one connection, at either end of it (RFC 7692 §6 and §7.2).
///
/// Contexts are made when the first message needs them, and only where takeover was agreed to.
class DeflateExtension {
 public:
    enum class Role : bool { server, client };
    using Outcome = detail::Decompressor::Outcome;

    DeflateExtension(DeflatePool& pool, const DeflateParameters& parameters, Role role) noexcept;
    DeflateExtension(const DeflateExtension&) = delete;
    DeflateExtension& operator=(const DeflateExtension&) = delete;
    ~DeflateExtension();

    [[nodiscard]] DeflatePool& pool() const noexcept { return pool_; }
    /// Of what is sent: 9 to 15, or 8, with which nothing is compressed.
    [[nodiscard]] int window_bits() const noexcept { return sending_bits_; }
    /// Whether what is sent is compressed without a context, so that others with this window may be sent the same.
    [[nodiscard]] bool is_shared() const noexcept { return !keeps_sent_; }

    /// Whether a message of so many octets is to be compressed.
    [[nodiscard]] bool is_worth(std::size_t octets) const noexcept {
        return pool_.is_worth(octets) && sending_bits_ > 8;
    }
    /// The payload of a message that is `prefix` and then `rest`, which are to be sent now; nothing: memory is short,
    /// and it is to be sent as it is. Valid until the pool makes something else.
    [[nodiscard]] std::optional<std::string_view> compress(std::string_view prefix, std::string_view rest) noexcept;

    /// Inflates a message in place of `payload`: valid until the pool makes something else, or `forget_message`. Throws
    /// `std::bad_alloc`.
    [[nodiscard]] Outcome inflate(std::string_view& payload, std::size_t bytes_max);
    /// The inflated message has been handled.
    void forget_message() noexcept;

    /// Gives back the compressor, where it has compressed nothing since this was last called. The next message does
    /// without what was said before.
    void trim() noexcept;
    /// Octets of the contexts.
    [[nodiscard]] std::size_t bytes() const noexcept;

 private:
    DeflatePool& pool_;
    const std::uint8_t sending_bits_;
    const std::uint8_t receiving_bits_;
    const bool keeps_sent_;
    const bool keeps_received_;
    bool has_compressed_ = false;  // since it was last trimmed
    std::unique_ptr<detail::Compressor> compressor_;
    std::unique_ptr<detail::Decompressor> decompressor_;
};

}  // namespace parley::websocket
