// SPDX-License-Identifier: MIT
#include "apps/parley/doctor_judgement.hpp"

#include <array>
#include <utility>

#include "parley/base/text.hpp"

namespace parley::judgement {

namespace {

using enum StepState;

/// The body of a refusal of Engine.IO (engine.io, "errors").
struct Refusal {
    int code = 0;
    std::string message;
};

std::optional<Refusal> refusal_of(std::string_view body) {
    const auto json = parse_json(body);
    if (!json || !json->is_object()) return std::nullopt;
    const auto code = (*json)["code"].as_int64();
    const auto message = (*json)["message"].as_string();
    if (!code || !message || *code < 0 || *code > 99) return std::nullopt;
    return Refusal{static_cast<int>(*code), std::string(*message)};
}

std::string quoted(std::string_view text) {
    constexpr std::size_t shown_max = 120;
    return "\"" + std::string(text.substr(0, shown_max)) + (text.size() > shown_max ? "..." : "") + "\"";
}

std::string number(int value) {
    return std::to_string(value);
}

/// A packet of protocol 3 in a payload: `97:0{...}2:40`.
bool is_old_greeting(std::string_view body) {
    const std::size_t colon = body.find(':');
    return colon != std::string_view::npos && colon > 0 &&
           body.substr(0, colon).find_first_not_of("0123456789") == std::string_view::npos &&
           body.substr(colon + 1).starts_with("0{");
}

const std::string path_advice =
    "Say with --path where it is: that is the option \"path\" of Socket.IO's server and client, with what a proxy puts "
    "before it. If the path is right, Socket.IO is attached to another HTTP server than the one that listens here.";

const std::string upgrade_advice =
    "Let the proxy pass the upgrade on: in nginx \"proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; "
    "proxy_set_header Connection upgrade;\", in Apache \"ProxyPass ... upgrade=websocket\". Until then clients stay "
    "with "
    "polling.";

const std::string sticky_advice =
    "Send all requests of a session to the same server: \"ip_hash\" or a cookie in nginx, @socket.io/sticky in "
    "Node.js's "
    "cluster. Or have clients use WebSocket alone: transports: [\"websocket\"].";

/// What statuses mean that come from whoever stands before the server.
std::optional<DoctorStep> judge_status(int status) {
    const auto step = [&](std::string finding, std::string advice) {
        return DoctorStep{{}, failed, std::move(finding), std::move(advice)};
    };
    switch (status) {
        case 401:
        case 407:
            return step("Who asks must say who that is (" + number(status) + ").",
                        "Give what is wanted with --header, as in --header \"Authorization: Bearer ...\".");
        case 403:
            return step("The request is forbidden (403), and not by Engine.IO.",
                        "Look for a rule of a proxy or a middleware. What it wants may be given with --header.");
        case 429:
            return step("It is asked too often (429).", "Wait, or raise the limit of whoever counts requests.");
        case 502:
        case 503:
        case 504:
            return step("A proxy answers, but the server behind it does not (" + number(status) + ").",
                        "Start the server, or correct the address where the proxy looks for it.");
        default:
            break;
    }
    if (status >= 500) return step("The server fails (" + number(status) + ").", "Its log says why.");
    return std::nullopt;
}

DoctorStep judge_refusal(const Refusal& refusal) {
    DoctorStep step{
        "session", failed, "Engine.IO refuses: " + refusal.message + " (code " + number(refusal.code) + ").", {}};
    switch (refusal.code) {
        case 0:
            step.advice = "The server has polling switched off. Clients need transports: [\"websocket\"].";
            break;
        case 3:
            step.advice =
                "The query or a header was changed on the way, or was refused: look at proxies, and at --header.";
            break;
        case 4:
            step.advice =
                "The option allowRequest of the server, or its rule about origins, says no. What it wants may be given "
                "with "
                "--header; pages of other origins must be allowed by \"cors\".";
            break;
        case 5:
            step.advice =
                "The server speaks another revision of the protocol: Socket.IO 3 and 4 go with clients of 3 and 4, "
                "Socket.IO 2 "
                "with clients of 2. Update the older one.";
            break;
        default:
            step.advice = "The log of the server says more.";
            break;
    }
    return step;
}

/// Of an answer that is 200.
Handshake judge_greeting(const HttpResponse& answer, std::string_view path, const HttpResponse* old) {
    Handshake result{{"session", failed, {}, {}}};
    DoctorStep& step = result.step;
    if (is_old_greeting(answer.body)) {
        step.sentence = "The server speaks Engine.IO 3: it is of Socket.IO 2 or older.";
        step.advice =
            "Update it to Socket.IO 4, or use a client of version 2. Clients of 3 and 4, Parley's too, cannot talk to "
            "it.";
        return result;
    }
    const auto json = answer.body.starts_with("0{") ? parse_json(std::string_view(answer.body).substr(1))
                                                    : Result<Json>(std::unexpected(Error{}));
    const std::string sid = json ? (*json)["sid"].get_or("") : std::string();
    if (sid.empty()) {
        const bool is_page = answer.header("Content-Type").starts_with("text/html");
        step.sentence = is_page ? "A web page is at " + std::string(path) + ", and no Engine.IO server."
                                : "What answers at " + std::string(path) + " is no Engine.IO server: " +
                                      (answer.body.empty() ? "it says nothing." : quoted(answer.body) + ".");
        step.advice = path_advice;
        return result;
    }
    result.sid = sid;
    result.offers_websocket = false;
    for (const Json& upgrade : (*json)["upgrades"].elements())
        result.offers_websocket = result.offers_websocket || upgrade.as_string() == "websocket";
    step.state = ok;
    step.sentence = "Engine.IO 4 with a ping each " + std::to_string((*json)["pingInterval"].as_int64().value_or(0)) +
                    " ms" + (result.offers_websocket ? ", WebSocket offered." : ", WebSocket not offered.");
    if (old != nullptr && is_old_greeting(old->body)) step.sentence += " Clients of Socket.IO 2 are let in, too.";
    if (old != nullptr && refusal_of(old->body) && refusal_of(old->body)->code == 5)
        step.sentence += " Clients of Socket.IO 2 are not let in.";
    return result;
}

}  // namespace

DoctorStep http(const Result<HttpResponse>& answer, std::string_view engine_path, const Overheard& overheard) {
    DoctorStep step{"http", failed, {}, {}};
    if (answer) {
        const std::string server(answer->header("Server"));
        step.state = ok;
        step.sentence =
            "HTTP answers with status " + number(answer->status) + (server.empty() ? "." : ", by " + server + ".");
        if (answer->status < 300 || answer->status >= 400) return step;
        step.state = failed;
        step.sentence = "The server wants to be asked elsewhere (" + number(answer->status) +
                        "): " + std::string(answer->header("Location"));
        step.advice = "Give that address. WebSockets follow no redirect, so clients must have it, too.";
    } else if (overheard.speech == Speech::tls) {
        step.sentence = "The port speaks TLS, and was asked without.";
        step.advice = "Write https:// in place of http://, and wss:// in place of ws://.";
    } else if (overheard.speech == Speech::http) {
        step.sentence = "The port speaks plain HTTP, and was asked for TLS.";
        step.advice = "Write http:// in place of https://, or have a proxy before it that speaks TLS.";
    } else if (overheard.speech == Speech::tls_as_asked) {
        step.sentence = answer.error().message;
        step.advice =
            "The port speaks TLS, but not so that it can be trusted: look at the names, the dates and the issuers of "
            "the "
            "server's certificate, and at the versions of TLS that it speaks.";
    } else if (!overheard.words.empty()) {
        step.sentence = "What listens there is no HTTP server: it says " + quoted(overheard.words) + ".";
        step.advice = "Correct the port, or the program that listens on it.";
    } else if (answer.error().code == ErrorCode::timed_out) {
        step.sentence = "The connection is there, but no answer comes.";
        step.advice = "The server is stuck, or nothing in it answers " + std::string(engine_path) +
                      ", as in Node.js when there is no such route. " + path_advice;
    } else {
        step.sentence = answer.error().message;
        step.advice =
            "Something else than an HTTP server may listen there, or something ends the connection: look at the port, "
            "at "
            "the log of the server, and at proxies and firewalls.";
    }
    return step;
}

Handshake handshake(const HttpResponse& answer, std::string_view engine_path, const HttpResponse* old) {
    if (const auto refusal = refusal_of(answer.body)) {
        Handshake result{judge_refusal(*refusal)};
        result.has_only_websocket = refusal->code == 0;
        // That is how some servers are meant to be.
        if (result.has_only_websocket) result.step.state = skipped;
        return result;
    }
    if (answer.is_success()) return judge_greeting(answer, engine_path, old);
    if (auto step = judge_status(answer.status)) {
        step->name = "session";
        return {std::move(*step)};
    }
    return {{"session", failed,
             "No Engine.IO server is at " + std::string(engine_path) + " (" + number(answer.status) + ").",
             path_advice}};
}

DoctorStep cors(const PageTrial& trial, std::string_view origin) {
    DoctorStep step{"origin",
                    failed,
                    {},
                    "Allow it: in Socket.IO with cors: { origin: " + quoted(origin) +
                        " }, in Parley with .cors = {.origin = {" + quoted(origin) +
                        "}}, in \"parley serve\" with --cors-origin " + std::string(origin) + "."};
    const std::string pages = "Pages of " + std::string(origin);
    if (trial.polling != nullptr) {
        const Result<HttpResponse>& answer = *trial.polling;
        const std::string allowed(answer ? answer->header("Access-Control-Allow-Origin") : "");
        const bool is_allowed = answer && answer->is_success() && (allowed == origin || allowed == "*");
        if (is_allowed) {
            const bool has_cookies = answer->header("Access-Control-Allow-Credentials") == "true" && allowed != "*";
            step.sentence =
                pages + " may connect, " + (has_cookies ? "with" : "without") + " cookies (withCredentials).";
        } else if (!answer) {
            step.sentence = pages + " get no answer: " + answer.error().message;
        } else if (!answer->is_success()) {
            step.sentence = pages + " are refused (" + number(answer->status) + ").";
        } else if (allowed.empty()) {
            step.sentence = pages + " may not read answers: they have no Access-Control-Allow-Origin.";
        } else {
            step.sentence = pages + " may not read answers, but only those of " + allowed + ".";
        }
        if (!is_allowed) {
            if (trial.websocket != nullptr && trial.websocket->is_open)
                step.sentence += " WebSocket alone would be open to them.";
            return step;
        }
    } else {
        step.sentence = pages + " may connect by WebSocket.";
    }
    if (trial.websocket != nullptr && !trial.websocket->is_open) {
        step.sentence = pages + " may not open WebSockets.";
        return step;
    }
    step.state = ok;
    step.advice.clear();
    return step;
}

void count(SessionRequests& requests, const Result<HttpResponse>& answer) {
    ++requests.asked;
    if (answer && answer->is_success()) {
        ++requests.known;
    } else if (const auto refusal = answer ? refusal_of(answer->body) : std::nullopt; refusal && refusal->code == 1) {
        ++requests.unknown;
    } else if (answer) {
        requests.other = "status " + number(answer->status) + (answer->body.empty() ? "" : " " + quoted(answer->body));
    } else {
        requests.other = answer.error().message;
    }
}

DoctorStep sticky(const SessionRequests& requests) {
    DoctorStep step{"sticky", ok, {}, {}};
    const std::string asked = std::to_string(requests.asked);
    if (requests.unknown > 0) {
        step.state = failed;
        step.sentence =
            std::to_string(requests.unknown) + " of " + asked +
            " requests of one session were answered \"Session ID unknown\": several servers share the address, and "
            "requests of a session do not come to the same.";
        step.advice = sticky_advice;
    } else if (requests.other) {
        step.state = failed;
        step.sentence = "Only " + std::to_string(requests.known) + " of " + asked +
                        " requests of one session were answered as they should be: " + *requests.other;
        step.advice =
            "Data goes to the server in POST requests: look for a proxy, a firewall or a body parser that takes them.";
    } else {
        step.sentence = asked + " requests of one session, on connections of their own, came to the same server";
        step.sentence +=
            requests.has_cookies ? ", by way of a cookie. Clients that keep none, as in Node.js, may fail." : ".";
    }
    return step;
}

DoctorStep websocket(const WebSocketTrial& trial, const Handshake& handshake, bool is_upgrade) {
    DoctorStep step{"websocket", failed, {}, upgrade_advice};
    if (trial.is_open) {
        const std::string_view first = trial.message ? std::string_view(*trial.message) : std::string_view();
        if (is_upgrade ? first == "3probe" : first.starts_with("0{")) {
            step = {"websocket", ok,
                    is_upgrade ? "The session may go on over a WebSocket." : "A session may begin over a WebSocket."};
        } else {
            step.sentence = "A WebSocket opens, but " +
                            (first.empty() ? "nothing comes over it." : quoted(first) + " comes over it.");
            step.advice = "Something between here and the server takes the messages: look at proxies and firewalls.";
        }
        return step;
    }
    if (!handshake.offers_websocket) {
        return {"websocket", skipped, "The server offers no WebSocket, so everything goes by polling.",
                "If that is not meant: the option \"transports\" of the server, or allowUpgrades."};
    }
    const ConnectError error = trial.error.value_or(ConnectError{});
    const auto refusal = refusal_of(error.body);
    if (refusal && refusal->code == 1) {
        step.sentence = "The WebSocket of a session came to a server that does not know it (\"Session ID unknown\").";
        step.advice = sticky_advice;
    } else if (refusal && refusal->code == 4) {
        step.sentence = "Engine.IO refuses the WebSocket: " + refusal->message + " (code 4).";
        step.advice = "The option allowRequest of the server, or its rule about origins, says no.";
    } else if (refusal || error.status == 426 || (error.status >= 200 && error.status < 300)) {
        step.sentence = "The upgrade is lost on the way: the server answered " + number(error.status) +
                        " instead of 101, as to an ordinary request.";
    } else if (auto other = error.status == 0 ? std::nullopt : judge_status(error.status)) {
        step.sentence = "There is no WebSocket. " + other->sentence;
        step.advice = other->advice;
    } else if (error.status != 0) {
        step.sentence = "The WebSocket is refused with status " + number(error.status) + " instead of 101.";
    } else {
        step.sentence =
            "The WebSocket is not answered: " + (error.description.empty() ? error.message : error.description);
        step.advice = "Something ends connections that ask for an upgrade. " + upgrade_advice;
    }
    return step;
}

DoctorStep nsp(const NamespaceTrial& trial, std::string_view name, bool has_auth) {
    DoctorStep step{"namespace", failed, {}, {}};
    const std::string called(name);
    if (trial.is_in) return {"namespace", ok, "The namespace " + called + " lets one in."};
    if (!trial.error || (!trial.error->is_refusal && trial.error->message == "timeout")) {
        step.sentence = "The namespace " + called + " does not answer.";
        step.advice = "A middleware of it may never call next(), or wait for something that is down.";
    } else if (!trial.error->is_refusal) {
        step.sentence = "The connection failed on the way to the namespace: " +
                        (trial.error->description.empty() ? trial.error->message : trial.error->description);
        step.advice = "The log of the server says more.";
    } else if (trial.error->message == "Invalid namespace") {
        step.sentence = "There is no namespace " + called + ".";
        step.advice = "The path of the URL, and --namespace, name a namespace of the server: io.of(" + quoted(name) +
                      "). Where the engine is reached is said by --path.";
    } else {
        step.sentence = "A middleware of the namespace " + called + " refuses: " + trial.error->message +
                        (trial.error->data.is_null() ? "" : " " + to_json(trial.error->data));
        step.advice = has_auth ? "What --auth says is not what the server wants."
                               : "Say who you are, as in --auth '{\"token\":\"...\"}'.";
    }
    return step;
}

}  // namespace parley::judgement
