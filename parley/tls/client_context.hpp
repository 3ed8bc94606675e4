// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "parley/base/error.hpp"
#include "parley/tls/client_options.hpp"
#include "parley/tls/session.hpp"

struct ssl_ctx_st;
struct x509_st;
struct x509_store_ctx_st;

namespace parley::tls {

/// Whom a client trusts, and who it says it is. Any thread.
class ClientContext : public std::enable_shared_from_this<ClientContext> {
 public:
    /// The error is a sentence for whoever wrote the options.
    static Result<std::shared_ptr<const ClientContext>> make(TlsClientOptions options);

    /// For one connection to `host`, a name or an address, which the server's certificate must have.
    [[nodiscard]] std::unique_ptr<Session> make_session(const std::string& host) const;

 private:
    explicit ClientContext(TlsClientOptions options) : options_(std::move(options)) {}
    Result<void> load();
    [[nodiscard]] Result<void> read_pins();
    [[nodiscard]] bool is_pinned(x509_st& certificate) const;
    static int verify(x509_store_ctx_st* chain, void* context);

    const TlsClientOptions options_;
    std::vector<std::string> pins_;  // in base64
    std::shared_ptr<ssl_ctx_st> context_;
};

}  // namespace parley::tls
