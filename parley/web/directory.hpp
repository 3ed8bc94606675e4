// SPDX-License-Identifier: MIT
#pragma once

#include <expected>
#include <string>
#include <utility>

#include "parley/base/error.hpp"
#include "parley/web/open_file.hpp"

namespace parley::web {

/// A directory whose files can be opened, and nothing outside of it.
///
/// The kernel itself keeps the way beneath the directory (openat2 with RESOLVE_BENEATH), also when files and links are
/// exchanged at the same moment. Where the kernel has no openat2, each step is opened on its own and no symbolic link
/// is followed.
class Directory {
 public:
    /// How the way down is kept; a parameter for tests.
    enum class Method { by_kernel, step_by_step };

    /// Opens the directory. An error, in one sentence, if there is none.
    static Result<Directory> open(const std::string& path);

    Directory(Directory&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)), method_(other.method_) {}
    Directory& operator=(Directory&& other) noexcept {
        std::swap(descriptor_, other.descriptor_);
        method_ = other.method_;
        return *this;
    }
    ~Directory();

    /// Opens the regular file at `path`, which is relative. Symbolic links are refused, or followed as long as they
    /// stay beneath the directory.
    [[nodiscard]] std::expected<OpenFile, OpenFailure> open_file(const std::string& path, bool follow_symlinks) const;

    [[nodiscard]] Method method() const noexcept { return method_; }
    void set_method(Method method) noexcept { method_ = method; }

 private:
    explicit Directory(int descriptor) : descriptor_(descriptor) {}

    [[nodiscard]] int open_by_kernel(const std::string& path, bool follow_symlinks) const;
    [[nodiscard]] int open_step_by_step(const std::string& path) const;

    int descriptor_;
    Method method_ = Method::by_kernel;
};

}  // namespace parley::web
