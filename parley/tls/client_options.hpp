// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "parley/tls/server_options.hpp"

namespace parley {

/// How a client speaks TLS with servers of `https://` and `wss://`. The server must prove who it is, unless `insecure`.
struct TlsClientOptions {
    /// Who may have signed the server's certificate: a PEM file or text. Empty: the authorities of this machine.
    std::string authorities = {};
    /// Keys of which the server must have one: `sha256/` and the SHA-256 of its SubjectPublicKeyInfo in base64 (RFC
    /// 7469 §2.4). Beside the check of its certificate, or with `insecure` instead of it.
    std::vector<std::string> pins = {};
    std::string certificate = {};  ///< to show to servers that ask: as in `TlsCertificate`
    std::string private_key = {};
    std::string password = {};
    /// The name that the server is asked for, and that its certificate must have. Empty: that of the URL.
    std::string server_name = {};
    TlsVersion version_min = TlsVersion::tls_1_2;
    /// Takes any certificate, so that anybody in between can read and change everything: for tests. Said once on the
    /// standard error.
    bool insecure = false;
};

}  // namespace parley
