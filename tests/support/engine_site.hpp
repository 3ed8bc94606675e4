// SPDX-License-Identifier: MIT
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/base/function.hpp"
#include "parley/engine/engine.hpp"
#include "tests/support/web_site.hpp"

namespace parley::engine::test {

using namespace std::chrono_literals;
using namespace web::test;

using Words = std::vector<std::string>;

/// An engine on an application on a simulated network. Its program sends every message back, and writes down what
/// happens to its sessions.
class EngineSite final : public Observer {
 public:
    explicit EngineSite(engineio::Options options = {}, std::uint64_t seed = 1,
                        const net::SimulatedNetworkOptions& network = smooth)
        : site({}, seed, network), engine(std::in_place, site.network.loop(), std::move(options), *this) {
        site.app.mount(*engine);
    }
    EngineSite(const EngineSite&) = delete;
    EngineSite& operator=(const EngineSite&) = delete;
    ~EngineSite() {
        if (engine) site.app.unmount(*engine);
    }

    struct Listener final : SessionListener {
        Listener(EngineSite& its_site, Session& its_session) : site(its_site), session(its_session) {}

        void on_message(engineio::Message message) override {
            site.log.push_back((message.is_binary ? "binary " : "text ") + std::string(message.data));
            if (site.on_text) site.on_text(message.data);
            if (!site.echoes) return;
            session.send(engineio::packet_of(message));
        }
        void on_upgraded() override {
            site.log.emplace_back("upgraded");
            if (site.on_upgraded) site.on_upgraded();
        }
        void on_closed(const engineio::Closed& closed) override {
            site.log.push_back("closed: " + std::string(to_string(closed.reason)));
            std::erase(site.sessions, &session);
        }

        EngineSite& site;
        Session& session;
    };

    // Observer
    std::optional<HandshakeVerdict> judge_handshake(const std::shared_ptr<const Handshake>& handshake,
                                                    std::uint64_t) override {
        const std::string_view refusal = handshake->header("x-refuse");
        if (refusal.empty()) return HandshakeVerdict();
        return HandshakeVerdict{.refusal = std::string(refusal == "yes" ? "" : refusal)};
    }
    void on_session(Session& session) override {
        listeners.push_back(std::make_unique<Listener>(*this, session));
        session.set_listener(*listeners.back());
        sessions.push_back(&session);
        log.emplace_back("session");
    }

    void on_fact(Fact fact) noexcept override { ++facts[fact]; }

    // Polling.

    /// A request on a connection of its own, its answer still to come.
    net::SimulatedPeer& begin(std::string_view method, std::string_view query, std::string_view body = {},
                              std::string_view headers = {}) {
        net::SimulatedPeer& peer = site.connect();
        std::string request = std::string(method) + " /engine.io/?" + std::string(query) + " HTTP/1.1\r\nHost: a\r\n";
        request += headers;
        if (!body.empty() || method == "POST") request += "Content-Length: " + std::to_string(body.size()) + "\r\n";
        peer.send(request + "\r\n" + std::string(body));
        site.network.run_until_idle();
        return peer;
    }
    std::string ask(std::string_view method, std::string_view query, std::string_view body = {},
                    std::string_view headers = {}) {
        return begin(method, query, body, headers).received();
    }

    /// Opens a session by polling and returns its id.
    std::string open() {
        const std::string answer = ask("GET", "EIO=4&transport=polling");
        CHECK(status_of(answer) == 200);
        const std::string_view body = body_of(answer);
        REQUIRE(body.starts_with(R"(0{"sid":")"));
        return std::string(body.substr(9, 20));
    }
    static std::string polling(std::string_view sid) { return "EIO=4&transport=polling&sid=" + std::string(sid); }
    static std::string websocket(std::string_view sid) { return "EIO=4&transport=websocket&sid=" + std::string(sid); }

    std::string poll(std::string_view sid) { return std::string(body_of(ask("GET", polling(sid)))); }
    std::string post(std::string_view sid, std::string_view body) {
        return std::string(body_of(ask("POST", polling(sid), body)));
    }

    // WebSocket.

    net::SimulatedPeer& dial(std::string_view query, std::string_view headers = {}) {
        net::SimulatedPeer& peer = site.connect();
        peer.send(upgrade_request("/engine.io/?" + std::string(query), headers));
        site.network.run_until_idle();
        return peer;
    }
    /// Opens a session by WebSocket; the open packet has been taken from what was received.
    net::SimulatedPeer& open_websocket() {
        net::SimulatedPeer& peer = dial("EIO=4&transport=websocket");
        const Words opening = frames(peer);
        REQUIRE(opening.size() == 1);
        CHECK(opening.front().starts_with(R"(text 0{"sid":")"));
        return peer;
    }
    Words tell(net::SimulatedPeer& peer, std::string_view text) {
        peer.send(client_text(text));
        site.network.run_until_idle();
        return frames(peer);
    }
    /// Takes the frames that have come, behind the head of the 101 where that is still there.
    static Words frames(net::SimulatedPeer& peer) {
        std::string octets = std::exchange(peer.received(), {});
        if (octets.starts_with("HTTP/1.1 101")) octets.erase(0, octets.find("\r\n\r\n") + 4);
        Words words;
        for (std::string_view rest = octets; !rest.empty();) {
            const websocket::DecodedFrameHeader decoded = websocket::decode_frame_header(rest);
            REQUIRE(decoded.status == websocket::DecodedFrameHeader::Status::complete);
            rest.remove_prefix(decoded.header.size);
            const std::string payload(rest.substr(0, decoded.header.payload_size));
            rest.remove_prefix(payload.size());
            words.push_back(name_of(decoded.header.opcode) + payload);
        }
        return words;
    }
    static std::string name_of(websocket::Opcode opcode) {
        switch (opcode) {
            case websocket::Opcode::text:
                return "text ";
            case websocket::Opcode::binary:
                return "binary ";
            case websocket::Opcode::close:
                return "close ";
            default:
                return "other ";
        }
    }

    void pass(Duration duration) { site.network.run_for(duration); }
    Words take_log() { return std::exchange(log, {}); }

    std::map<Fact, int> facts;
    bool echoes = true;
    Function<void(std::string_view)> on_text;
    Function<void()> on_upgraded;
    Words log;
    std::vector<Session*> sessions;
    std::vector<std::unique_ptr<Listener>> listeners;
    Site site;
    std::optional<Engine> engine;
};

}  // namespace parley::engine::test
