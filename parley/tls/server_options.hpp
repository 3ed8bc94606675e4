// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace parley {

/// A certificate with its private key: paths of PEM files, or where they begin with `-----BEGIN` the PEM texts.
struct TlsCertificate {
    std::string certificate = {};  ///< with what leads from it to its authority behind it, as ACME clients write them
    std::string private_key = {};  ///< empty: it stands beside the certificate
    std::string password = {};     ///< of the private key; empty: none
};

/// Whether a server asks its clients for certificates; of `requested` ones those that are shown must be good.
enum class TlsClientCertificate : unsigned char { none, requested, required };

/// The lowest version of TLS that is spoken (RFC 5246, RFC 8446).
enum class TlsVersion : unsigned char { tls_1_2, tls_1_3 };

/// How a server speaks TLS. Without a certificate it does not.
struct TlsServerOptions {
    std::string certificate = {};  ///< this and the next two as in `TlsCertificate`
    std::string private_key = {};
    std::string password = {};
    std::vector<TlsCertificate> more_certificates = {};  ///< for names that a client asks for (RFC 6066 §3)
    TlsClientCertificate client_certificate = TlsClientCertificate::none;
    std::string client_authorities = {};  ///< who may have signed those of clients: a PEM file or text
    TlsVersion version_min = TlsVersion::tls_1_2;
};

}  // namespace parley
