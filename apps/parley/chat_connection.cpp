// SPDX-License-Identifier: MIT
#include "apps/parley/chat_connection.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <string_view>
#include <thread>
#include <utility>

namespace parley {

namespace {

constexpr Milliseconds receipt_timeout{10'000};
constexpr std::chrono::milliseconds goodbye_timeout{1'000};

}  // namespace

ChatConnection::ChatConnection(net::Loop& loop, const ChatAddress& address, const ChatIdentity& identity)
    : inbox_(loop), address_(address), identity_(identity) {}

ChatConnection::~ChatConnection() {
    inbox_.close();
    if (client_ == nullptr || !client_->connected()) return;
    // The others are told at once that somebody leaves, and the name is free, if the server listens.
    std::mutex mutex;
    std::condition_variable_any over;
    const std::jthread patience([&](const std::stop_token& stop) {
        std::unique_lock lock(mutex);
        if (!over.wait_for(lock, stop, goodbye_timeout, [&] { return stop.stop_requested(); })) client_->stop();
    });
    client_->close();
    client_->run();
}

void ChatConnection::connect(ChatListener& listener, Milliseconds timeout) {
    ClientOptions options;
    options.path = address_.engine_path;
    options.timeout = timeout;
    options.dial.tls = address_.tls;
    options.transports = {Transport::websocket, Transport::polling};
    options.try_all_transports = true;
    Json auth = {{"name", identity_.name}, {"secret", identity_.secret}};
    if (!identity_.room.empty()) auth.set("room", identity_.room);
    options.auth = std::move(auth);
    client_ = std::make_unique<Client>(address_.server, std::move(options));
    listen(listener);
    client_->connect();
}

// The handlers run on the client's thread: they hand everything on.
void ChatConnection::listen(ChatListener& listener) {
    const auto hand_on = [inbox = inbox_, &listener](auto act) {
        inbox.post([&listener, act = std::move(act)] { act(listener); });
    };
    client_->on("welcome", [=](chat::Welcome welcome) {
        hand_on([welcome = std::move(welcome)](ChatListener& to) { to.on_welcome(welcome); });
    });
    client_->on("message", [=](chat::Message message) {
        hand_on([message = std::move(message)](ChatListener& to) { to.on_message(message); });
    });
    client_->on("joined", [=](chat::Member member, std::int64_t time) {
        hand_on([member = std::move(member), time](ChatListener& to) { to.on_changes({{member}, {}}, time); });
    });
    client_->on("left", [=](chat::Member member, std::int64_t time) {
        hand_on([member = std::move(member), time](ChatListener& to) { to.on_changes({{}, {member}}, time); });
    });
    client_->on("changed", [=](chat::Changes changes, std::int64_t time) {
        hand_on([changes = std::move(changes), time](ChatListener& to) { to.on_changes(changes, time); });
    });
    client_->on("typing", [=](chat::Member member, bool is_typing) {
        hand_on([member = std::move(member), is_typing](ChatListener& to) { to.on_typing(member, is_typing); });
    });
    client_->on("dismissed", [=](std::string reason) {
        hand_on([reason = std::move(reason)](ChatListener& to) { to.on_dismissed(reason); });
    });
    client_->on_disconnect(
        [=](ClientDisconnectReason reason) { hand_on([reason](ChatListener& to) { to.on_lost(reason); }); });
    client_->on_connect_error(
        [=](ConnectError error) { hand_on([error = std::move(error)](ChatListener& to) { to.on_failed(error); }); });
    client_->on_error([=](const ClientFailure& failure) {
        hand_on([what = std::string(failure.event) + ": " + std::string(failure.message)](ChatListener& to) {
            to.on_strange(what);
        });
    });
}

void ChatConnection::send(const chat::Draft& draft, Function<void(Result<chat::Receipt>)> on_receipt) {
    // One of the two calls it: the answer, or that it could not be asked for.
    const auto told = std::make_shared<Function<void(Result<chat::Receipt>)>>(std::move(on_receipt));
    const bool is_sent =
        client_->timeout(receipt_timeout).emit("message", draft, [inbox = inbox_, told](Result<chat::Receipt> receipt) {
            inbox.post([told, receipt = std::move(receipt)] { (*told)(receipt); });
        });
    if (!is_sent) (*told)(std::unexpected(Error{ErrorCode::disconnected, "it could not be sent"}));
}

void ChatConnection::send_typing(bool is_typing) {
    if (is_typing) {
        client_->volatile_().emit("typing", is_typing);
    } else {
        client_->emit("typing", is_typing);
    }
}

}  // namespace parley
