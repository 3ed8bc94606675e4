// SPDX-License-Identifier: MIT
#include "parley/web/directory.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <string_view>
#include <system_error>

#include "parley/base/text.hpp"

namespace parley::web {
namespace {

// O_NONBLOCK: opening a FIFO must not wait for its other end.
constexpr int file_flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
constexpr int directory_flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;

int openat2(int directory, const char* path, int flags, std::uint64_t resolve) {
    open_how how{};
    how.flags = static_cast<std::uint64_t>(flags);
    how.resolve = resolve;
    return static_cast<int>(::syscall(SYS_openat2, directory, path, &how, sizeof how));
}

// Old kernels do not know the call, and old container sandboxes forbid what they do not know.
bool has_openat2(int directory) {
    const int descriptor = openat2(directory, ".", O_PATH | O_CLOEXEC, RESOLVE_BENEATH);
    if (descriptor >= 0) ::close(descriptor);
    return descriptor >= 0 || (errno != ENOSYS && errno != EPERM);
}

}  // namespace

Result<Directory> Directory::open(const std::string& path) {
    const bool has_nul = path.find('\0') != std::string::npos;
    const int descriptor = has_nul ? -1 : ::open(path.c_str(), directory_flags);
    if (descriptor < 0) {
        const int error = has_nul ? ENOENT : errno;
        return std::unexpected(Error{
            error == EACCES ? ErrorCode::permission_denied : ErrorCode::not_found,
            "cannot serve the directory '" + path + "': " + std::error_code(error, std::generic_category()).message()});
    }
    Directory directory(descriptor);
    if (!has_openat2(descriptor)) directory.method_ = Method::step_by_step;
    return directory;
}

Directory::~Directory() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

std::expected<OpenFile, OpenFailure> Directory::open_file(const std::string& path, bool follow_symlinks) const {
    if (path.find('\0') != std::string::npos) return std::unexpected(OpenFailure::not_found);
    return OpenFile::from(method_ == Method::by_kernel ? open_by_kernel(path, follow_symlinks)
                                                       : open_step_by_step(path));
}

int Directory::open_by_kernel(const std::string& path, bool follow_symlinks) const {
    const std::uint64_t resolve =
        RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | (follow_symlinks ? std::uint64_t{0} : RESOLVE_NO_SYMLINKS);
    constexpr int attempts = 8;
    int descriptor = -1;
    // EAGAIN: something was renamed at this moment, so that the kernel could not be sure of the way.
    for (int i = 0; i < attempts; ++i) {
        descriptor = openat2(descriptor_, path.c_str(), file_flags, resolve);
        if (descriptor >= 0 || (errno != EAGAIN && errno != EINTR)) break;
    }
    return descriptor;
}

int Directory::open_step_by_step(const std::string& path) const {
    if (path.ends_with('/')) {
        errno = ENOTDIR;
        return -1;
    }
    std::string_view rest = path;
    int directory = descriptor_;
    int opened = -1;
    while (true) {
        const std::string step(take_until(rest, '/'));
        if (step.empty() || step == "." || step == "..") {
            errno = ENOENT;
            opened = -1;
        } else {
            opened = ::openat(directory, step.c_str(), (rest.empty() ? file_flags : directory_flags) | O_NOFOLLOW);
        }
        const int error = errno;
        if (directory != descriptor_) ::close(directory);
        errno = error;
        if (opened < 0 || rest.empty()) return opened;
        directory = opened;
    }
}

}  // namespace parley::web
