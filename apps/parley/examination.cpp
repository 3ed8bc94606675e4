// SPDX-License-Identifier: MIT
#include "apps/parley/examination.hpp"

#include <algorithm>
#include <utility>

#include "parley/base/error.hpp"
#include "parley/base/text.hpp"
#include "parley/http/origin.hpp"
#include "parley/net/system_entropy.hpp"
#include "parley/websocket/client_handshake.hpp"

namespace parley {
namespace {

using enum Finding::State;

constexpr std::string_view polling = "EIO=4&transport=polling";
constexpr int sessions_tried = 5;  // beside the first: one of two servers is missed once in 32 times
constexpr int polls_max = 5;

http::Url url_of(const std::string& text) {
    Result<http::Url> url = http::parse_url(text);
    if (!url) throw SetupError(url.error());
    return std::move(*url);
}

std::string header_lines(const DoctorCommand& command) {
    std::string lines;
    for (const HttpHeader& header : headers_of(command.connect)) {
        const std::string line = header.name + ": " + header.value;
        if (line.find_first_of("\r\n") != std::string::npos || header.name.empty())
            throw SetupError({ErrorCode::invalid_argument, "--header cannot have a line break, and needs a name."});
        lines += line + "\r\n";
    }
    return lines;
}

Json auth_of(const DoctorCommand& command) {
    return client_options(command.connect).auth.get();
}

std::string namespace_of(const DoctorCommand& command, const http::Url& url) {
    const std::string& asked = command.connect.nsp;
    if (asked.empty()) return url.path;
    return asked.starts_with('/') ? asked : "/" + asked;
}

/// The beginning of a body, for a sentence.
std::string quoted(std::string_view body) {
    constexpr std::size_t shown = 120;
    return "\"" + std::string(body.substr(0, body.substr(0, shown).find('\n'))) + "\"";
}

bool is_unknown_session(const ProbeAnswer& answer) {
    const auto body = parse_json(answer.body);
    return answer.status == 400 && body && (*body)["code"].get_or(-1) == 1;
}

/// What an error of Engine.IO says to do; empty for what is none.
std::string explain_refusal(const ProbeAnswer& answer) {
    const auto body = parse_json(answer.body);
    if (!body || !body->is_object() || (*body)["code"].get_or(-1) < 0) return {};
    const std::string said = "The server refuses: " + (*body)["message"].get_or("") + ". ";
    switch ((*body)["code"].get_or(-1)) {
        case 0:
            return said + "It does not offer this transport: see its option \"transports\".";
        case 3:
            return said + "Something on the way may change requests, or does not pass Upgrade on.";
        case 4:
            return said + "Its allowRequest says no: see whether --header or the origin is what it wants.";
        case 5:
            return said +
                   "It speaks another version of Engine.IO: its \"allowEIO3\" is for clients of Socket.IO 2, and "
                   "newer clients need a server of Socket.IO 3 or 4.";
        default:
            return said + "See the server's log.";
    }
}

/// Payloads of Engine.IO 3 begin with a length.
bool is_of_version_3(std::string_view body) {
    const std::size_t colon = body.find_first_not_of("0123456789");
    return colon != 0 && colon != std::string_view::npos && body.substr(colon).starts_with(":0{");
}

}  // namespace

Examination::Examination(const DoctorCommand& command)
    : command_(command),
      url_(url_of(command.connect.url)),
      headers_(header_lines(command)),
      auth_(auth_of(command)),
      nsp_(namespace_of(command, url_)),
      timeout_(std::chrono::seconds(command.connect.timeout_seconds)) {
    if (!command.path.starts_with('/') || command.path.find_first_of(" \r\n?#") != std::string::npos)
        throw SetupError({ErrorCode::invalid_argument, "--path is no path. Write it as /socket.io/."});
    if (command.origin.find_first_of(" \r\n") != std::string::npos)
        throw SetupError({ErrorCode::invalid_argument, "--origin is no origin. Write it as https://example.com."});
}

std::vector<Finding> Examination::examine() {
    const bool is_open = resolve() && connect() && speak_http() && open_session();
    if (is_open) {
        join_namespace();
        repeat_sessions();
        upgrade();
        ask_as_page();
    }
    for (const char* step : {"name", "connection", "http", "session", "namespace", "sticky", "websocket", "origin"}) {
        if (std::ranges::find(findings_, step, &Finding::step) == findings_.end())
            note(step, skipped, "Not tried, since a step before it failed.");
    }
    return std::move(findings_);
}

bool Examination::resolve() {
    auto addresses = look_up(url_.host, url_.port);
    if (!addresses) {
        return note("name", failed,
                    "\"" + url_.host + "\" cannot be found: " + addresses.error().message +
                        " Is it spelled right, and is there a network?");
    }
    addresses_ = std::move(*addresses);
    return note("name", ok, url_.host + " is " + addresses_.front().text + ".");
}

bool Examination::connect() {
    std::string why;
    for (const ProbeAddress& address : addresses_) {
        const auto reached = reach(address, timeout_);
        if (reached) {
            address_ = address;
            return note("connection", ok, "Something listens on " + address.text + ".");
        }
        why += reached.error().message + " ";
    }
    return note("connection", failed,
                why + "Is the server running, on this port, and does a firewall let one through?");
}

bool Examination::speak_http() {
    if (url_.is_secure()) {
        if (speaks_tls(address_, timeout_))
            return note("http", failed,
                        "The server speaks TLS, which this program cannot yet: nothing more can be seen.");
        return note("http", failed,
                    "The port does not speak TLS: write http:// instead, or let the server have a certificate.");
    }
    auto answer = get(polling);
    const bool has_answer = answer && answer->status != 0;
    // Some servers of TLS explain in HTTP that they are none.
    if (!has_answer || answer->status == 400) {
        const bool is_secure = (answer && is_tls(answer->octets)) || speaks_tls(address_, timeout_);
        if (is_secure) return note("http", failed, "The port speaks TLS: write https:// instead of http://.");
    }
    if (!answer)
        return note("http", failed,
                    answer.error().message + " Is it an HTTP server, and is Socket.IO at " + command_.path +
                        " there (--path)?");
    if (answer->has_ended)
        return note("http", failed, "The server closes the connection without an answer: it may be no HTTP server.");
    if (!has_answer)
        return note("http", failed, "What listens there is no HTTP server: it says " + quoted(answer->octets) + ".");
    first_ = std::move(*answer);
    const std::string_view server = first_.header("Server");
    return note("http", ok, "An HTTP server answers" + (server.empty() ? "" : ", " + std::string(server)) + ".");
}

bool Examination::open_session() {
    if (first_.status == 200 && first_.body.starts_with("0{")) {
        const auto opened = parse_json(std::string_view(first_.body).substr(1, first_.body.find('\x1e') - 1));
        if (opened) {
            sid_ = (*opened)["sid"].get_or("");
            const auto upgrades = to_json((*opened)["upgrades"]);
            offers_websocket_ = upgrades.contains("\"websocket\"");
        }
    }
    if (!sid_.empty()) return note("session", ok, "Engine.IO 4 opens a session by polling.");
    const std::string refusal = explain_refusal(first_);
    const std::string status = std::to_string(first_.status);
    if (!refusal.empty()) return note("session", failed, refusal);
    if (is_of_version_3(first_.body)) {
        return note("session", failed,
                    "The server speaks Engine.IO 3 (Socket.IO 2): clients of Socket.IO 3 and 4 need a newer "
                    "server; or use a client of version 2.");
    }
    if (first_.status == 404) {
        return note("session", failed,
                    "Nothing is at " + command_.path +
                        " (404): give the server's path with --path, and see whether "
                        "Socket.IO is attached to this HTTP server and a proxy passes the path on.");
    }
    if (first_.status >= 300 && first_.status < 400)
        return note(
            "session", failed,
            "The server sends elsewhere (" + status + "), to " + quoted(first_.header("Location")) + ": try that.");
    if (first_.status == 401 || first_.status == 403)
        return note("session", failed,
                    "Something before the server wants to know who asks (" + status + "): give it with --header.");
    if (first_.status >= 502 && first_.status <= 504)
        return note("session", failed, "A proxy answers " + status + ": it does not reach the server behind it.");
    return note("session", failed,
                "The answer at " + command_.path + " is none of Engine.IO (" + status + " " + quoted(first_.body) +
                    "): is it the right server, and the right --path?");
}

void Examination::join_namespace() {
    const std::string payload = "40" + namespace_prefix() + (auth_.is_object() ? to_json(auth_) : "");
    auto answer = post(sid_, payload);
    for (int polls = 0; answer && polls < polls_max; ++polls) {
        if (is_unknown_session(*answer)) {
            sessions_lost_ = polls == 0 ? "The second request of a session" : "A later request of a session";
            note("namespace", skipped, "Not tried: the session was not found again.");
            return;
        }
        if (answer->status != 200) {
            const std::string refusal = explain_refusal(*answer);
            note("namespace", failed,
                 refusal.empty() ? "The answer is none of Engine.IO (" + std::to_string(answer->status) + ")."
                                 : refusal);
            return;
        }
        if (polls > 0 && hear_namespace(answer->body)) return;
        answer = get(std::string(polling) + "&sid=" + sid_);
    }
    note("namespace", failed,
         answer ? "The server does not say whether it lets one into " + nsp_ + "."
                : answer.error().message + " It should have said whether it lets one into " + nsp_ + ".");
}

bool Examination::hear_namespace(std::string_view payload) {
    while (!payload.empty()) {
        std::string_view packet = take_until(payload, '\x1e');
        const bool is_in = packet.starts_with("40" + namespace_prefix());
        const bool is_out = packet.starts_with("44" + namespace_prefix());
        if (!is_in && !is_out) continue;
        packet.remove_prefix(2 + namespace_prefix().size());
        if (is_in) return note("namespace", ok, "The server lets one into " + nsp_ + ".");
        const auto said = parse_json(packet);
        const std::string message = said ? (*said)["message"].get_or("") : std::string(packet);
        if (message == "Invalid namespace") {
            note("namespace", failed,
                 "The server has no namespace " + nsp_ +
                     ": the path of a URL is a namespace in Socket.IO. "
                     "Leave it away, or give the right one with --namespace.");
            return true;
        }
        const std::string data = said && !(*said)["data"].is_null() ? " " + to_json((*said)["data"]) : "";
        note("namespace", failed,
             "The server does not let one into " + nsp_ + ": \"" + message + "\"" + data +
                 ". A middleware says so: see what it wants, and give it with --auth or --header.");
        return true;
    }
    return false;
}

void Examination::repeat_sessions() {
    for (int i = 0; i < sessions_tried && sessions_lost_.empty(); ++i) {
        const auto opened = get(polling);
        if (!opened || opened->status != 200) break;
        const auto session = parse_json(std::string_view(opened->body).substr(1, opened->body.find('\x1e') - 1));
        const std::string sid = session ? (*session)["sid"].get_or("") : "";
        const auto closed = post(sid, "1");
        if (closed && is_unknown_session(*closed)) sessions_lost_ = "The second request of a session";
    }
    if (sessions_lost_.empty()) {
        note("sticky", ok, "Requests of one session reach the server that has it.");
        return;
    }
    note("sticky", failed,
         sessions_lost_ +
             " reached a server that does not know it (\"Session ID unknown\"): several servers stand "
             "behind this address. Let the balancer send a session always to the same one (sticky "
             "sessions), or let clients use WebSocket alone.");
}

void Examination::upgrade() {
    if (!offers_websocket_) {
        note("websocket", skipped, "The server does not offer it: see its option \"transports\".");
        return;
    }
    net::SystemEntropy entropy;
    const std::string key = websocket::make_key(entropy);
    std::string request = head("GET", "EIO=4&transport=websocket");
    request.resize(request.size() - std::string_view("Connection: close\r\n").size());
    request += "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + key +
               "\r\n\r\n";
    const auto answer =
        probe(address_, {.octets = request, .kind = http::ResponseTo::upgrade, .websocket_key = key}, timeout_);
    const std::string slower = " Until then clients stay with polling, which works and is slower.";
    const std::string status = answer ? std::to_string(answer->status) : "";
    if (answer && answer->status == 101 && answer->handshake.empty()) {
        note("websocket", ok, "The way is free for WebSockets.");
    } else if (!answer || answer->status == 0) {
        note("websocket", failed, "The server or a proxy ends the connection of a WebSocket." + slower);
    } else if (answer->status == 101) {
        note("websocket", failed,
             "The answer to the handshake is wrong: the server " + answer->handshake +
                 ". Something on the way answers in its place.");
    } else if (answer->status == 400 || answer->status == 426 || answer->status == 200) {
        note("websocket", failed,
             "The request for a WebSocket arrives as an ordinary one (" + status +
                 "): a proxy takes Upgrade and Connection "
                 "away. For nginx: proxy_http_version 1.1, proxy_set_header Upgrade $http_upgrade, "
                 "proxy_set_header Connection \"upgrade\"." +
                 slower);
    } else {
        note("websocket", failed,
             "The answer to a WebSocket is " + status + " instead of 101: something on the way refuses it." + slower);
    }
}

void Examination::ask_as_page() {
    if (command_.origin.empty()) {
        note("origin", skipped, "Give --origin to see whether pages of another origin may connect.");
        return;
    }
    const auto answer = get(polling, "Origin: " + command_.origin + "\r\n");
    const std::string allowed(answer ? answer->header("Access-Control-Allow-Origin") : "");
    const std::string asked = command_.origin;
    if (asked == url_.origin()) {
        note("origin", ok, "Pages of " + asked + " are the server's own.");
    } else if (answer && answer->status == 200 && (allowed == asked || allowed == "*")) {
        const bool is_with_cookies = answer->header("Access-Control-Allow-Credentials") == "true";
        note("origin", ok,
             "Pages of " + asked + " may connect, " + (is_with_cookies ? "with" : "without") + " cookies.");
    } else {
        note("origin", failed,
             "Pages of " + asked + " may not connect" + (allowed.empty() ? "" : ", but those of " + allowed) +
                 ": let the server have it in its option cors.origin.");
    }
}

bool Examination::note(std::string step, Finding::State state, std::string sentence) {
    findings_.push_back({std::move(step), state, std::move(sentence)});
    return state == ok;
}

std::string Examination::head(std::string_view method, std::string_view query) const {
    return std::string(method) + " " + command_.path + "?" + std::string(query) +
           " HTTP/1.1\r\nHost: " + url_.host_header() + "\r\n" + headers_ + "Connection: close\r\n";
}

Result<ProbeAnswer> Examination::get(std::string_view query, std::string_view headers) const {
    return probe(address_, {.octets = head("GET", query) + std::string(headers) + "\r\n"}, timeout_);
}

Result<ProbeAnswer> Examination::post(const std::string& sid, std::string_view payload) const {
    std::string octets = head("POST", std::string(polling) + "&sid=" + sid);
    octets +=
        "Content-Type: text/plain;charset=UTF-8\r\nContent-Length: " + std::to_string(payload.size()) + "\r\n\r\n";
    return probe(address_, {.octets = octets + std::string(payload)}, timeout_);
}

std::string Examination::namespace_prefix() const {
    return nsp_ == "/" ? "" : nsp_ + ",";
}

}  // namespace parley
