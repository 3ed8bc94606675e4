// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "apps/parley/doctor.hpp"
#include "apps/parley/probe.hpp"
#include "parley/http/url.hpp"
#include "parley/json.hpp"

namespace parley {

/// How one step of connecting went.
struct Finding {
    enum class State : std::uint8_t { ok, failed, skipped };
    std::string step;
    State state = State::skipped;
    std::string sentence{};  ///< what was found, and what to do about it
};

/// Connects to a Socket.IO server step by step, each question on a connection of its own. Waits for the answers.
class Examination {
 public:
    /// Throws `SetupError` for options that cannot be.
    explicit Examination(const DoctorCommand& command);

    /// Every step in its order; those that make no sense behind one that failed are skipped.
    std::vector<Finding> examine();

 private:
    bool resolve();
    bool connect();
    bool speak_http();
    bool open_session();
    void judge_session(const ProbeAnswer& answer);
    void join_namespace();
    void repeat_sessions();
    void upgrade();
    void ask_as_page();

    bool note(std::string step, Finding::State state, std::string sentence);
    [[nodiscard]] std::string head(std::string_view method, std::string_view query) const;
    Result<ProbeAnswer> get(std::string_view query, std::string_view headers = "") const;
    Result<ProbeAnswer> post(const std::string& sid, std::string_view payload) const;
    [[nodiscard]] std::string namespace_prefix() const;
    bool hear_namespace(std::string_view payload);

    const DoctorCommand& command_;
    const http::Url url_;
    const std::string headers_;  // of each request, as they travel
    const Json auth_;
    const std::string nsp_;
    const std::chrono::milliseconds timeout_;
    std::vector<ProbeAddress> addresses_;
    ProbeAddress address_;
    ProbeAnswer first_;  // to the handshake
    std::string sid_;
    std::string sessions_lost_;  // a request that a server did not know the session of
    bool offers_websocket_ = false;
    std::vector<Finding> findings_;
};

}  // namespace parley
