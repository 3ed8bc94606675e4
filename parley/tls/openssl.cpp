// SPDX-License-Identifier: MIT
#include "parley/tls/openssl.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <new>
#include <utility>

namespace parley::tls {
namespace {

constexpr std::string_view pem_begin = "-----BEGIN";

// What a PEM text is called in a sentence: never its octets.
std::string name_of(const std::string& path_or_text) {
    return path_or_text.starts_with(pem_begin) ? "the given text" : path_or_text;
}

std::unexpected<Error> failure(ErrorCode code, std::string sentence) {
    return std::unexpected(Error{code, std::move(sentence)});
}

Result<std::string> read_pem(const std::string& path_or_text, std::string_view what) {
    if (path_or_text.starts_with(pem_begin)) return path_or_text;
    std::ifstream file(path_or_text, std::ios::binary);
    std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    if (!file) {
        const int error = errno;
        return failure(
            error == EACCES ? ErrorCode::permission_denied : ErrorCode::not_found,
            "The " + std::string(what) + " " + path_or_text + " cannot be read: " + std::strerror(error) + ".");
    }
    return text;
}

Owned<BIO> reader_of(const std::string& text) {
    Owned<BIO> reader(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    if (!reader) throw std::bad_alloc();
    return reader;
}

// OpenSSL asks for the password; without one it would ask the terminal.
int give_password(char* buffer, int size, int, void* password) {
    const auto& text = *static_cast<const std::string*>(password);
    if (text.size() > static_cast<std::size_t>(size)) return -1;
    std::ranges::copy(text, buffer);
    return static_cast<int>(text.size());
}

Result<void> use_chain(SSL_CTX& context, const std::string& text, const std::string& name) {
    const Owned<BIO> reader = reader_of(text);
    const Owned<X509> leaf(PEM_read_bio_X509_AUX(reader.get(), nullptr, nullptr, nullptr));
    if (!leaf || SSL_CTX_use_certificate(&context, leaf.get()) != 1) {
        return failure(ErrorCode::invalid_input,
                       "The certificate " + name + " is no PEM certificate: " + last_words() + ".");
    }
    if (X509_cmp_current_time(X509_get0_notAfter(leaf.get())) < 0) {
        return failure(ErrorCode::invalid_input, "The certificate " + name + " has expired. Renew it.");
    }
    SSL_CTX_clear_chain_certs(&context);
    while (Owned<X509> next{PEM_read_bio_X509(reader.get(), nullptr, nullptr, nullptr)}) {
        if (SSL_CTX_add0_chain_cert(&context, next.get()) != 1) throw std::bad_alloc();
        static_cast<void>(next.release());
    }
    ERR_clear_error();  // the end of the text
    return {};
}

Result<void> use_key(SSL_CTX& context, const std::string& text, const TlsCertificate& certificate) {
    const bool is_beside = certificate.private_key.empty();
    const std::string name = name_of(is_beside ? certificate.certificate : certificate.private_key);
    const Owned<BIO> reader = reader_of(text);
    ERR_clear_error();
    std::string password = certificate.password;
    const Owned<EVP_PKEY> key(PEM_read_bio_PrivateKey(reader.get(), nullptr, &give_password, &password));
    if (!key) {
        const bool is_locked = text.find("ENCRYPTED") != std::string::npos;
        if (is_locked) {
            return failure(ErrorCode::invalid_input,
                           "The private key " + name + " has a password, and " +
                               (password.empty() ? "none was given." : "it is not the one that was given."));
        }
        return failure(ErrorCode::invalid_input, "There is no private key in " + name + ": " + last_words() + ".");
    }
    if (SSL_CTX_use_PrivateKey(&context, key.get()) != 1 || SSL_CTX_check_private_key(&context) != 1) {
        ERR_clear_error();
        return failure(ErrorCode::invalid_input, "The private key " + name + " is not that of the certificate " +
                                                     name_of(certificate.certificate) + ".");
    }
    return {};
}

}  // namespace

void FreeOpenssl::operator()(SSL* object) const noexcept {
    SSL_free(object);
}
void FreeOpenssl::operator()(SSL_CTX* object) const noexcept {
    SSL_CTX_free(object);
}
void FreeOpenssl::operator()(BIO* object) const noexcept {
    BIO_free(object);
}
void FreeOpenssl::operator()(X509* object) const noexcept {
    X509_free(object);
}
void FreeOpenssl::operator()(EVP_PKEY* object) const noexcept {
    EVP_PKEY_free(object);
}

std::string last_words() {
    const unsigned long error = ERR_peek_last_error();
    ERR_clear_error();
    const char* reason = ERR_reason_error_string(error);
    return reason != nullptr ? reason : "no reason is known";
}

Owned<SSL_CTX> make_context(const SSL_METHOD* method, TlsVersion version_min) {
    Owned<SSL_CTX> context(SSL_CTX_new(method));
    if (!context) throw std::bad_alloc();
    SSL_CTX_set_min_proto_version(context.get(), version_min == TlsVersion::tls_1_3 ? TLS1_3_VERSION : TLS1_2_VERSION);
    // Of TLS 1.2 only what has forward secrecy and authenticated encryption (RFC 9325 §4.2).
    SSL_CTX_set_cipher_list(context.get(), "ECDHE+AESGCM:ECDHE+CHACHA20");
    SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    return context;
}

Result<void> use_certificate(SSL_CTX& context, const TlsCertificate& certificate) {
    const Result<std::string> chain = read_pem(certificate.certificate, "certificate");
    if (!chain) return std::unexpected(chain.error());
    if (Result<void> used = use_chain(context, *chain, name_of(certificate.certificate)); !used) return used;
    if (certificate.private_key.empty()) return use_key(context, *chain, certificate);
    const Result<std::string> key = read_pem(certificate.private_key, "private key");
    if (!key) return std::unexpected(key.error());
    return use_key(context, *key, certificate);
}

Result<void> trust(SSL_CTX& context, const std::string& authorities) {
    const Result<std::string> text = read_pem(authorities, "file of authorities");
    if (!text) return std::unexpected(text.error());
    const Owned<BIO> reader = reader_of(*text);
    int count = 0;
    while (const Owned<X509> authority{PEM_read_bio_X509(reader.get(), nullptr, nullptr, nullptr)}) {
        X509_STORE_add_cert(SSL_CTX_get_cert_store(&context), authority.get());
        ++count;
    }
    ERR_clear_error();
    if (count == 0) {
        return failure(ErrorCode::invalid_input,
                       "There is no certificate of an authority in " + name_of(authorities) + ".");
    }
    return {};
}

}  // namespace parley::tls
