// SPDX-License-Identifier: MIT
#include "parley/net/backend/posix/gather.hpp"

#include <cstring>

namespace parley::net::detail {

std::size_t gather(std::span<const std::string_view> pieces, std::span<char> scratch, std::span<iovec> vectors) {
    std::size_t count = 0;
    std::size_t used = 0;
    bool extends = false;  // whether the last vector ends where the scratch memory goes on
    for (const std::string_view piece : pieces) {
        const bool copy = piece.size() < gather_copy_bytes_max;
        if (copy && piece.size() > scratch.size() - used) break;
        if (!copy || !extends) {
            if (count == vectors.size()) break;
            vectors[count++] = {copy ? scratch.data() + used : const_cast<char*>(piece.data()),
                                copy ? 0 : piece.size()};
        }
        if (copy) {
            std::memcpy(scratch.data() + used, piece.data(), piece.size());
            used += piece.size();
            vectors[count - 1].iov_len += piece.size();
        }
        extends = copy;
    }
    return count;
}

}  // namespace parley::net::detail
