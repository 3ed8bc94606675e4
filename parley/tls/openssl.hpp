// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "parley/base/error.hpp"
#include "parley/tls/server_options.hpp"

// As OpenSSL declares them, for those who do not look inside.
struct bio_st;
struct evp_pkey_st;
struct ssl_ctx_st;
struct ssl_method_st;
struct ssl_st;
struct x509_st;

namespace parley::tls {

struct FreeOpenssl {
    void operator()(ssl_st* object) const noexcept;
    void operator()(ssl_ctx_st* object) const noexcept;
    void operator()(bio_st* object) const noexcept;
    void operator()(x509_st* object) const noexcept;
    void operator()(evp_pkey_st* object) const noexcept;
};
template <typename T>
using Owned = std::unique_ptr<T, FreeOpenssl>;

/// What the library said last, in its own words; empties its queue.
[[nodiscard]] std::string last_words();

/// A context with what is common to both roles: versions, ciphers, and buffers that an idle connection does not keep.
[[nodiscard]] Owned<ssl_ctx_st> make_context(const ssl_method_st* method, TlsVersion version_min);

/// Gives it a certificate with its key. The error is a sentence that names the file.
[[nodiscard]] Result<void> use_certificate(ssl_ctx_st& context, const TlsCertificate& certificate);

/// Trusts the authorities of a PEM file or text.
[[nodiscard]] Result<void> trust(ssl_ctx_st& context, const std::string& authorities);

}  // namespace parley::tls
