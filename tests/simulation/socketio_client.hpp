// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/simulation/actor.hpp"
#include "tests/simulation/engine_client.hpp"

namespace parley::simulation {

/// A Socket.IO client: joins, says, asks, answers, leaves, vanishes and comes back.
class SocketIoClient final : public Actor, private EngineClientListener {
 public:
    SocketIoClient(Context& context, std::string name);

    void calm_down() override;
    [[nodiscard]] std::size_t connections() const override { return engine_.connections(); }
    [[nodiscard]] std::string complaint() const override;
    [[nodiscard]] bool is_busy() const override { return engine_.is_probing(); }

 private:
    // This client in one namespace.
    struct Place {
        std::string prefix;   // in front of its packets' data
        std::string id = {};  // of its socket; empty while it is not in
        bool is_joining = false;
        bool was_in = false;
        std::uint64_t said = 0;
    };
    struct Packet {
        char type = 0;
        Place* place = nullptr;
        std::optional<std::uint64_t> ack_id;
        std::string_view data;
        std::size_t attachments = 0;
    };

    void act() override;
    void connect();
    void be_calm();
    void join(Place& place);
    void say(Place& place);
    void ask(Place& place);

    void on_open() override;
    void on_text(std::string_view text) override;
    void on_binary() override;
    void on_gone() override;

    std::optional<Packet> read(std::string_view text);
    void handle_event(const Packet& packet);
    void handle_ack(const Packet& packet);
    void answer(const Place& place, std::uint64_t ack_id, std::uint64_t token);
    void expect_end();
    void expect_cut(const std::string& id);
    void leave(Place& place);
    void forget();

    EngineClient engine_;
    std::array<Place, 2> places_;
    struct Asked {
        std::uint64_t token = 0;
        const Place* place = nullptr;
    };
    std::map<std::uint64_t, Asked> asked_;  // by acknowledgement id
    std::vector<std::string> ids_;          // of this session's sockets, also of those that are gone
    std::uint64_t next_ack_id_ = 0;
    std::uint64_t life_ = 0;
    std::string kept_;  // an event that waits for its attachments
    std::size_t attachments_missing_ = 0;
    std::uint64_t calm_asked_ = 0;  // the first of the questions that were asked in the calm
    bool is_answered_ = false;      // one of them
};

}  // namespace parley::simulation
