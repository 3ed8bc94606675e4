// SPDX-License-Identifier: MIT
#include "apps/parley/doctor_examination.hpp"

#include <array>
#include <utility>

#include "parley/base/error.hpp"

namespace parley {

namespace {

using enum StepState;

// So many that servers which share an address are noticed nearly always: two of them in all but one of 128 times.
constexpr int session_requests = 8;

http::Url read_url(const std::string& text) {
    Result<http::Url> url = http::parse_url(text);
    if (!url) throw SetupError(url.error());
    if (url->scheme == http::UrlScheme::ws) url->scheme = http::UrlScheme::http;
    if (url->scheme == http::UrlScheme::wss) url->scheme = http::UrlScheme::https;
    return *url;
}

std::string normal_path(std::string path) {
    if (!path.starts_with('/')) path.insert(0, "/");
    if (!path.ends_with('/')) path += '/';
    return path;
}

DoctorCommand checked(DoctorCommand command) {
    command.path = normal_path(std::move(command.path));
    while (command.origin.ends_with('/'))
        command.origin.pop_back();
    return command;
}

std::string listed(const std::vector<net::Endpoint>& endpoints) {
    std::string list;
    for (const net::Endpoint& endpoint : endpoints)
        list += (list.empty() ? "" : ", ") + endpoint.address();
    return list;
}

}  // namespace

DoctorExamination::DoctorExamination(const DoctorCommand& command)
    : command_(checked(command)),
      url_(read_url(url_of(command.connect))),
      wire_(std::chrono::seconds(command.connect.timeout_seconds), headers_of(command.connect),
            client_options(command.connect).dial),
      answer_(std::unexpected(Error{})) {
    if (command_.path.find_first_of(" ?#\r\n") != std::string::npos)
        throw SetupError({ErrorCode::invalid_argument, "--path is no path. Write it as /socket.io/."});
    if (command_.origin.empty()) return;
    const Result<http::Url> origin = http::parse_url(command_.origin);
    if (!origin || origin->origin() != command_.origin) {
        throw SetupError({ErrorCode::invalid_argument, "--origin \"" + command_.origin +
                                                           "\" is no origin as browsers send it. Write it as "
                                                           "https://example.com, without a path."});
    }
}

void DoctorExamination::run(const OnStep& on_step) {
    using Look = DoctorStep (DoctorExamination::*)();
    struct Part {
        std::string_view name;
        Look look;
    };
    constexpr std::array parts{Part{"name", &DoctorExamination::find_name},
                               Part{"connection", &DoctorExamination::connect},
                               Part{"http", &DoctorExamination::begin_http},
                               Part{"session", &DoctorExamination::judge_session},
                               Part{"sticky", &DoctorExamination::judge_sticky},
                               Part{"websocket", &DoctorExamination::open_websocket},
                               Part{"namespace", &DoctorExamination::enter_namespace},
                               Part{"origin", &DoctorExamination::judge_origin}};
    constexpr std::string_view last_that_others_need = "session";
    bool is_over = false;
    bool is_beyond = false;
    for (const Part& part : parts) {
        if (is_over) {
            on_step({std::string(part.name), skipped, "Not looked at, because of the above."});
            continue;
        }
        const DoctorStep step = (this->*part.look)();
        on_step(step);
        is_over = step.state == failed && !is_beyond;
        is_beyond = is_beyond || part.name == last_that_others_need;
    }
    leave(handshake_.sid);
}

DoctorStep DoctorExamination::find_name() {
    DoctorStep step{"name", ok, {}};
    Result<std::vector<net::Endpoint>> found = wire_.resolve(url_.host, url_.port);
    if (!found || found->empty()) {
        step.state = failed;
        step.sentence = found ? url_.host + " has no address." : found.error().message;
        step.advice = "Look for a typing error in the name, and at the DNS that this machine asks.";
        return step;
    }
    endpoints_ = std::move(*found);
    const bool is_address = endpoints_.size() == 1 && endpoints_.front().address() == url_.host;
    step.sentence = is_address ? url_.host + " is an address." : url_.host + " is " + listed(endpoints_) + ".";
    return step;
}

DoctorStep DoctorExamination::connect() {
    DoctorStep step{"connection", failed, {}};
    std::string complaints;
    bool has_timed_out = false;
    bool is_found = false;
    for (const net::Endpoint& endpoint : endpoints_) {
        const Result<void> outcome = wire_.connect(endpoint);
        if (outcome && !is_found) endpoint_ = endpoint;
        is_found = is_found || outcome.has_value();
        if (outcome) continue;
        complaints += (complaints.empty() ? "" : " ") + outcome.error().message;
        has_timed_out = has_timed_out || outcome.error().code == ErrorCode::timed_out;
    }
    if (is_found) {
        step.state = ok;
        step.sentence = endpoint_.to_string() + " takes connections.";
        // As where a server listens on one kind of address only: clients may be slower to find the other one.
        if (!complaints.empty()) step.sentence += " Others do not: " + complaints;
        return step;
    }
    step.sentence = complaints;
    step.advice =
        has_timed_out
            ? "Something drops what is sent there: look at firewalls and security groups, and whether the machine is "
              "up."
            : "Start the server, or correct the port. A server in a container must listen on all addresses, and its "
              "port must be published.";
    return step;
}

HttpRequest DoctorExamination::engine_request(std::string_view transport, std::string_view revision) const {
    HttpRequest request;
    request.url = url_.origin() + command_.path;
    request.query = {{"EIO", std::string(revision)}, {"transport", std::string(transport)}};
    return request;
}

judgement::Overheard DoctorExamination::overhear() {
    using enum judgement::Speech;
    if (is_tls(wire_.first_words(endpoint_, tls_question()))) return {url_.is_secure() ? tls_as_asked : tls};
    std::string words = wire_.first_words(endpoint_, http_question);
    if (is_http(words)) return {url_.is_secure() ? http : unknown};
    return {unknown, std::move(words)};
}

DoctorStep DoctorExamination::begin_http() {
    answer_ = wire_.ask(engine_request("polling", "4"));
    if (!answer_ && answer_.error().code == ErrorCode::invalid_argument) throw SetupError(answer_.error());
    // Some servers of TLS say in plain HTTP that they are such: nginx with status 400.
    const bool is_doubtful = !answer_ || answer_->status == 400;
    const judgement::Overheard overheard = is_doubtful ? overhear() : judgement::Overheard();
    if (answer_ && overheard.speech == judgement::Speech::tls)
        answer_ = std::unexpected(Error{ErrorCode::invalid_input, "It speaks TLS."});
    return judgement::http(answer_, command_.path, overheard);
}

DoctorStep DoctorExamination::judge_session() {
    handshake_ = judgement::handshake(*answer_, command_.path, nullptr);
    if (!handshake_.sid.empty()) {
        if (const Result<HttpResponse> old = wire_.ask(engine_request("polling", "3")))
            handshake_ = judgement::handshake(*answer_, command_.path, &*old);
    }
    return handshake_.step;
}

DoctorStep DoctorExamination::judge_origin() {
    if (command_.origin.empty()) return {"origin", skipped, "Not asked for; --origin names the origin of a page."};
    if (command_.origin == url_.origin()) return {"origin", ok, "Pages of the server itself need no permission."};
    std::optional<Result<HttpResponse>> polling;
    if (!handshake_.sid.empty()) {
        HttpRequest request = engine_request("polling", "4");
        request.headers.push_back({"Origin", command_.origin});
        polling = wire_.ask(std::move(request));
        if (*polling) leave(judgement::handshake(**polling, command_.path, nullptr).sid);
    }
    std::optional<WebSocketTrial> websocket;
    if (has_websocket_) websocket = wire_.open_websocket(websocket_url(), command_.origin, "");
    if (!polling && !websocket) return {"origin", skipped, "Not looked at: neither polling nor WebSocket works."};
    return judgement::cors({polling ? &*polling : nullptr, websocket ? &*websocket : nullptr}, command_.origin);
}

DoctorStep DoctorExamination::judge_sticky() {
    if (handshake_.sid.empty()) return {"sticky", skipped, "It is a matter of polling, which is switched off."};
    judgement::SessionRequests requests;
    requests.has_cookies = wire_.has_cookies();
    for (int i = 0; i < session_requests; ++i) {
        HttpRequest request = engine_request("polling", "4");
        request.query.push_back({"sid", handshake_.sid});
        request.method = "POST";
        request.body = "3";  // a pong, which a server may get at any time
        judgement::count(requests, wire_.ask(std::move(request)));
    }
    DoctorStep step = judgement::sticky(requests);
    is_session_safe_ = step.state == ok;
    return step;
}

DoctorStep DoctorExamination::open_websocket() {
    const bool is_upgrade = is_session_safe_ && handshake_.offers_websocket;
    const std::string url = websocket_url() + (is_upgrade ? "&sid=" + handshake_.sid : "");
    const WebSocketTrial trial = wire_.open_websocket(url, "", is_upgrade ? "2probe" : "");
    DoctorStep step = judgement::websocket(trial, handshake_, is_upgrade);
    has_websocket_ = step.state == ok;
    return step;
}

DoctorStep DoctorExamination::enter_namespace() {
    if (!has_websocket_ && !is_session_safe_)
        return {"namespace", skipped, "Not looked at: neither polling nor WebSocket works."};
    ClientOptions options = client_options(command_.connect);
    options.path = command_.path;
    options.transports = {has_websocket_ ? Transport::websocket : Transport::polling};
    const NamespaceTrial trial = wire_.enter(url_.to_string(), std::move(options));
    return judgement::nsp(trial, url_.path, !command_.connect.auth.empty());
}

std::string DoctorExamination::websocket_url() const {
    return url_.origin() + command_.path + "?EIO=4&transport=websocket";
}

// So that the server need not find out by itself that nobody is there.
void DoctorExamination::leave(const std::string& sid) {
    if (sid.empty()) return;
    HttpRequest request = engine_request("polling", "4");
    request.query.push_back({"sid", sid});
    request.method = "POST";
    request.body = "1";
    (void)wire_.ask(std::move(request));
}

}  // namespace parley
