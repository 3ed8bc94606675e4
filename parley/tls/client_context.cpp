// SPDX-License-Identifier: MIT
#include "parley/tls/client_context.hpp"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <new>
#include <string_view>
#include <utility>

#include "parley/base/base64.hpp"
#include "parley/net/line_output.hpp"
#include "parley/tls/openssl.hpp"

namespace parley::tls {

namespace {

// RFC 7469 §2.4: the SHA-256 of the key as it stands in the certificate.
std::string pin_of(X509& certificate) {
    unsigned char* encoded = nullptr;
    const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(&certificate), &encoded);
    if (size <= 0) return {};
    std::array<unsigned char, 32> digest{};
    EVP_Digest(encoded, static_cast<std::size_t>(size), digest.data(), nullptr, EVP_sha256(), nullptr);
    OPENSSL_free(encoded);
    std::string pin;
    append_base64(pin, {reinterpret_cast<const char*>(digest.data()), digest.size()});
    return pin;
}

}  // namespace

Result<std::shared_ptr<const ClientContext>> ClientContext::make(TlsClientOptions options) {
    const std::shared_ptr<ClientContext> context(new ClientContext(std::move(options)));
    if (Result<void> loaded = context->load(); !loaded) return std::unexpected(loaded.error());
    return context;
}

Result<void> ClientContext::read_pins() {
    for (const std::string& pin : options_.pins) {
        constexpr std::string_view word = "sha256/";
        constexpr std::size_t digest_characters = 44;  // 32 octets in base64
        if (!pin.starts_with(word) || pin.size() != word.size() + digest_characters) {
            return std::unexpected(Error{
                ErrorCode::invalid_argument,
                "tls.pins: \"" + pin + "\" is no pin. Write sha256/ and the SHA-256 of the server's key in base64."});
        }
        pins_.push_back(pin.substr(word.size()));
    }
    return {};
}

bool ClientContext::is_pinned(x509_st& certificate) const {
    return pins_.empty() || std::ranges::find(pins_, pin_of(certificate)) != pins_.end();
}

// Instead of OpenSSL's own check, as a part of the handshake, so that the server hears of what is refused. No exception
// may pass through the library.
int ClientContext::verify(X509_STORE_CTX* chain, void* context) {
    const auto& self = *static_cast<const ClientContext*>(context);
    if (!self.options_.insecure && X509_verify_cert(chain) != 1) return 0;
    try {
        if (self.is_pinned(*X509_STORE_CTX_get0_cert(chain))) return 1;
        X509_STORE_CTX_set_error(chain, X509_V_ERR_APPLICATION_VERIFICATION);
    } catch (const std::bad_alloc&) {
        X509_STORE_CTX_set_error(chain, X509_V_ERR_OUT_OF_MEM);
    }
    return 0;
}

Result<void> ClientContext::load() {
    if (Result<void> read = read_pins(); !read) return read;
    Owned<SSL_CTX> context = make_context(TLS_client_method(), options_.version_min);
    constexpr std::string_view http = "\x08http/1.1";
    SSL_CTX_set_alpn_protos(context.get(), reinterpret_cast<const unsigned char*>(http.data()), http.size());
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_cert_verify_callback(context.get(), &verify, this);
    if (options_.insecure) {
        if (pins_.empty()) net::LineOutput().write("parley: certificates of servers are not checked (tls.insecure)");
    } else if (options_.authorities.empty()) {
        SSL_CTX_set_default_verify_paths(context.get());
    } else if (Result<void> trusted = trust(*context, options_.authorities); !trusted) {
        return trusted;
    }
    if (!options_.certificate.empty()) {
        if (Result<void> used =
                use_certificate(*context, {options_.certificate, options_.private_key, options_.password});
            !used)
            return used;
    }
    context_ = std::shared_ptr<SSL_CTX>(std::move(context));
    return {};
}

std::unique_ptr<Session> ClientContext::make_session(const std::string& host) const {
    Owned<SSL> ssl(SSL_new(context_.get()));
    if (!ssl) throw std::bad_alloc();
    const std::string& name = options_.server_name.empty() ? host : options_.server_name;
    // RFC 6066 §3: an address is no name to ask for. RFC 9525 §6.1: either must be in the certificate.
    X509_VERIFY_PARAM* const expected = SSL_get0_param(ssl.get());
    if (X509_VERIFY_PARAM_set1_ip_asc(expected, name.c_str()) != 1) {
        X509_VERIFY_PARAM_set_hostflags(expected, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
        if (X509_VERIFY_PARAM_set1_host(expected, name.data(), name.size()) != 1 ||
            SSL_set_tlsext_host_name(ssl.get(), name.c_str()) != 1) {
            throw std::bad_alloc();
        }
    }
    return std::make_unique<Session>(std::move(ssl), Role::client, shared_from_this());
}

}  // namespace parley::tls
