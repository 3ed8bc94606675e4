// SPDX-License-Identifier: MIT
#include "parley/web/response.hpp"

#include <memory>

#include "parley/net/loop_gate.hpp"
#include "parley/web/exchange.hpp"
#include "parley/web/location.hpp"

namespace parley {

namespace {

constexpr std::string_view json_type = "application/json; charset=utf-8";

void set_default_type(web::Exchange& exchange, std::string_view type) {
    if (!exchange.answer.fields.contains("Content-Type")) exchange.answer.fields.set("Content-Type", type);
}

}  // namespace

Response::Response(web::Exchange& exchange) noexcept : exchange_(&exchange) {
    exchange_->retain();
}

Response::Response(const Response& other) noexcept : exchange_(other.exchange_) {
    if (exchange_ != nullptr) exchange_->retain();
}

Response::Response(Response&& other) noexcept : exchange_(std::exchange(other.exchange_, nullptr)) {}

Response& Response::operator=(Response other) noexcept {
    std::swap(exchange_, other.exchange_);
    return *this;
}

Response::~Response() {
    if (exchange_ != nullptr) exchange_->release();
}

const Response& Response::status(int code) const {
    if (is_elsewhere()) return post([code](const Response& response) { response.status(code); });
    if (!is_open("Response::status()")) return *this;
    if (exchange_->is_streaming()) {
        exchange_->report("the status " + std::to_string(code) + " came behind the head");
        return *this;
    }
    const bool may_be_sent = code >= 200 && code <= 599;
    if (!may_be_sent) exchange_->report("the status " + std::to_string(code) + " cannot be sent; it became 500");
    exchange_->answer.status = may_be_sent ? code : 500;
    return *this;
}

const Response& Response::set(TextView name, TextView value) const {
    if (is_elsewhere()) {
        return post([name = std::string(name), value = std::string(value)](const Response& response) {
            response.set(name, value);
        });
    }
    if (is_open("Response::set()")) exchange_->add_header(name, value, true);
    return *this;
}

const Response& Response::append(TextView name, TextView value) const {
    if (is_elsewhere()) {
        return post([name = std::string(name), value = std::string(value)](const Response& response) {
            response.append(name, value);
        });
    }
    if (is_open("Response::append()")) exchange_->add_header(name, value, false);
    return *this;
}

const Response& Response::cookie(http::Cookie cookie) const {
    if (is_elsewhere())
        return post([cookie = std::move(cookie)](const Response& response) { response.cookie(cookie); });
    if (!is_open("Response::cookie()")) return *this;
    if (cookie.path.empty()) cookie.path = "/";
    const Result<std::string> line = http::serialize_cookie(cookie);
    if (line) return append("Set-Cookie", *line);
    exchange_->report("the cookie '" + cookie.name + "' was left out: " + line.error().message);
    return *this;
}

const Response& Response::cookie(TextView name, TextView value) const {
    return cookie({.name = std::string(name), .value = std::string(value)});
}

std::string_view Response::header(TextView name) const {
    if (exchange_ == nullptr) return {};
    net::check_thread(exchange_->gate(), "Response::header()");
    return exchange_->answer.fields.find(name).value_or(std::string_view());
}

void Response::send(TextView body) const {
    if (is_elsewhere())
        return static_cast<void>(post([body = std::string(body)](const Response& response) { response.send(body); }));
    if (!is_open("Response::send()")) return;
    if (exchange_->answer.fields.holds(body)) return send(std::string(body));  // of `header`, which ends here
    set_default_type(*exchange_, "text/html; charset=utf-8");
    exchange_->complete({.text = body, .shared = {}, .source = nullptr});
}

void Response::send(SharedBuffer body) const {
    if (is_elsewhere())
        return static_cast<void>(post([body = std::move(body)](const Response& response) { response.send(body); }));
    if (!is_open("Response::send()")) return;
    set_default_type(*exchange_, "text/html; charset=utf-8");
    exchange_->complete({.text = {}, .shared = std::move(body), .source = nullptr});
}

void Response::send_json_text(TextView json_text) const {
    if (is_elsewhere())
        return static_cast<void>(
            post([text = std::string(json_text)](const Response& response) { response.send_json_text(text); }));
    if (!is_open("Response::send_json_text()")) return;
    if (exchange_->answer.fields.holds(json_text)) return send_json_text(std::string(json_text));
    set_default_type(*exchange_, json_type);
    exchange_->complete({.text = json_text, .shared = {}, .source = nullptr});
}

void Response::send_status(int code) const {
    if (is_elsewhere())
        return static_cast<void>(post([code](const Response& response) { response.send_status(code); }));
    if (is_open("Response::send_status()")) exchange_->complete_with_status(status(code).exchange_->answer.status);
}

void Response::redirect(TextView location, int code) const {
    if (is_elsewhere())
        return static_cast<void>(post(
            [location = std::string(location), code](const Response& response) { response.redirect(location, code); }));
    if (!is_open("Response::redirect()")) return;
    status(code).set("Location", web::encode_location(location)).end();
}

void Response::end() const {
    if (is_elsewhere()) return static_cast<void>(post([](const Response& response) { response.end(); }));
    if (!is_open("Response::end()")) return;
    if (exchange_->is_streaming()) return exchange_->end_stream();
    exchange_->complete({});
}

Done Response::write(TextView part) const {
    if (is_elsewhere()) {
        const bool is_due = exchange_->is_due();
        if (is_due) post([part = std::string(part)](const Response& response) { response.write(part); });
        return Done(is_due);
    }
    if (!is_open("Response::write()")) return Done(false);
    if (!exchange_->is_streaming()) set_default_type(*exchange_, "text/html; charset=utf-8");
    return Done(exchange_->write(part));
}

std::size_t Response::waiting_bytes() const {
    return is_open("Response::waiting_bytes()") ? exchange_->waiting_bytes() : 0;
}

void Response::on_drain(Function<void()> handler) const {
    if (is_open("Response::on_drain()")) exchange_->set_drain_handler(std::move(handler));
}

bool Response::is_open() const {
    return is_elsewhere() ? exchange_->is_due() : exchange_ != nullptr && exchange_->is_open();
}

bool Response::is_elsewhere() const noexcept {
    return exchange_ != nullptr && exchange_->gate().is_elsewhere();
}

const Response& Response::post(Function<void(const Response&)> act) const {
    exchange_->gate().post([response = *this, act = std::move(act)]() mutable { act(response); });
    return *this;
}

bool Response::is_open([[maybe_unused]] const char* member) const {
    if (exchange_ == nullptr) return false;
    net::check_thread(exchange_->gate(), member);
    return exchange_->is_open();
}

void Response::set_abort_handler(Function<void()> handler) const {
    if (is_open("Response::on_abort()")) exchange_->set_abort_handler(std::move(handler));
}

void Response::add_finish_handler(Function<void(const ResponseSummary&)> handler) const {
    if (is_open("Response::on_finish()")) exchange_->add_finish_handler(std::move(handler));
}

Response::CountOfCopies::CountOfCopies(const Response& response) noexcept : exchange(response.exchange_) {
    if (exchange != nullptr) exchange->begin_counting();
}

Response::CountOfCopies::~CountOfCopies() {
    if (exchange != nullptr) exchange->end_counting();
}

void Response::send_from(web::BodySource* source, std::uint64_t size) const {
    std::unique_ptr<web::BodySource> owned(source);
    if (!is_open("Response::send_from()")) return;
    set_default_type(*exchange_, "application/octet-stream");
    exchange_->complete({.text = {}, .shared = {}, .source = std::move(owned), .size = size});
}

}  // namespace parley
