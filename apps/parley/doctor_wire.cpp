// SPDX-License-Identifier: MIT
#include "apps/parley/doctor_wire.hpp"

#include <algorithm>
#include <chrono>

#include "parley/base/text.hpp"

namespace parley {

namespace {

constexpr std::size_t answer_bytes_max = 1'000'000;
constexpr std::size_t cookies_max = 50;
constexpr std::chrono::milliseconds turn{20};

/// Collects the first octets that come, and notices the end.
class Listening final : public net::StreamHandler {
 public:
    void on_data(std::span<char> bytes) override {
        words.append(bytes.data(), std::min<std::size_t>(bytes.size(), 64));
        is_done = true;
    }
    void on_end() override { is_done = true; }
    void on_closed(std::optional<Error>) override { is_done = true; }

    std::string words;
    bool is_done = false;
};

void append_16(std::string& out, std::size_t value) {
    out += static_cast<char>(value >> 8U);
    out += static_cast<char>(value & 0xFFU);
}

}  // namespace

std::string tls_question() {
    std::string hello("\x03\x03", 2);                     // TLS 1.2
    hello.append(32, 'p');                                // random octets, of which nothing depends here
    hello += '\0';                                        // no session
    hello += std::string("\x00\x04\xC0\x2F\x00\xFF", 6);  // cipher suites
    hello += std::string("\x01\x00", 2);                  // no compression
    std::string handshake("\x01\x00", 2);                 // client_hello
    append_16(handshake, hello.size());
    handshake += hello;
    std::string record("\x16\x03\x01", 3);  // a handshake record
    append_16(record, handshake.size());
    return record + handshake;
}

bool is_tls(std::string_view words) {
    return words.size() >= 2 && (words[0] == '\x15' || words[0] == '\x16') && words[1] == '\x03';
}

bool is_http(std::string_view words) {
    return words.starts_with("HTTP/1.");
}

DoctorWire::DoctorWire(Milliseconds timeout, std::vector<HttpHeader> headers, client::DialOptions dial)
    : timeout_(timeout), headers_(std::move(headers)), dial_(std::move(dial)) {}

void DoctorWire::wait_for(const bool& is_done, Milliseconds patience) {
    const TimePoint deadline = loop_->deadline_after(patience);
    while (!is_done && loop_->now() < deadline)
        loop_->run_turn(deadline);
}

Result<std::vector<net::Endpoint>> DoctorWire::resolve(const std::string& host, std::uint16_t port) {
    Result<std::vector<net::Endpoint>> found =
        std::unexpected(Error{ErrorCode::timed_out, "Nobody answers who knows the name " + host + "."});
    bool is_done = false;
    const auto pending = loop_->resolve(host, port, [&](Result<std::vector<net::Endpoint>> endpoints) {
        found = std::move(endpoints);
        is_done = true;
    });
    wait_for(is_done, timeout_);
    return found;
}

Result<void> DoctorWire::connect(const net::Endpoint& endpoint) {
    Result<void> outcome = std::unexpected(Error{ErrorCode::timed_out, endpoint.to_string() + " does not answer."});
    bool is_done = false;
    const auto pending =
        loop_->connect(endpoint, {.timeout = timeout_}, [&](Result<std::unique_ptr<net::Stream>> stream) {
            if (stream) outcome = {};
            if (!stream) outcome = std::unexpected(std::move(stream.error()));
            is_done = true;
        });
    wait_for(is_done, timeout_);
    return outcome;
}

Result<HttpResponse> DoctorWire::ask(HttpRequest request) {
    HttpClientOptions options;
    options.dial = dial_;
    options.dial.connect_timeout = timeout_;
    options.response_timeout = timeout_;
    options.timeout = timeout_;
    options.redirects_max = 0;
    options.body_bytes_max = answer_bytes_max;
    request.headers.insert(request.headers.end(), headers_.begin(), headers_.end());
    if (!cookies_.empty()) request.headers.push_back({"Cookie", cookie_header()});

    HttpClient client(*loop_, std::move(options));
    Result<HttpResponse> answer = std::unexpected(Error{ErrorCode::timed_out, "There is no answer in time."});
    bool is_done = false;
    const HttpCall call = client.send(std::move(request), [&](Result<HttpResponse> response) {
        answer = std::move(response);
        is_done = true;
    });
    wait_for(is_done, timeout_ * 3);  // the client has time-outs of its own, and a sentence for each
    if (answer) keep_cookies(*answer);
    return answer;
}

std::string DoctorWire::first_words(const net::Endpoint& endpoint, std::string_view question) {
    Listening listening;
    std::unique_ptr<net::Stream> stream;
    bool is_done = false;
    const auto pending =
        loop_->connect(endpoint, {.timeout = timeout_}, [&](Result<std::unique_ptr<net::Stream>> connected) {
            if (connected) stream = std::move(*connected);
            is_done = true;
        });
    wait_for(is_done, timeout_);
    if (!stream) return {};
    stream->set_handler(listening);
    stream->outbox().append(question);
    stream->flush_soon();
    wait_for(listening.is_done, timeout_);
    stream.reset();
    return listening.words;
}

WebSocketTrial DoctorWire::open_websocket(const std::string& url, const std::string& origin,
                                          const std::string& message) {
    WebSocketClientOptions options;
    options.headers = headers_;
    options.dial = dial_;
    if (!origin.empty()) options.headers.push_back({"Origin", origin});
    if (!cookies_.empty()) options.headers.push_back({"Cookie", cookie_header()});
    options.open_timeout = timeout_;
    options.close_timeout = Milliseconds(500);

    WebSocketClient client(url, std::move(options));
    WebSocketTrial trial;
    bool is_done = false;
    client.on_open([&] {
        trial.is_open = true;
        if (!message.empty()) client.send(message);
    });
    client.on_message([&](std::string text) {
        if (!is_done) trial.message = std::move(text);
        is_done = true;
    });
    client.on_close([&] { is_done = true; });
    client.on_error([&](const ConnectError& error) {
        trial.error = error;
        is_done = true;
    });
    const TimePoint deadline = loop_->deadline_after(timeout_ + Milliseconds(1'000));
    while (!is_done && loop_->now() < deadline && client.poll(turn)) {
    }
    client.close();
    while (client.poll(turn)) {
    }
    return trial;
}

NamespaceTrial DoctorWire::enter(const std::string& url, ClientOptions options) {
    if (!cookies_.empty()) options.extra_headers.push_back({"Cookie", cookie_header()});
    options.timeout = timeout_;
    options.reconnection = false;
    options.upgrade = false;

    Client client(url, std::move(options));
    NamespaceTrial trial;
    bool is_done = false;
    client.on_connect([&] { trial.is_in = is_done = true; });
    client.on_connect_error([&](ConnectError error) {
        trial.error = std::move(error);
        is_done = true;
    });
    const TimePoint deadline = loop_->deadline_after(timeout_ * 2);
    while (!is_done && loop_->now() < deadline && client.poll(turn)) {
    }
    client.close();
    const TimePoint leaving = loop_->deadline_after(std::chrono::seconds(1));
    while (loop_->now() < leaving && client.poll(turn)) {
    }
    return trial;
}

void DoctorWire::keep_cookies(const HttpResponse& response) {
    for (const HttpHeader& header : response.headers) {
        if (!equals_ignoring_case(header.name, "Set-Cookie")) continue;
        const std::string pair = header.value.substr(0, header.value.find(';'));
        const std::size_t sign = pair.find('=');
        if (sign == std::string::npos) continue;
        const std::string name = pair.substr(0, sign);
        std::erase_if(cookies_, [&](const auto& cookie) { return cookie.first == name; });
        if (cookies_.size() < cookies_max) cookies_.emplace_back(name, pair.substr(sign + 1));
    }
}

std::string DoctorWire::cookie_header() const {
    std::string value;
    for (const auto& [name, content] : cookies_)
        value += (value.empty() ? "" : "; ") + name + "=" + content;
    return value;
}

}  // namespace parley
