// SPDX-License-Identifier: MIT
#include "parley/tls/server_context.hpp"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>
#include <new>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/tls/openssl.hpp"

namespace parley::tls {
namespace {

// RFC 7301: HTTP/1.1 is all there is. Whoever names protocols and not this one is told so.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_size, const unsigned char* offered,
                    unsigned int offered_size, void*) {
    static constexpr std::string_view wire_name = "\x08http/1.1";
    unsigned char* found = nullptr;
    const int result =
        SSL_select_next_proto(&found, chosen_size, reinterpret_cast<const unsigned char*>(wire_name.data()),
                              static_cast<unsigned int>(wire_name.size()), offered, offered_size);
    *chosen = found;
    return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

Result<Owned<SSL_CTX>> make_server_context(const TlsServerOptions& options, const TlsCertificate& certificate) {
    Owned<SSL_CTX> context = make_context(TLS_server_method(), options.version_min);
    if (Result<void> used = use_certificate(*context, certificate); !used) return std::unexpected(used.error());
    // What was agreed upon is kept by the client, in a ticket (RFC 8446 §4.6.1): nothing of it stays here.
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(context.get(), 1);
    constexpr std::string_view id = "parley";
    SSL_CTX_set_session_id_context(context.get(), reinterpret_cast<const unsigned char*>(id.data()), id.size());
    SSL_CTX_set_alpn_select_cb(context.get(), &choose_protocol, nullptr);
    if (options.client_certificate == TlsClientCertificate::none) return context;
    if (Result<void> trusted = trust(*context, options.client_authorities); !trusted) {
        return std::unexpected(trusted.error());
    }
    const bool is_required = options.client_certificate == TlsClientCertificate::required;
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | (is_required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), nullptr);
    return context;
}

}  // namespace

struct ServerContext::State {
    Owned<SSL_CTX> first;
    std::vector<Owned<SSL_CTX>> more;

    // The certificate for the name that the client asks for. RFC 6066 §3: where there is none, the first will do.
    static int choose_certificate(SSL* ssl, int*, void* state) {
        const char* const name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
        if (name == nullptr) return SSL_TLSEXT_ERR_NOACK;
        const auto& self = *static_cast<const State*>(state);
        const auto is_for_name = [name](const Owned<SSL_CTX>& context) {
            return X509_check_host(SSL_CTX_get0_certificate(context.get()), name, 0, 0, nullptr) == 1;
        };
        if (is_for_name(self.first)) return SSL_TLSEXT_ERR_OK;
        for (const Owned<SSL_CTX>& context : self.more) {
            if (!is_for_name(context)) continue;
            return SSL_set_SSL_CTX(ssl, context.get()) != nullptr ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
        }
        return SSL_TLSEXT_ERR_NOACK;
    }
};

Result<std::shared_ptr<ServerContext>> ServerContext::make(TlsServerOptions options) {
    std::shared_ptr<ServerContext> context(new ServerContext(std::move(options)));
    if (Result<void> loaded = context->reload(); !loaded) return std::unexpected(loaded.error());
    return context;
}

Result<void> ServerContext::reload() {
    if (options_.client_certificate != TlsClientCertificate::none && options_.client_authorities.empty()) {
        return std::unexpected(Error{ErrorCode::invalid_argument,
                                     "tls.client_certificate needs tls.client_authorities: who may have signed it."});
    }
    auto state = std::make_shared<State>();
    Result<Owned<SSL_CTX>> first =
        make_server_context(options_, {options_.certificate, options_.private_key, options_.password});
    if (!first) return std::unexpected(first.error());
    state->first = std::move(*first);
    for (const TlsCertificate& certificate : options_.more_certificates) {
        Result<Owned<SSL_CTX>> next = make_server_context(options_, certificate);
        if (!next) return std::unexpected(next.error());
        state->more.push_back(std::move(*next));
    }
    SSL_CTX_set_tlsext_servername_callback(state->first.get(), &State::choose_certificate);
    SSL_CTX_set_tlsext_servername_arg(state->first.get(), state.get());
    const std::lock_guard lock(mutex_);
    state_ = std::move(state);
    return {};
}

std::shared_ptr<const ServerContext::State> ServerContext::state() const {
    const std::lock_guard lock(mutex_);
    return state_;
}

std::unique_ptr<Session> ServerContext::make_session() const {
    std::shared_ptr<const State> current = state();
    Owned<SSL> ssl(SSL_new(current->first.get()));
    if (!ssl) throw std::bad_alloc();
    return std::make_unique<Session>(std::move(ssl), Role::server, std::move(current));
}

}  // namespace parley::tls
