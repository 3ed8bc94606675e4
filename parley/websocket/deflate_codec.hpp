// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "parley/base/memory_budget.hpp"
#include "parley/websocket/buffer.hpp"
#include "parley/websocket/deflate_options.hpp"

// The stream of zlib, which only the source sees.
struct z_stream_s;

namespace parley::websocket::detail {

/// One stream of zlib and its memory, which is counted.
class ZlibStream {
 public:
    explicit ZlibStream(MemoryBudget* memory);
    ZlibStream(const ZlibStream&) = delete;
    ZlibStream& operator=(const ZlibStream&) = delete;
    ~ZlibStream();

    [[nodiscard]] z_stream_s& get() noexcept { return *stream_; }
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

 private:
    static void* allocate(void* self, unsigned items, unsigned size) noexcept;
    static void free(void* self, void* memory) noexcept;

    std::unique_ptr<z_stream_s> stream_;
    MemoryBudget* memory_;  // null: nobody counts
    std::size_t bytes_ = 0;
};

/// Compresses messages, one after the other (RFC 7692 §7.2.1).
class Compressor {
 public:
    /// Throws `std::bad_alloc`.
    Compressor(int window_bits, const PerMessageDeflate::Zlib& options, MemoryBudget* memory);
    ~Compressor();

    /// Appends `prefix` and `rest` to `out` as the payload of one message, without the tail 00 00 FF FF. False: memory
    /// is short, and this must not be used any more.
    [[nodiscard]] bool compress(std::string_view prefix, std::string_view rest, Buffer& out);
    /// Forgets what it has compressed before.
    void forget() noexcept;

    [[nodiscard]] std::size_t bytes() const noexcept { return stream_.bytes(); }

 private:
    [[nodiscard]] bool write(std::string_view octets, int flush, Buffer& out);

    ZlibStream stream_;
};

/// Inflates messages, one after the other (RFC 7692 §7.2.2).
class Decompressor {
 public:
    enum class Outcome : std::uint8_t {
        complete,
        too_big,  ///< it would be more than the bound
        invalid,  ///< no DEFLATE, or not all of a message
    };

    /// Throws `std::bad_alloc`.
    Decompressor(int window_bits, MemoryBudget* memory);
    ~Decompressor();

    /// Inflates the payload of one message to `out`, which is empty, and grows with what comes: to no more than
    /// `bytes_max` and one octet. Throws `std::bad_alloc`. After anything but `complete` only `forget` makes sense.
    [[nodiscard]] Outcome inflate(std::string_view payload, std::size_t bytes_max, Buffer& out);
    /// Forgets what it has inflated before.
    void forget() noexcept;

    [[nodiscard]] std::size_t bytes() const noexcept { return stream_.bytes(); }

 private:
    [[nodiscard]] Outcome read(std::string_view octets, std::size_t bytes_max, Buffer& out);
    [[nodiscard]] bool is_between_blocks() noexcept;

    ZlibStream stream_;
    bool is_fresh_ = false;  // behind a final block, with nothing read yet of another stream
};

}  // namespace parley::websocket::detail
