// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <string>

#include "parley/base/error.hpp"
#include "parley/net/backend/posix/descriptor.hpp"
#include "parley/net/local_listener.hpp"

namespace parley::net::detail {

/// The file of a Unix-domain socket that this process has made: removed with this, unless another one has taken its
/// place.
class LocalSocketFile {
 public:
    LocalSocketFile() = default;
    explicit LocalSocketFile(std::string path);
    ~LocalSocketFile() { remove(); }
    LocalSocketFile(LocalSocketFile&& other) noexcept;
    LocalSocketFile& operator=(LocalSocketFile&& other) noexcept;

 private:
    void remove() noexcept;

    std::string path_;  // empty: there is none
    dev_t device_ = 0;
    ino_t inode_ = 0;
};

struct LocalSocket {
    Descriptor descriptor;
    LocalSocketFile file;
};

/// Makes the file and listens.
[[nodiscard]] Result<LocalSocket> open_local(const std::string& path, const LocalListenOptions& options);

/// Takes the next listening socket that the service manager has handed over.
[[nodiscard]] Result<Descriptor> take_handed_over();

}  // namespace parley::net::detail
