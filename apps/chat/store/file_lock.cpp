// SPDX-License-Identifier: MIT
#include "apps/chat/store/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "apps/chat/store/sqlite.hpp"

namespace parley::chat {

FileLock::FileLock(const std::string& file) {
    const std::string path = file + "-lock";
    // Not read by others: neither is the data.
    descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor_ < 0)
        throw StoreError("Cannot write beside " + file + ": " + std::generic_category().message(errno) + ".",
                         ErrorCode::permission_denied);
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) == 0) return;
    ::close(descriptor_);
    throw StoreError(file + " is in use by another parley serve.", ErrorCode::permission_denied);
}

FileLock::~FileLock() {
    ::close(descriptor_);
}

}  // namespace parley::chat
