// SPDX-License-Identifier: MIT
#include "parley/base/sha1.hpp"

#include <openssl/evp.h>

#include <memory>

#include "parley/base/error.hpp"

namespace parley {
namespace {

// Looked up once: a fetch searches the providers and takes locks.
const EVP_MD* algorithm() {
    static const EVP_MD* const fetched = EVP_MD_fetch(nullptr, "SHA1", nullptr);
    return fetched;
}

struct FreeContext {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

}  // namespace

std::array<std::byte, 20> sha1(std::string_view octets) {
    std::array<std::byte, 20> digest{};
    const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
    const bool done = algorithm() != nullptr && context != nullptr &&
                      EVP_DigestInit_ex2(context.get(), algorithm(), nullptr) == 1 &&
                      EVP_DigestUpdate(context.get(), octets.data(), octets.size()) == 1 &&
                      EVP_DigestFinal_ex(context.get(), reinterpret_cast<unsigned char*>(digest.data()), nullptr) == 1;
    if (!done) {
        throw SetupError({ErrorCode::unavailable,
                          "libcrypto offers no SHA-1, which WebSocket handshakes need: check its providers"});
    }
    return digest;
}

}  // namespace parley
