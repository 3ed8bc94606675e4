// SPDX-License-Identifier: MIT
#include "apps/parley/bench_peer.hpp"

#include <chrono>
#include <optional>
#include <utility>

#include "apps/chat/wording.hpp"
#include "apps/parley/told.hpp"
#include "parley/base/text.hpp"

namespace parley {

namespace {

constexpr std::chrono::seconds goodbye_patience{1};
constexpr std::uint64_t join_id = 0;  // of the acknowledgement that one is in a room

/// A session of Socket.IO in one namespace.
class SocketioPeer final : public BenchPeer, private client::EngineListener {
 public:
    SocketioPeer(BenchShared& shared, std::size_t index) : BenchPeer(shared, index), head_(head_of(shared, index)) {}

    void open() override {
        const client::EngineOptions& options = shared_.plan.engine;
        engine_ = client::Engine::open({shared_.loop, shared_.gate}, options, options.transports.front(), *this);
        watch_opening();
    }

    bool send(BenchTag tag) override {
        if (!is_ready() || engine_ == nullptr) return false;
        std::string& text = shared_.text;
        text = head_;
        if (has_acks()) {
            append_decimal(text, tag.number);
            text += behind_id_;
        }
        shared_.payload.append(text, tag);
        BenchPackets::append_end(text);
        return engine_->send({.data = text});
    }

 private:
    [[nodiscard]] bool has_acks() const { return shared_.plan.scenario == BenchScenario::ack; }
    [[nodiscard]] bool joins() const { return shared_.plan.scenario == BenchScenario::room; }

    static std::string room_of(const BenchShared& shared, std::size_t index) {
        return BenchShared::room_name(index / shared.plan.room_size());
    }

    static std::string head_of(const BenchShared& shared, std::size_t index) {
        const BenchPlan& plan = shared.plan;
        if (plan.scenario == BenchScenario::ack) return shared.packets.before_id();
        if (plan.scenario != BenchScenario::room) return shared.packets.event(plan.event);
        return shared.packets.event(plan.event, room_of(shared, index));
    }

    void join() {
        std::string& text = shared_.text;
        text = shared_.packets.before_id();
        append_decimal(text, join_id);
        text += BenchPackets::behind_id("join") + room_of(shared_, index());
        BenchPackets::append_end(text);
        engine_->send({.data = text});
    }

    void begin_close() override { engine_->close(); }
    void let_go() override { engine_.reset(); }

    // client::EngineListener
    void on_engine_open() override {
        std::string& text = shared_.text;
        text.clear();
        shared_.packets.append_connect(text, shared_.plan.auth_json);
        engine_->send({.data = text});
    }

    void on_engine_message(const engineio::Message& message) override {
        if (message.is_binary) return;
        const BenchPacket packet = shared_.packets.read(message.data);
        switch (packet.kind) {
            case BenchPacket::Kind::answer:
                return shared_.listener.on_peer_answer(*this, packet.text);
            case BenchPacket::Kind::ack:
                if (!joins()) return shared_.listener.on_peer_ack(*this, packet.id, packet.text);
                return become_ready();
            case BenchPacket::Kind::connected:
                return joins() ? join() : become_ready();
            case BenchPacket::Kind::refused:
                return end("The namespace refused: " + chat::printable(packet.text));
            case BenchPacket::Kind::disconnected:
                return end("The server disconnected it.");
            case BenchPacket::Kind::broken:
                return end("The server sent what is no packet of Socket.IO.");
            case BenchPacket::Kind::other:
                return;
        }
    }

    void on_engine_ping() override { shared_.listener.on_peer_ping(); }
    void on_engine_upgrade() override {}
    void on_engine_failed(ConnectError error) override { end(told(error)); }
    void on_engine_closed(const engineio::Closed& closed) override {
        end("The session ended: " + std::string(to_string(closed.reason)) + ".");
    }

    const std::string head_;
    const std::string behind_id_ = BenchPackets::behind_id(shared_.plan.event);
    client::Engine::Owner engine_;
};

/// A plain WebSocket.
class WebSocketPeer final : public BenchPeer, private client::WebSocketLinkListener {
 public:
    WebSocketPeer(BenchShared& shared, std::size_t index) : BenchPeer(shared, index) {}

    void open() override {
        const BenchPlan& plan = shared_.plan;
        link_ = client::WebSocketLink::connect({shared_.loop, shared_.gate}, plan.url, plan.link, *this);
        watch_opening();
    }

    bool send(BenchTag tag) override {
        if (!is_ready() || link_ == nullptr) return false;
        shared_.text.clear();
        shared_.payload.append(shared_.text, tag);
        return link_->send_text(shared_.text);
    }

 private:
    void begin_close() override {
        if (link_->is_open()) return link_->close({});
        end("");
    }
    void let_go() override { link_.reset(); }

    // client::WebSocketLinkListener
    void on_link_open() override { become_ready(); }
    void on_link_message(websocket::Message message) override { shared_.listener.on_peer_answer(*this, message.data); }
    void on_link_failed(ConnectError error) override { end(told(error)); }
    void on_link_closed(const websocket::Closed& closed) override {
        end("The connection was closed with " + std::to_string(static_cast<int>(closed.code)) + ".");
    }

    client::WebSocketLink::Owner link_;
};

}  // namespace

BenchShared::BenchShared(const BenchPlan& its_plan, net::Loop& its_loop, BenchPeerListener& its_listener)
    : plan(its_plan),
      loop(its_loop),
      listener(its_listener),
      gate(std::make_shared<net::LoopGate>(its_loop)),
      payload(its_plan.message_bytes()),
      packets(its_plan.nsp, its_plan.answer, its_plan.message_bytes()) {}

BenchPeer::BenchPeer(BenchShared& shared, std::size_t index)
    : shared_(shared),
      index_(index),
      timer_(shared.loop, [this] { end(stage_ == Stage::opening ? "The server did not answer in time." : ""); }) {}

void BenchPeer::become_ready() {
    if (stage_ != Stage::opening) return;
    stage_ = Stage::ready;
    timer_.stop();
    shared_.listener.on_peer_ready(*this);
}

void BenchPeer::close() {
    if (stage_ >= Stage::closing) return;
    stage_ = Stage::closing;
    timer_.start(goodbye_patience);
    begin_close();
}

void BenchPeer::end(const std::string& why) {
    if (stage_ == Stage::over) return;
    const bool was_closing = stage_ == Stage::closing;
    stage_ = Stage::over;
    timer_.stop();
    let_go();
    shared_.listener.on_peer_ended(*this, was_closing ? std::string() : why);
}

std::unique_ptr<BenchPeer> make_bench_peer(BenchShared& shared, std::size_t index) {
    if (shared.plan.is_socketio) return std::make_unique<SocketioPeer>(shared, index);
    return std::make_unique<WebSocketPeer>(shared, index);
}

}  // namespace parley
