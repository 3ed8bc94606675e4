// SPDX-License-Identifier: MIT
#include "parley/client/client.hpp"

#include <memory>
#include <string>

#include "parley/base/no_function.hpp"
#include "parley/client/client_core.hpp"
#include "parley/client/runner.hpp"
#include "parley/net/call_frame.hpp"
#include "parley/socketio/packet.hpp"

namespace parley {

using client::ClientCore;
using client::SocketCore;
using ClientRunner = client::Runner<ClientCore>;

namespace {

// Sets one of the client's places for functions of the program.
template <typename Signature>
void set(ClientRunner& runner, HandlerSlot<Signature> ClientCore::* place, Function<Signature> handler) {
    net::keep(*runner.core().gate(), handler);
    runner.act([place, handler = std::move(handler)](ClientCore& core) mutable { core.*place = std::move(handler); });
}

ClientSocket default_socket(ClientRunner& runner) {
    ClientCore& core = runner.core();
    return ClientSocket(core.of(core.default_namespace()));
}

}  // namespace

Client::Client(TextView url, ClientOptions options) : runner_(nullptr) {
    auto runner = std::make_unique<ClientRunner>(
        [&](net::Loop& loop) { return ClientCore::make(loop, client::LoopOwner::client, url, std::move(options)); });
    static_cast<ClientSocket&>(*this) = default_socket(*runner);
    runner_ = runner.release();
}

Client::Client(net::Loop& loop, TextView url, ClientOptions options) : runner_(nullptr) {
    auto runner = std::make_unique<ClientRunner>(loop, [&](net::Loop& its_loop) {
        return ClientCore::make(its_loop, client::LoopOwner::somebody_else, url, std::move(options));
    });
    static_cast<ClientSocket&>(*this) = default_socket(*runner);
    runner_ = runner.release();
}

Client::~Client() {
    delete runner_;
}

ClientSocket Client::of(TextView nsp) {
    std::string name(nsp);
    if (!name.starts_with('/')) name.insert(0, 1, '/');
    if (!socketio::is_namespace_name(name)) {
        throw SetupError({ErrorCode::invalid_argument, "Client::of(): a namespace has no comma, and is UTF-8."});
    }
    return ClientSocket(runner_->core().of(name));
}

void Client::connect() {
    runner_->start();
}

int Client::run() {
    runner_->run();
    return 0;
}

bool Client::poll(Milliseconds patience) {
    return runner_->poll(patience);
}

int Client::poll_descriptor() const {
    return runner_->poll_descriptor();
}

std::chrono::milliseconds Client::poll_timeout() const {
    return runner_->poll_timeout();
}

void Client::stop() {
    runner_->stop();
}

void Client::close() {
    runner_->act([](ClientCore& core) { core.disconnect_all(); });
}

void Client::post(Function<void()> function) {
    if (!function) return;
    net::LoopGate& gate = *runner_->core().gate();
    net::keep(gate, function);
    gate.post([core = &runner_->core(), function = std::move(function)]() mutable {
        core->contain("a posted function", [&] { function(); });
    });
}

std::optional<Transport> Client::transport() const {
    return runner_->core().transport();
}

void Client::on_reconnect_attempt(Function<void(std::uint32_t)> handler) {
    set(*runner_, &ClientCore::on_reconnect_attempt, std::move(handler));
}

void Client::on_reconnect(Function<void(std::uint32_t)> handler) {
    set(*runner_, &ClientCore::on_reconnect, std::move(handler));
}

void Client::on_reconnect_error(Function<void(const ConnectError&)> handler) {
    set(*runner_, &ClientCore::on_reconnect_error, std::move(handler));
}

void Client::on_reconnect_failed(Function<void()> handler) {
    set(*runner_, &ClientCore::on_reconnect_failed, std::move(handler));
}

void Client::on_ping(Function<void()> handler) {
    set(*runner_, &ClientCore::on_ping, std::move(handler));
}

void Client::on_error(Function<void(const ClientFailure&)> handler) {
    net::keep(*runner_->core().gate(), handler);
    runner_->act(
        [handler = std::move(handler)](ClientCore& core) mutable { core.failures().hook = std::move(handler); });
}

}  // namespace parley
