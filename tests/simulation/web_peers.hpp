// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include "tests/simulation/actor.hpp"
#include "tests/simulation/wire.hpp"

namespace parley::simulation {

/// One connection at a time, over which an actor speaks.
class ConnectedActor : public Actor {
 public:
    using Actor::Actor;

    [[nodiscard]] std::size_t connections() const override { return peer_ != nullptr ? 1 : 0; }

 protected:
    void dial();
    /// Gives the connection up: FIN, a reset, or silence. True where the server hears of it at once.
    bool hang_up();
    virtual void handle_activity() = 0;

    [[nodiscard]] bool is_connected() const { return peer_ != nullptr && !peer_->is_closed(); }

    net::SimulatedPeer* peer_ = nullptr;
    std::uint64_t number_ = 0;  // of the connection
};

/// A client of the application's routes: keeps its connection, pipelines, sends slowly, goes away in the middle.
class HttpPeer final : public ConnectedActor {
 public:
    using ConnectedActor::ConnectedActor;

    void calm_down() override;
    [[nodiscard]] std::string complaint() const override;
    [[nodiscard]] bool is_busy() const override { return !asked_.empty(); }

 private:
    struct Asked {
        std::uint64_t token = 0;
        bool may_fail = false;  // 500 is an answer, too
    };

    void act() override;
    void ask(bool slowly);
    void note_status(int status);
    void be_calm();
    void handle_activity() override;

    std::deque<Asked> asked_;
    bool is_sending_ = false;  // a request whose rest follows
    bool is_answered_ = false;
    bool is_calm_asked_ = false;
};

/// A raw WebSocket: counts its messages, and receives what the program says to it.
class WebSocketPeer final : public ConnectedActor {
 public:
    using ConnectedActor::ConnectedActor;

    void calm_down() override;
    [[nodiscard]] std::string complaint() const override;

 private:
    void act() override;
    void open();
    void say();
    void vanish();
    void be_calm();
    void handle_activity() override;
    void handle_frame(const Frame& frame);

    std::string id_;
    std::uint64_t said_ = 0;
    bool is_up_ = false;
    bool is_closing_ = false;
};

/// Somebody who means ill, or does not know better.
class Attacker final : public ConnectedActor {
 public:
    using ConnectedActor::ConnectedActor;

    void calm_down() override;
    [[nodiscard]] std::string complaint() const override { return {}; }

 private:
    void act() override;
    void handle_activity() override {}
    std::string malice();
};

}  // namespace parley::simulation
