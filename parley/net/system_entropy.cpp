// SPDX-License-Identifier: MIT
#include "parley/net/system_entropy.hpp"

#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace parley::net {
namespace {

constexpr std::size_t page_bytes = 4096;

void fill_from_system(std::span<std::byte> bytes) {
    while (!bytes.empty()) {
        const ssize_t count = getrandom(bytes.data(), bytes.size(), 0);
        if (count > 0) {
            bytes = bytes.subspan(static_cast<std::size_t>(count));
        } else if (errno != EINTR) {
            // Going on with predictable session ids would be worse than not going on.
            std::fputs("parley: the operating system gives no random bytes\n", stderr);
            std::abort();
        }
    }
}

}  // namespace

// One page of its own, which the kernel clears in a forked child: `left` is 0 there, so the child fetches bytes of its
// own.
struct SystemEntropy::Pool {
    std::size_t left;  // the last so many of `bytes` have not been handed out
    std::array<std::byte, page_bytes - sizeof(std::size_t)> bytes;
};

SystemEntropy::SystemEntropy() {
    void* page = mmap(nullptr, page_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) return;
    if (madvise(page, page_bytes, MADV_WIPEONFORK) != 0) {
        munmap(page, page_bytes);
        return;
    }
    madvise(page, page_bytes, MADV_DONTDUMP);
    pool_ = static_cast<Pool*>(page);
}

SystemEntropy::~SystemEntropy() {
    if (pool_ == nullptr) return;
    explicit_bzero(pool_, page_bytes);
    munmap(pool_, page_bytes);
}

void SystemEntropy::fill(std::span<std::byte> bytes) {
    if (bytes.empty()) return;
    if (pool_ == nullptr || bytes.size() > pool_->bytes.size() / 4) return fill_from_system(bytes);
    if (pool_->left < bytes.size()) {
        fill_from_system(pool_->bytes);
        pool_->left = pool_->bytes.size();
    }
    std::byte* unused = pool_->bytes.data() + (pool_->bytes.size() - pool_->left);
    std::memcpy(bytes.data(), unused, bytes.size());
    explicit_bzero(unused, bytes.size());
    pool_->left -= bytes.size();
}

}  // namespace parley::net
