// SPDX-License-Identifier: MIT
#include "parley/websocket/deflate_codec.hpp"

#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <new>

// Raw DEFLATE (RFC 1951), as RFC 7692 §7.2 has it: what a message ends with when zlib is asked to flush, 00 00 FF FF,
// is not sent, and put back before it is inflated.

namespace parley::websocket::detail {
namespace {

constexpr std::string_view tail("\x00\x00\xff\xff", 4);

// zlib writes its marker twice where six octets or less are left of its room.
constexpr std::size_t room_bytes_min = 64;

// Steps in which room is made: for what is compressed, and for what is inflated, at first.
constexpr std::size_t compressed_step_bytes = 1'024;
constexpr std::size_t inflated_step_bytes = 4'096;

// In front of each block of memory its size stands.
constexpr std::size_t size_bytes = alignof(std::max_align_t);

// zlib takes what is not const, and does not change it.
Bytef* input(std::string_view octets) noexcept {
    return reinterpret_cast<Bytef*>(const_cast<char*>(octets.data()));
}

// The room at the end of `out`, for one call of zlib.
void give_room(z_stream& stream, std::span<char> room) noexcept {
    stream.next_out = reinterpret_cast<Bytef*>(room.data());
    stream.avail_out = static_cast<uInt>(room.size());
}

void make_room(Buffer& out, std::size_t octets) {
    if (out.free_space().size() < octets) out.reserve(out.size() + std::max(octets, out.size()));
}

}  // namespace

// ---- memory

ZlibStream::ZlibStream(MemoryBudget* memory) : stream_(std::make_unique<z_stream>()), memory_(memory) {
    stream_->zalloc = &ZlibStream::allocate;
    stream_->zfree = &ZlibStream::free;
    stream_->opaque = this;
}

ZlibStream::~ZlibStream() = default;

void* ZlibStream::allocate(void* self, unsigned items, unsigned size) noexcept {
    const std::size_t octets = size_bytes + std::size_t{items} * size;
    void* const block = ::operator new(octets, std::nothrow);
    if (block == nullptr) return nullptr;
    std::memcpy(block, &octets, sizeof octets);
    auto& stream = *static_cast<ZlibStream*>(self);
    stream.bytes_ += octets;
    if (stream.memory_ != nullptr) stream.memory_->count(0, octets);
    return static_cast<char*>(block) + size_bytes;
}

void ZlibStream::free(void* self, void* memory) noexcept {
    void* const block = static_cast<char*>(memory) - size_bytes;
    std::size_t octets = 0;
    std::memcpy(&octets, block, sizeof octets);
    auto& stream = *static_cast<ZlibStream*>(self);
    stream.bytes_ -= octets;
    if (stream.memory_ != nullptr) stream.memory_->count(octets, 0);
    ::operator delete(block);
}

// ---- compressing

Compressor::Compressor(int window_bits, const PerMessageDeflate::Zlib& options, MemoryBudget* memory)
    : stream_(memory) {
    if (deflateInit2(&stream_.get(), options.level, Z_DEFLATED, -window_bits, options.mem_level, Z_DEFAULT_STRATEGY) !=
        Z_OK)
        throw std::bad_alloc();
}

Compressor::~Compressor() {
    deflateEnd(&stream_.get());
}

void Compressor::forget() noexcept {
    deflateReset(&stream_.get());
}

bool Compressor::compress(std::string_view prefix, std::string_view rest, Buffer& out) {
    if (!prefix.empty() && !write(prefix, Z_NO_FLUSH, out)) return false;
    if (!write(rest, Z_SYNC_FLUSH, out) || !out.view().ends_with(tail)) return false;
    out.take_back(tail.size());
    return true;
}

bool Compressor::write(std::string_view octets, int flush, Buffer& out) {
    z_stream& stream = stream_.get();
    stream.next_in = input(octets);
    stream.avail_in = static_cast<uInt>(octets.size());
    do {
        make_room(out, out.empty() ? compressed_step_bytes : room_bytes_min);
        const std::span<char> room = out.free_space();
        give_room(stream, room);
        const int result = deflate(&stream, flush);
        if (result != Z_OK && result != Z_BUF_ERROR) return false;
        out.commit(room.size() - stream.avail_out);
    } while (stream.avail_out == 0);
    return true;
}

// ---- inflating

Decompressor::Decompressor(int window_bits, MemoryBudget* memory) : stream_(memory) {
    if (inflateInit2(&stream_.get(), -window_bits) != Z_OK) throw std::bad_alloc();
}

Decompressor::~Decompressor() {
    inflateEnd(&stream_.get());
}

void Decompressor::forget() noexcept {
    inflateReset(&stream_.get());
    is_fresh_ = false;
}

// A message without an octet should be a block without one (RFC 7692 §7.2.3.6); where it is not even that, there is
// nothing to inflate. Nor is there behind a final block with which the payload ends: RFC 7692 §7.2.3.4 asks for an
// octet there that not everybody sends.
Decompressor::Outcome Decompressor::inflate(std::string_view payload, std::size_t bytes_max, Buffer& out) {
    if (payload.empty()) return Outcome::complete;
    const Outcome outcome = read(payload, bytes_max, out);
    if (outcome != Outcome::complete || is_fresh_) return outcome;
    const Outcome end = read(tail, bytes_max, out);
    if (end == Outcome::complete && !is_between_blocks()) return Outcome::invalid;
    return end;
}

Decompressor::Outcome Decompressor::read(std::string_view octets, std::size_t bytes_max, Buffer& out) {
    z_stream& stream = stream_.get();
    stream.next_in = input(octets);
    stream.avail_in = static_cast<uInt>(octets.size());
    do {
        // One octet more than may be, to see that there is one.
        if (out.free_space().empty()) {
            const std::size_t step = std::max({inflated_step_bytes, out.size(), 2 * octets.size()});
            out.reserve(std::min(bytes_max + 1, out.size() + step));
        }
        const std::span<char> free = out.free_space();
        const std::span<char> room = free.first(std::min(free.size(), bytes_max + 1 - out.size()));
        give_room(stream, room);
        const int result = ::inflate(&stream, Z_SYNC_FLUSH);
        out.commit(room.size() - stream.avail_out);
        if (out.size() > bytes_max) return Outcome::too_big;
        if (result == Z_MEM_ERROR) throw std::bad_alloc();
        if (result == Z_STREAM_END) {
            // A final block ends nothing but itself: what follows may refer to what was before.
            inflateResetKeep(&stream);
            is_fresh_ = true;
        } else if (result == Z_OK) {
            is_fresh_ = false;
        } else if (result != Z_BUF_ERROR) {
            return Outcome::invalid;
        }
    } while (stream.avail_in > 0 || stream.avail_out == 0);
    return Outcome::complete;
}

// zlib tells with each return: how many bits of the last octet are left, and whether it stands in front of a block.
bool Decompressor::is_between_blocks() noexcept {
    constexpr int unused_bits = 63;
    constexpr int in_front_of_block = 128;
    const int told = stream_.get().data_type;
    return (told & in_front_of_block) != 0 && (told & unused_bits) == 0;
}

}  // namespace parley::websocket::detail
