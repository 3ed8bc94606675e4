// SPDX-License-Identifier: MIT
//
// OpenSSL reads from and writes to a BIO of our own, which lends it the octets that were received and appends to the
// outbox: nothing waits in between, and it never meets a socket.
#include "parley/tls/session.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/sslerr.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <new>
#include <utility>

namespace parley::tls {
namespace {

std::string describe(unsigned long error, const ssl_st* ssl) {
    const long verified = SSL_get_verify_result(ssl);
    if (verified == X509_V_ERR_APPLICATION_VERIFICATION) {
        return "The server's key is none of those that are expected (pins).";
    }
    if (ERR_GET_REASON(error) == SSL_R_CERTIFICATE_VERIFY_FAILED && verified != X509_V_OK) {
        return std::string("The certificate is not trusted: ") + X509_verify_cert_error_string(verified) + ".";
    }
    switch (ERR_GET_REASON(error)) {
        case SSL_R_HTTP_REQUEST:
        case SSL_R_HTTPS_PROXY_REQUEST:
        case SSL_R_WRONG_VERSION_NUMBER:
        case SSL_R_PACKET_LENGTH_TOO_LONG:
            return "The other side does not speak TLS here.";
        case SSL_R_UNSUPPORTED_PROTOCOL:
        case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
            return "There is no version of TLS that both sides speak.";
        case SSL_R_NO_SHARED_CIPHER:
        case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:
            return "There is no cipher of TLS that both sides speak, or the other side wants a certificate.";
        case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
        case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
            return "A certificate of the client is required, and none was shown.";
        case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
            return "The other side does not know who signed our certificate.";
        case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
        case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
        case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
            return "The other side does not take our certificate.";
        default:
            break;
    }
    const char* reason = ERR_reason_error_string(error);
    return std::string("TLS failed: ") + (reason != nullptr ? reason : "no reason is known") + ".";
}

}  // namespace

struct Session::Methods {
    static Session& of(BIO* bio) { return *static_cast<Session*>(BIO_get_data(bio)); }

    static int read(BIO* bio, char* into, int size) {
        Session& session = of(bio);
        BIO_clear_retry_flags(bio);
        if (session.input_.empty()) {
            BIO_set_retry_read(bio);
            return -1;
        }
        const std::size_t taken = std::min(session.input_.size(), static_cast<std::size_t>(size));
        std::ranges::copy(session.input_.substr(0, taken), into);
        session.input_.remove_prefix(taken);
        return static_cast<int>(taken);
    }

    // No exception may pass through the library above.
    static int write(BIO* bio, const char* octets, int size) {
        Session& session = of(bio);
        BIO_clear_retry_flags(bio);
        try {
            session.out_->append(std::string_view(octets, static_cast<std::size_t>(size)));
        } catch (const std::bad_alloc&) {
            session.is_out_of_memory_ = true;
            return -1;
        }
        return size;
    }

    static long control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

    static BIO_METHOD* get() {
        static BIO_METHOD* const method = [] {
            BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "outbox");
            if (made == nullptr) throw std::bad_alloc();
            BIO_meth_set_read(made, &read);
            BIO_meth_set_write(made, &write);
            BIO_meth_set_ctrl(made, &control);
            return made;
        }();
        return method;
    }
};

Session::Session(Owned<ssl_st> ssl, Role role, std::shared_ptr<const void> context)
    : role_(role), context_(std::move(context)), ssl_(std::move(ssl)) {
    BIO* const bio = BIO_new(Methods::get());
    if (bio == nullptr) throw std::bad_alloc();
    BIO_set_data(bio, this);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl_.get(), bio, bio);
    role == Role::server ? SSL_set_accept_state(ssl_.get()) : SSL_set_connect_state(ssl_.get());
}

void Session::receive(std::string_view octets) {
    if (kept_.empty()) {
        input_ = octets;
        return;
    }
    const std::size_t read = kept_.size() - input_.size();
    kept_.append(octets);
    input_ = std::string_view(kept_).substr(read);
}

void Session::keep_input() {
    kept_ = std::string(input_);
    input_ = kept_;
}

void Session::forget_input() noexcept {
    std::string().swap(kept_);  // an idle connection owns no buffer
    input_ = {};
}

bool Session::has_input() const noexcept {
    return !input_.empty() || SSL_pending(ssl_.get()) > 0;
}

Session::Reading Session::read(std::span<char> into, Outbox& out) {
    if (!error_.message.empty()) return {Status::failed, 0};
    out_ = &out;
    ERR_clear_error();
    if (!is_established_) {
        const int result = SSL_do_handshake(ssl_.get());
        if (result != 1) return go_on(result);
        is_established_ = true;
        return {Status::established, 0};
    }
    std::size_t bytes = 0;
    const int result = SSL_read_ex(ssl_.get(), into.data(), into.size(), &bytes);
    return result == 1 ? Reading{Status::read, bytes} : go_on(result);
}

Session::Reading Session::go_on(int result) {
    switch (SSL_get_error(ssl_.get(), result)) {
        case SSL_ERROR_WANT_READ:
            forget_input();
            return {Status::wants_input, 0};
        case SSL_ERROR_ZERO_RETURN:
            return {Status::ended, 0};
        default:
            fail();
            return {Status::failed, 0};
    }
}

void Session::fail() {
    const unsigned long error = ERR_peek_error();
    was_http_ = role_ == Role::server && ERR_GET_REASON(error) == SSL_R_HTTP_REQUEST;
    error_ = is_out_of_memory_ ? Error{ErrorCode::limit_exceeded, "There is no memory left for TLS."}
                               : Error{ErrorCode::tls_failed, describe(error, ssl_.get())};
    ERR_clear_error();
}

bool Session::write(std::string_view octets, Outbox& out) {
    if (!error_.message.empty()) return false;
    out_ = &out;
    ERR_clear_error();
    std::size_t written = 0;
    if (SSL_write_ex(ssl_.get(), octets.data(), octets.size(), &written) == 1) return true;
    fail();
    return false;
}

void Session::close(Outbox& out) noexcept {
    if (!is_established_ || !error_.message.empty()) return;
    out_ = &out;
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
}

}  // namespace parley::tls
