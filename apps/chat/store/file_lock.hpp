// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace parley::chat {

/// The right to be the only one who writes a data file, for as long as this lives: two servers would give out the same
/// ids. It is an empty file beside the data, `FILE-lock`, which stays; the lock goes with the process, however it ends.
///
/// SQLite's own locks on the file are not touched by it: whoever reads or copies the data while a server runs needs no
/// right. Throws StoreError when somebody else has it, or there is no place for the file.
class FileLock {
 public:
    explicit FileLock(const std::string& file);
    FileLock(const FileLock&) = delete;
    FileLock& operator=(const FileLock&) = delete;
    ~FileLock();

 private:
    int descriptor_ = -1;
};

}  // namespace parley::chat
