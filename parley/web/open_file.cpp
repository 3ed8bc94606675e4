// SPDX-License-Identifier: MIT
#include "parley/web/open_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace parley::web {
namespace {

// Failures of the machine, not of the name. Everything else means that there is nothing to send under this name.
bool is_failure_of_the_system(int error) {
    switch (error) {
        case EMFILE:
        case ENFILE:
        case ENOMEM:
        case EIO:
        case EINTR:
        case EAGAIN:
        case ENOSPC:
        case EOVERFLOW:
            return true;
        default:
            return false;
    }
}

}  // namespace

std::expected<OpenFile, OpenFailure> OpenFile::from(int descriptor) {
    if (descriptor < 0)
        return std::unexpected(is_failure_of_the_system(errno) ? OpenFailure::unavailable : OpenFailure::not_found);
    OpenFile file(descriptor);
    struct stat status{};
    if (fstat(descriptor, &status) != 0) return std::unexpected(OpenFailure::unavailable);
    if (S_ISDIR(status.st_mode)) return std::unexpected(OpenFailure::is_directory);
    if (!S_ISREG(status.st_mode)) return std::unexpected(OpenFailure::not_found);
    file.size_ = static_cast<std::uint64_t>(status.st_size);
    file.modified_ = std::chrono::sys_time<std::chrono::nanoseconds>(std::chrono::seconds(status.st_mtim.tv_sec) +
                                                                     std::chrono::nanoseconds(status.st_mtim.tv_nsec));
    return file;
}

std::expected<OpenFile, OpenFailure> OpenFile::open(const std::string& path) {
    // A path with a NUL would be opened up to it.
    if (path.find('\0') != std::string::npos) return std::unexpected(OpenFailure::not_found);
    // O_NONBLOCK: opening a FIFO must not wait for its other end.
    return from(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
}

OpenFile::~OpenFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

std::int64_t OpenFile::read(char* octets, std::size_t size, std::uint64_t offset) const {
    while (true) {
        const ssize_t read = ::pread(descriptor_, octets, size, static_cast<off_t>(offset));
        if (read >= 0 || errno != EINTR) return read;
    }
}

}  // namespace parley::web
