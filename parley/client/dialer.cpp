// SPDX-License-Identifier: MIT
//
// The way to a server, step by step:
//
//   local      a Unix-domain socket, where the options name one, instead of all that follows
//   look-up    the addresses of the host; none for an address, or for localhost, which is known
//   race       one of the addresses answers: there is a connection
//   tunnel     where that leads to a proxy: it is asked for one to the server
//   TLS        where the URL wants it: the handshake, in which the server proves who it is
//
// Every step may fail, and the time of all of them together is limited; what fails is told at the end of the turn at
// the earliest, because no callback comes from inside of a call.
#include "parley/client/dialer.hpp"

#include <array>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "parley/base/counted.hpp"
#include "parley/client/address_race.hpp"
#include "parley/client/proxy.hpp"
#include "parley/client/socks5.hpp"
#include "parley/client/tunnel.hpp"
#include "parley/tls/client_context.hpp"
#include "parley/tls/stream.hpp"

namespace parley::client {

class PreparedTls : public Counted {
 public:
    explicit PreparedTls(std::shared_ptr<const tls::ClientContext> made) : context(std::move(made)) {}

    const std::shared_ptr<const tls::ClientContext> context;
};

void retain(PreparedTls* prepared) noexcept {
    prepared->add_reference();
}
void release(PreparedTls* prepared) noexcept {
    if (prepared->remove_reference()) delete prepared;
}

namespace {

// RFC 6761 §6.3: no name server is asked. A server that listens on the name may have either address.
std::vector<net::Endpoint> loopback_addresses(std::uint16_t port) {
    std::array<std::uint8_t, 16> ipv6{};
    ipv6.back() = 1;
    return {net::Endpoint::loopback(port), net::Endpoint::ipv6(ipv6, port)};
}

Result<void> check_socks5(const http::Url& server, const http::Url& proxy) {
    return Socks5Handshake(server, proxy.user_information ? &*proxy.user_information : nullptr).check();
}

class Dialing final : public Dial, private net::StreamHandler {
 public:
    Dialing(net::Loop& loop, const DialOptions& options, const http::Url& url, OnDialed on_dialed)
        : loop_(loop),
          options_(options),
          url_(url),
          on_dialed_(std::move(on_dialed)),
          timer_(loop, [this] { fail({ErrorCode::timed_out, "There is no connection in time (connect_timeout)."}); }),
          failure_(loop, [this] { fail(std::move(*error_)); }) {}

    void start() {
        if (url_.is_secure()) {
            if (Result<void> prepared = prepare_tls(options_); !prepared)
                return fail_later(std::move(prepared.error()));
        }
        if (!options_.socket_path.empty()) return connect_local();
        Result<std::optional<Proxy>> proxy =
            choose_proxy(url_, options_, [](const char* name) -> const char* { return std::getenv(name); });
        if (!proxy) return fail_later(std::move(proxy.error()));
        proxy_ = std::move(*proxy);
        if (proxy_ && proxy_->kind == Proxy::Kind::socks5) {
            if (Result<void> checked = check_socks5(url_, proxy_->url); !checked)
                return fail_later(std::move(checked.error()));
        }
        timer_.start(options_.connect_timeout);
        const http::Url& first = proxy_ ? proxy_->url : url_;
        look_up(first.host, first.port);
    }

 private:
    void connect_local() {
        timer_.start(options_.connect_timeout);
        step_ = loop_.connect_local(options_.socket_path, {.timeout = options_.connect_timeout},
                                    [this](Result<std::unique_ptr<net::Stream>> stream) {
                                        if (!stream) return fail(std::move(stream.error()));
                                        secure(std::move(*stream));
                                    });
    }

    void look_up(const std::string& host, std::uint16_t port) {
        if (host == "localhost") return race(loopback_addresses(port));
        step_ = loop_.resolve(host, port, [this](Result<std::vector<net::Endpoint>> addresses) {
            if (!addresses) return fail(std::move(addresses.error()));
            if (addresses->empty()) return fail({ErrorCode::not_found, "The name has no address."});
            race(std::move(*addresses));
        });
    }

    void race(const std::vector<net::Endpoint>& addresses) {
        race_.emplace(loop_, options_, in_trying_order(addresses, options_.addresses_max),
                      [this](Result<std::unique_ptr<net::Stream>> stream) {
                          if (!stream) return fail(std::move(stream.error()));
                          if (!proxy_) return secure(std::move(*stream));
                          go_through(std::move(*stream));
                      });
    }

    void go_through(std::unique_ptr<net::Stream> stream) {
        tunnel_ = begin_tunnel(std::move(stream), {*proxy_, url_, options_.proxy_head_bytes_max},
                               [this](Result<std::unique_ptr<net::Stream>> answer) {
                                   if (!answer) return fail(std::move(answer.error()));
                                   secure(std::move(*answer));
                               });
    }

    void secure(std::unique_ptr<net::Stream> stream) {
        if (!url_.is_secure()) return tell(std::move(stream));
        auto secured = std::make_unique<tls::TlsStream>(std::move(stream),
                                                        options_.prepared_tls->context->make_session(url_.host));
        secured->on_established([this] { tell(std::move(stream_)); });
        stream_ = std::move(secured);
        stream_->set_handler(*this);
    }

    // net::StreamHandler, during the handshake: nothing else can come then.
    void on_data(std::span<char>) override {}
    void on_end() override {}
    void on_closed(std::optional<Error> error) override {
        fail(error ? std::move(*error) : Error{ErrorCode::disconnected, "The connection was closed."});
    }

    void fail_later(Error error) {
        error_ = std::move(error);
        failure_.schedule();
    }

    void fail(Error error) {
        const std::string way = proxy_ ? " through the proxy " + proxy_->url.host_and_port() : "";
        error.message.insert(0, "Cannot connect to " + url_.host_and_port() + way + ": ");
        tell(std::unexpected(std::move(error)));
    }

    // The function is moved out: it may destroy this, and with it the stream that could not be secured.
    void tell(Result<std::unique_ptr<net::Stream>> result) {
        timer_.stop();
        step_.reset();
        race_.reset();
        tunnel_.reset();
        OnDialed told = std::move(on_dialed_);
        told(std::move(result));
    }

    net::Loop& loop_;
    DialOptions options_;
    http::Url url_;
    OnDialed on_dialed_;
    net::Timer timer_;
    net::TurnTask failure_;
    std::optional<Error> error_;          // that `failure_` tells
    std::unique_ptr<net::Pending> step_;  // the look-up, or the local connection
    std::optional<AddressRace> race_;
    std::optional<Proxy> proxy_;
    std::unique_ptr<Dial> tunnel_;
    std::unique_ptr<net::Stream> stream_;  // on which TLS is agreed upon
};

}  // namespace

Result<void> prepare_tls(DialOptions& options) {
    if (options.prepared_tls) return {};
    Result<std::shared_ptr<const tls::ClientContext>> made = tls::ClientContext::make(options.tls);
    if (!made) return std::unexpected(std::move(made.error()));
    options.prepared_tls = Reference(new PreparedTls(std::move(*made)));
    return {};
}

Dialer::Dialer(net::Loop& loop, DialOptions options) : loop_(loop), options_(std::move(options)) {}

std::unique_ptr<Dial> Dialer::dial(const http::Url& url, OnDialed on_dialed) {
    // Kept for the next one. Where it cannot be made, that dial finds out, and tells.
    if (url.is_secure()) static_cast<void>(prepare_tls(options_));
    auto dialing = std::make_unique<Dialing>(loop_, options_, url, std::move(on_dialed));
    dialing->start();
    return dialing;
}

}  // namespace parley::client
