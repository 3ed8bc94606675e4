// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <parley/client.hpp>

#include "apps/parley/doctor_report.hpp"
#include "apps/parley/doctor_wire.hpp"

/// What the answers of a server mean, and what to do about them. Asks nobody anything itself.
namespace parley::judgement {

/// What a port was found to speak that did not answer as it was asked to.
enum class Speech : unsigned char { unknown, http, tls, tls_as_asked };

/// What was heard of such a port.
struct Overheard {
    Speech speech = Speech::unknown;
    std::string words{};  ///< what it says to something that it does not know
};

/// Of the first HTTP request: whether there was an answer at all.
[[nodiscard]] DoctorStep http(const Result<HttpResponse>& answer, std::string_view engine_path,
                              const Overheard& overheard);

/// What a handshake by polling came to.
struct Handshake {
    DoctorStep step;
    std::string sid{};                ///< empty: there is no session
    bool offers_websocket = true;     ///< as far as is known
    bool has_only_websocket = false;  ///< polling is switched off
};
/// Of the handshake of Engine.IO protocol 4. `old` is what clients of protocol 3 are answered; null: not asked.
[[nodiscard]] Handshake handshake(const HttpResponse& answer, std::string_view engine_path, const HttpResponse* old);

/// What a page of an origin met. Null: not tried.
struct PageTrial {
    const Result<HttpResponse>* polling = nullptr;
    const WebSocketTrial* websocket = nullptr;
};
/// Of what was asked from a page of `origin`.
[[nodiscard]] DoctorStep cors(const PageTrial& trial, std::string_view origin);

/// How requests of one session were answered that came on a connection each.
struct SessionRequests {
    std::size_t asked = 0;
    std::size_t known = 0;
    std::size_t unknown = 0;             ///< `Session ID unknown`
    std::optional<std::string> other{};  ///< what was answered else, or not at all
    bool has_cookies = false;            ///< that a server or proxy gave, and that went along
};
[[nodiscard]] DoctorStep sticky(const SessionRequests& requests);
/// Counts one of them.
void count(SessionRequests& requests, const Result<HttpResponse>& answer);

/// Of a WebSocket for a session, or of one that begins its own.
[[nodiscard]] DoctorStep websocket(const WebSocketTrial& trial, const Handshake& handshake, bool is_upgrade);

/// Of the connection to a namespace.
[[nodiscard]] DoctorStep nsp(const NamespaceTrial& trial, std::string_view name, bool has_auth);

}  // namespace parley::judgement
