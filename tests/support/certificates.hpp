// SPDX-License-Identifier: MIT
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>

namespace parley::test {

/// A certificate that signed itself, and its key, as PEM texts.
struct Identity {
    std::string certificate;
    std::string private_key;
    std::string pin;  ///< of its key, as TlsClientOptions::pins has them
};

struct IdentityOptions {
    std::string names = "DNS:localhost,IP:127.0.0.1";  ///< its subjectAltName
    std::string password = {};                         ///< of its key
    long valid_seconds = 86'400;                       ///< from now on; less than zero: it has expired
};

namespace detail {

inline std::string text_of(BIO* bio) {
    const char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    std::string text(data, static_cast<std::size_t>(size));
    BIO_free(bio);
    return text;
}

inline std::string pin_of(X509* certificate) {
    unsigned char* encoded = nullptr;
    const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &encoded);
    unsigned char digest[32];
    EVP_Digest(encoded, static_cast<std::size_t>(size), digest, nullptr, EVP_sha256(), nullptr);
    OPENSSL_free(encoded);
    unsigned char text[45];
    EVP_EncodeBlock(text, digest, sizeof digest);
    return "sha256/" + std::string(reinterpret_cast<const char*>(text), 44);
}

}  // namespace detail

inline Identity make_identity(const IdentityOptions& options = {}) {
    const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
    const std::unique_ptr<X509, void (*)(X509*)> certificate(X509_new(), &X509_free);
    X509_set_version(certificate.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -172'800);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), options.valid_seconds);
    X509_set_pubkey(certificate.get(), key.get());
    X509_NAME* const name = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
    X509_set_issuer_name(certificate.get(), name);
    X509_EXTENSION* const names = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, options.names.c_str());
    X509_add_ext(certificate.get(), names, -1);
    X509_EXTENSION_free(names);
    X509_sign(certificate.get(), key.get(), EVP_sha256());

    Identity identity;
    BIO* text = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(text, certificate.get());
    identity.certificate = detail::text_of(text);
    text = BIO_new(BIO_s_mem());
    const bool is_locked = !options.password.empty();
    PEM_write_bio_PrivateKey(text, key.get(), is_locked ? EVP_aes_128_cbc() : nullptr,
                             is_locked ? reinterpret_cast<const unsigned char*>(options.password.data()) : nullptr,
                             static_cast<int>(options.password.size()), nullptr, nullptr);
    identity.private_key = detail::text_of(text);
    identity.pin = detail::pin_of(certificate.get());
    return identity;
}

}  // namespace parley::test
