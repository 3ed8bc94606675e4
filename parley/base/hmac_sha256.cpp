// SPDX-License-Identifier: MIT
#include "parley/base/hmac_sha256.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <climits>

#include "parley/base/error.hpp"

namespace parley {

std::array<std::byte, 32> hmac_sha256(std::string_view key, std::string_view octets) {
    // An empty view may be a null pointer, which would mean the key of the call before.
    const char* const key_begin = key.empty() ? "" : key.data();
    std::array<std::byte, 32> code{};
    unsigned size = 0;
    const bool done = key.size() <= INT_MAX &&
                      HMAC(EVP_sha256(), key_begin, static_cast<int>(key.size()),
                           reinterpret_cast<const unsigned char*>(octets.data()), octets.size(),
                           reinterpret_cast<unsigned char*>(code.data()), &size) != nullptr &&
                      size == code.size();
    if (!done) {
        throw SetupError({ErrorCode::unavailable,
                          "libcrypto offers no HMAC-SHA-256, which signed cookies need: check its providers"});
    }
    return code;
}

bool equals_in_constant_time(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace parley
