// SPDX-License-Identifier: MIT
#include "parley/web/exchange.hpp"

#include <algorithm>
#include <new>

#include "parley/http/media_type.hpp"
#include "parley/net/call_frame.hpp"
#include "parley/net/mailbox.hpp"
#include "parley/web/application_state.hpp"
#include "parley/web/http_connection.hpp"

namespace parley::web {

Exchange::Exchange(HttpConnection& connection, const http::RequestHead& head, std::string body)
    : connection_(&connection),
      head_(&head),
      gate_(connection.application().gate),
      request_(*this),
      peer_(connection.peer()),
      body_(std::move(body)) {}

Exchange::~Exchange() = default;

void Exchange::begin_counting() noexcept {
    copies_ = 0;
    counting_thread_.store(net::this_thread_number(), std::memory_order_relaxed);
}

void Exchange::count_copy() noexcept {
    if (counting_thread_.load(std::memory_order_relaxed) == net::this_thread_number()) ++copies_;
}

Function<void()> Exchange::take_abort_handler() noexcept {
    abort_references_.store(0, std::memory_order_release);
    return std::exchange(on_abort_, nullptr);
}

void Exchange::handle_last_dropped() noexcept {
    if (gate_->is_here()) return destroy();
    // Nobody else refers to this exchange but its connection, which lives on the loop: it ends there.
    const std::shared_ptr<net::LoopGate> gate = gate_;
    gate->post(*this);
}

// Whether this was the last one beside the abort handler's is known on the loop only, where that one is.
void Exchange::release_beside_abort_handler() noexcept {
    if (!gate_->is_here()) {
        struct Return {
            explicit Return(Exchange* its_exchange) : exchange(its_exchange) {}
            Return(Return&& other) noexcept : exchange(std::exchange(other.exchange, nullptr)) {}
            ~Return() {
                if (exchange != nullptr) exchange->drop();
            }
            Exchange* exchange;
        };
        const std::shared_ptr<net::LoopGate> gate = gate_;
        try {
            gate->post([back = Return(this)]() mutable { std::exchange(back.exchange, nullptr)->release(); });
        } catch (const std::bad_alloc&) {  // then it went unnoticed
        }
        return;
    }
    const std::uint32_t owned = abort_references_.load(std::memory_order_acquire);
    if (owned == 0) return drop();
    if (references_.fetch_sub(1, std::memory_order_acq_rel) - 1 != owned) return;
    const Response guard = response();
    const Function<void()> unused_abort_handler = take_abort_handler();
}

void Exchange::run_posted() noexcept {
    // The application is gone, and with it the connection.
    if (!gate_->is_open()) return end();
    destroy();
}

void Exchange::destroy() noexcept {
    references_ = 1;  // for the handles that come and go while this ends
    try {
        if (is_open() && !answer_unanswered()) return;
    } catch (const std::bad_alloc&) {
        references_ = 1;
        if (connection_ != nullptr) connection_->end_without_memory();
    }
    if (connection_ != nullptr) connection_->forget_exchange();
    end();
}

void Exchange::end() noexcept {
    is_over_ = true;
    states_.clear();
    if (keepers_ == 0) {
        delete this;
        return;
    }
    forget();
    parser_.reset();
    body_ = std::string();
    attributes_.clear();
}

net::Lender Exchange::lender() noexcept {
    static constexpr net::Lender::Counting counting{[](void* exchange) noexcept {
                                                        ++static_cast<Exchange*>(exchange)->keepers_;
                                                        return true;
                                                    },
                                                    [](void* exchange) noexcept {
                                                        auto& self = *static_cast<Exchange*>(exchange);
                                                        if (--self.keepers_ == 0 && self.is_over_) delete &self;
                                                    }};
    return {this, &counting};
}

// False when the handler of the failure has kept it, to answer later.
bool Exchange::answer_unanswered() {
    ApplicationState& application = connection_->application();
    const std::string where = description();
    const HandlerFailure failure{
        .where = where, .message = "no answer was sent, and no copy of the Response is left", .exception = nullptr};
    application.errors.report(failure);
    const net::CallFrame frame(*gate_, lender());
    application.router.answer_failure(*this, failure, application.errors);
    if (references_.fetch_sub(1, std::memory_order_acq_rel) != 1) return false;
    references_ = 1;
    begin_failure(500);
    complete_with_status(500);
    return true;
}

const http::RequestHead& Exchange::head() const {
    static const http::RequestHead nothing;
    return head_ != nullptr ? *head_ : nothing;
}

const http::QueryParameters& Exchange::query() {
    if (!query_) query_.emplace(head().query());
    return *query_;
}

const http::QueryParameters& Exchange::form() {
    constexpr std::string_view form_type = "application/x-www-form-urlencoded";
    if (!form_) {
        const std::string_view type = head().find("Content-Type").value_or(std::string_view());
        const bool is_form = http::is_media_type(type, form_type);
        form_.emplace(is_form ? std::string_view(body_) : std::string_view());
    }
    return *form_;
}

const RequestPath* Exchange::path() {
    if (!path_) is_path_valid_ = path_.emplace().parse(head().path());
    return is_path_valid_ ? &*path_ : nullptr;
}

std::string_view Exchange::parameter(std::string_view name) const {
    const auto found = std::ranges::find(parameters, name, &PathParameters::value_type::first);
    return found == parameters.end() ? std::string_view() : found->second;
}

std::string_view Exchange::attribute(std::string_view name) const {
    const auto found = std::ranges::find(attributes_, name, &std::pair<std::string, std::string>::first);
    return found == attributes_.end() ? std::string_view() : found->second;
}

void Exchange::set_attribute(std::string_view name, std::string_view value) {
    const auto found = std::ranges::find(attributes_, name, &std::pair<std::string, std::string>::first);
    if (found != attributes_.end()) {
        found->second = value;
    } else {
        attributes_.emplace_back(name, value);
    }
}

std::string Exchange::description() const {
    return std::string(head().method()).append(" ").append(head().path());
}

bool Exchange::complete(AnswerBody body) {
    if (!is_open()) return false;
    // The abort handler may own the last response, even the one that is being completed: it goes when all is done.
    const Response guard = response();
    Function<void()> unused_abort_handler;
    if (on_abort_) unused_abort_handler = take_abort_handler();
    is_complete_ = true;
    connection_->send_answer(*this, std::move(body));
    return true;
}

bool Exchange::complete_with_status(int status) {
    return complete_with_text(status, http::reason_phrase(status));
}

bool Exchange::complete_with_text(int status, std::string_view text) {
    if (!is_open()) return false;
    answer.status = status;
    answer.fields.remove("Content-Encoding");  // of a body that is not sent
    answer.fields.set("Content-Type", "text/plain; charset=utf-8");
    return complete({.text = text, .shared = {}, .source = nullptr});
}

bool Exchange::begin_failure(int status) {
    if (is_open()) answer = {.status = status, .fields = {}, .framing = {}};
    return !std::exchange(has_failed_, true);
}

bool Exchange::begin_refusal(int status) {
    if (is_open()) answer.status = status;
    return !std::exchange(has_failed_, true);
}

void Exchange::complete_by_upgrade(std::unique_ptr<http::RequestParser> parser) {
    const Response guard = response();
    const Function<void()> unused_abort_handler = take_abort_handler();
    is_complete_ = true;
    connection_ = nullptr;
    parser_ = std::move(parser);
}

void Exchange::set_abort_handler(Function<void()> handler) {
    if (!is_open()) return;
    net::keep(*gate_, handler, this);
    const Function<void()> replaced = take_abort_handler();
    on_abort_ = std::move(handler);
    abort_references_.store(std::exchange(copies_, 0), std::memory_order_release);
}

void Exchange::add_header(std::string_view name, std::string_view value, bool replace) {
    if (!is_open()) return;
    const bool added = replace ? answer.fields.set(name, value) : answer.fields.add(name, value);
    if (!added) report("the response header '" + std::string(name) + "' cannot be sent and was left out");
}

void Exchange::report(std::string_view message) {
    if (!is_open()) return;
    connection_->application().errors.report({.where = description(), .message = message, .exception = nullptr});
}

void Exchange::forget() {
    connection_ = nullptr;
    head_ = nullptr;
    if (!body_.empty()) std::string().swap(body_);
    parameters.clear();
    path_.reset();
    query_.reset();
    form_.reset();
}

void Exchange::keep_parameter_names() noexcept {
    try {
        parameter_names_.reserve(parameters.size());
        for (auto& [name, value] : parameters)
            name = parameter_names_.emplace_back(name);
    } catch (const std::bad_alloc&) {
        parameters.clear();
    }
}

void Exchange::abort(std::unique_ptr<http::RequestParser> parser) {
    const Response guard = response();
    ApplicationState& application = connection_->application();
    connection_ = nullptr;
    parser_ = std::move(parser);
    keep_parameter_names();
    Function<void()> handler = take_abort_handler();
    if (is_complete_ || !handler || application.is_retired()) return;
    application.errors.contain("on_abort", [&] {
        const net::CallFrame frame(*gate_);
        handler();
    });
}

}  // namespace parley::web
