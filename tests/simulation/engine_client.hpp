// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "tests/simulation/context.hpp"
#include "tests/simulation/wire.hpp"

namespace parley::simulation {

/// What an Engine.IO client tells whoever speaks through it.
class EngineClientListener {
 public:
    virtual void on_open() = 0;
    virtual void on_text(std::string_view text) = 0;
    virtual void on_binary() = 0;
    /// The session is over, and not because `leave` was called.
    virtual void on_gone() = 0;

 protected:
    ~EngineClientListener() = default;
};

/// An Engine.IO client as the official one behaves: polling, WebSocket, or the one and then the other.
class EngineClient {
 public:
    enum class Way { polling, websocket, upgrade };
    enum class End { end, reset, silence, goodbye };

    EngineClient(Context& context, EngineClientListener& listener, std::string name)
        : context_(context), listener_(listener), name_(std::move(name)) {}

    void connect(Way way);
    void send_text(std::string_view text);
    /// Ends it from this side; `on_gone` is not called.
    void leave(End end);
    /// Stops and restarts taking what arrives, on all connections.
    void set_reading(bool reads);

    [[nodiscard]] bool is_open() const { return is_open_; }
    [[nodiscard]] bool is_connecting() const { return is_connecting_; }
    [[nodiscard]] std::size_t connections() const {
        return std::size_t{get_.peer != nullptr} + std::size_t{post_.peer != nullptr} +
               std::size_t{socket_.peer != nullptr};
    }
    /// Nothing waits on this side.
    [[nodiscard]] bool is_quiet() const { return outgoing_.empty() && !post_.is_busy && !is_upgrading_; }
    /// The server hears at once that it leaves by a reset, or by an end.
    [[nodiscard]] bool is_heard() const { return is_on_websocket() && socket_.peer->unsent() == 0; }
    [[nodiscard]] bool is_probing() const { return is_probing_; }
    [[nodiscard]] bool is_on_websocket() const { return is_open_ && is_on_websocket_; }

 private:
    // One connection, with at most one request on it.
    struct Lane {
        net::SimulatedPeer* peer = nullptr;
        std::uint64_t number = 0;  // of the connection: what comes from an earlier one is not heard
        bool is_busy = false;
    };

    void dial(Lane& lane);
    void drop(Lane& lane);
    void request(Lane& lane, std::string_view octets);
    void handle_activity(Lane& lane);
    void handle_answer(Lane& lane, const HttpAnswer& answer);
    void handle_payload(std::string_view payload);
    void handle_packet(std::string_view packet);
    void handle_open(std::string_view packet);
    void poll();
    void flush();
    void expect_answer(Duration within);

    void begin_upgrade();
    void go_on_upgrading();
    void handle_websocket_answer(const HttpAnswer& answer);
    void handle_frames();
    void handle_frame(const Frame& frame);
    void lose_websocket();
    void write(websocket::Opcode opcode, std::string_view payload);

    void watch();
    void gone(std::string_view why);
    void reset_state();
    [[nodiscard]] std::string target(std::string_view transport) const;

    Context& context_;
    EngineClientListener& listener_;
    std::string name_;
    Lane get_;
    Lane post_;
    Lane socket_;
    std::uint64_t connections_ = 0;
    std::uint64_t posts_ = 0;
    std::uint64_t life_ = 0;  // of the session
    std::string sid_;
    std::deque<std::string> outgoing_;
    TimePoint last_heard_{};
    Way way_ = Way::polling;
    bool is_connecting_ = false;
    bool is_open_ = false;
    bool is_on_websocket_ = false;
    bool is_socket_up_ = false;  // 101 has come
    bool is_probing_ = false;
    bool is_upgrading_ = false;  // `3probe` has come, `5` waits for the requests that are under way
    bool is_mute_ = false;       // answers no ping
};

}  // namespace parley::simulation
