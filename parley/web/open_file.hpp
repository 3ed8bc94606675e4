// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <string>
#include <utility>

namespace parley::web {

/// Why there is no file to send.
enum class OpenFailure {
    not_found,     ///< nothing is there, or nothing that may be sent: the difference is nobody's business
    is_directory,  ///< a directory is there
    unavailable,   ///< the system could not open it now (out of descriptors, an I/O error)
};

/// A regular file that is open for reading, and what it was at that moment: its size is fixed from then on.
class OpenFile {
 public:
    /// Takes the descriptor that an open returned, which must not block; nothing but a regular file is accepted. A
    /// `descriptor` below zero stands for the failure that errno says.
    static std::expected<OpenFile, OpenFailure> from(int descriptor);

    /// Opens a file that the program names; symbolic links are followed.
    static std::expected<OpenFile, OpenFailure> open(const std::string& path);

    OpenFile(OpenFile&& other) noexcept
        : descriptor_(std::exchange(other.descriptor_, -1)), size_(other.size_), modified_(other.modified_) {}
    OpenFile& operator=(OpenFile&& other) noexcept {
        std::swap(descriptor_, other.descriptor_);
        size_ = other.size_;
        modified_ = other.modified_;
        return *this;
    }
    ~OpenFile();

    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

    /// When the content was last changed.
    [[nodiscard]] std::chrono::sys_time<std::chrono::nanoseconds> modified() const noexcept { return modified_; }

    /// Reads up to `size` octets at `offset`; how many, or -1. Fewer than asked for, but not 0, is no end.
    std::int64_t read(char* octets, std::size_t size, std::uint64_t offset) const;

 private:
    explicit OpenFile(int descriptor) : descriptor_(descriptor) {}

    int descriptor_;
    std::uint64_t size_ = 0;
    std::chrono::sys_time<std::chrono::nanoseconds> modified_;
};

}  // namespace parley::web
