// SPDX-License-Identifier: MIT
#include "parley/web/exchange.hpp"

#include <algorithm>
#include <new>

#include "parley/net/call_frame.hpp"
#include "parley/net/mailbox.hpp"
#include "parley/web/application_state.hpp"
#include "parley/web/http_connection.hpp"
#include "parley/web/http_error.hpp"

namespace parley::web {

Exchange::Exchange(HttpConnection& connection, const http::RequestHead& head, std::string body)
    : connection_(&connection),
      head_(&head),
      gate_(connection.application().gate),
      request_(*this),
      peer_(connection.peer()),
      is_secure_(connection.is_secure()),
      body_(std::move(body)) {
    const TrustedProxies& proxies = connection.application().proxies;
    if (proxies.is_nobody()) return;
    const ClientFacts client = proxies.client_of(head, {.peer = peer_, .is_secure = is_secure_, .host = {}});
    peer_ = client.peer;
    is_secure_ = client.is_secure;
    forwarded_host_ = client.host;
}

std::string_view Exchange::host() const {
    return forwarded_host_.empty() ? head().host() : std::string_view(forwarded_host_);
}

Exchange::~Exchange() = default;

void Exchange::begin_counting() noexcept {
    copies_ = 0;
    counting_thread_.store(net::this_thread_number(), std::memory_order_relaxed);
}

void Exchange::count_copy() noexcept {
    if (counting_thread_.load(std::memory_order_relaxed) == net::this_thread_number()) ++copies_;
}

Function<void()> Exchange::take_abort_handler() noexcept {
    owned_references_.fetch_sub(std::exchange(abort_references_, 0), std::memory_order_acq_rel);
    return std::exchange(on_abort_, nullptr);
}

void Exchange::release_last() noexcept {
    if (gate_->is_here()) return destroy();
    const std::shared_ptr<net::LoopGate> gate = gate_;
    gate->post(*this);
}

// Whether this was the last one beside those that our own handlers own is known on the loop only, where those are.
void Exchange::release_beside_owned() noexcept {
    if (!gate_->is_here()) {
        struct Return {
            explicit Return(Exchange* its_exchange) : exchange(its_exchange) {}
            Return(Return&& other) noexcept : exchange(std::exchange(other.exchange, nullptr)) {}
            ~Return() {
                if (exchange != nullptr) exchange->release_reference();
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
    const std::uint32_t owned = owned_references_.load(std::memory_order_acquire);
    if (owned == 0) return release_reference();
    if (references_.fetch_sub(1, std::memory_order_acq_rel) - 1 != owned) return;
    const Response guard = response();
    const Function<void()> unused_abort_handler = take_abort_handler();
    if (owned_references_.load(std::memory_order_relaxed) != 0) answer_lost();
}

// The handlers of the finish are told of the 500, and go; with them the last references.
void Exchange::answer_lost() noexcept {
    try {
        if (is_open()) answer_unanswered(1 + owned_references_.load(std::memory_order_relaxed));
    } catch (const std::bad_alloc&) {
        if (connection_ != nullptr) connection_->end_without_memory();
    }
}

// A reference that came home: the last one still, unless the loop has given out another meanwhile.
void Exchange::run_posted() noexcept {
    if (gate_->is_open()) return release();
    // The application is gone, and with it the connection.
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) end();
}

void Exchange::destroy() noexcept {
    references_ = 1;  // for the handles that come and go while this ends
    try {
        if (is_open()) answer_unanswered(1);
    } catch (const std::bad_alloc&) {
        if (connection_ != nullptr) connection_->end_without_memory();
    }
    // The handler of the failure may have kept it, to answer later; those who wait for the end have it until then.
    if (references_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    references_ = 1;
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

// When nobody has references beside our own after the handler of the failure, that has not kept it to answer later.
void Exchange::answer_unanswered(std::uint32_t own_references) {
    if (is_endless_ && is_streaming_) return end_stream();
    ApplicationState& application = connection_->application();
    const std::string where = description();
    const HandlerFailure failure{.where = where,
                                 .message = is_streaming_
                                                ? "the answer was not ended, and no copy of the Response is left"
                                                : "no answer was sent, and no copy of the Response is left",
                                 .exception = nullptr};
    application.errors.report(failure);
    const net::CallFrame frame(*gate_, lender());
    application.routes.answer_failure(*this, failure, application.errors);
    if (!is_open() || references_.load(std::memory_order_acquire) != own_references) return;
    begin_failure(500);
    complete_with_status(500);
}

const http::RequestHead& Exchange::head() const {
    static const http::RequestHead nothing;
    return head_ != nullptr ? *head_ : nothing;
}

const http::RequestHead& Exchange::lasting_head() {
    if (connection_ != nullptr) connection_->keep_head();
    return head();
}

const std::string& Exchange::body() const {
    if (is_too_large_ && is_open() && !has_failed_) throw HttpError(413);
    return body_;
}

const http::QueryParameters& Exchange::query() {
    if (!query_) query_.emplace(head().query());
    return *query_;
}

const http::Form& Exchange::form() {
    if (!form_) {
        Result<http::Form> form = http::read_form(head().find("Content-Type").value_or(std::string_view()), body());
        form_.emplace(form ? std::move(*form) : http::Form());
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
        attributes_.emplace_front(name, value);
    }
}

std::chrono::sys_seconds Exchange::wall_time() const {
    return connection_ != nullptr ? connection_->application().loop.wall_time() : std::chrono::sys_seconds::max();
}

std::string Exchange::description() const {
    return std::string(head().method()).append(" ").append(head().path());
}

bool Exchange::complete(AnswerBody body) {
    if (!is_open()) return false;
    if (is_streaming_) {
        report("an answer was sent behind a part that was written: the connection was cut");
        cut_stream();
        return false;
    }
    const End end(*this);
    connection_->send_answer(*this, std::move(body));
    return true;
}

// The abort handler may own the last response, even the one that is being completed: it goes when all is done.
Exchange::End::End(Exchange& exchange) : guard_(exchange.response()) {
    if (exchange.on_abort_) abort_handler_ = exchange.take_abort_handler();
    if (exchange.on_drain_) drain_handler_ = std::exchange(exchange.on_drain_, nullptr);
    body_handlers_ = std::move(exchange.body_handlers_);
    exchange.is_complete_ = true;
    exchange.is_due_.store(false, std::memory_order_release);
    if (exchange.finish_handlers_.empty()) return;
    exchange.is_kept_for_finish_ = true;
    exchange.retain();
}

bool Exchange::write(std::string_view part) {
    if (!is_open()) return false;
    if (is_streaming_) return connection_->write_part(*this, part);
    is_streaming_ = true;
    const Response guard = response();
    connection_->begin_stream(*this);
    if (!is_open()) return false;
    if (head().method() != "HEAD" && !http::is_bodiless(answer.status)) return connection_->write_part(*this, part);
    end_stream();
    return true;
}

void Exchange::end_stream() {
    if (!is_open()) return;
    const End end(*this);
    connection_->end_stream(*this);
}

void Exchange::cut_stream() {
    if (!is_open()) return;
    const End end(*this);
    connection_->cut_stream();
}

void Exchange::cut_slow_reader() {
    if (is_open()) connection_->cut_soon();
}

std::size_t Exchange::waiting_bytes() const {
    return is_open() && is_streaming_ ? connection_->waiting_bytes() : 0;
}

void Exchange::set_drain_handler(Function<void()> handler) {
    if (!is_open()) return;
    net::keep(*gate_, handler, this);
    const Function<void()> replaced = std::exchange(on_drain_, std::move(handler));
    if (on_drain_) connection_->resume_for_drain();
}

// The handler may set another, or end the answer, and with it itself: it is not there while it runs.
void Exchange::handle_drained() {
    const Response guard = response();
    ApplicationState& application = connection_->application();
    if (application.is_retired()) return;
    Function<void()> handler = std::exchange(on_drain_, nullptr);
    const bool has_returned = application.errors.contain("on_drain", [&] {
        const net::CallFrame frame(*gate_, lender());
        handler();
    });
    if (!has_returned) return cut_stream();
    if (is_open() && !on_drain_) on_drain_ = std::move(handler);
}

// A body in pieces.

Exchange::BodyHandlers& Exchange::body_handlers() {
    if (body_handlers_ == nullptr) body_handlers_ = std::make_unique<BodyHandlers>();
    return *body_handlers_;
}

void Exchange::set_data_handler(Function<void(std::string_view)> handler) {
    net::keep(*gate_, handler, this);
    const Function<void(std::string_view)> replaced = std::exchange(body_handlers().on_data, std::move(handler));
}

void Exchange::set_end_handler(Function<void()> handler) {
    net::keep(*gate_, handler, this);
    const bool was_taken = takes_body();
    const Function<void()> replaced = std::exchange(body_handlers().on_end, std::move(handler));
    tell_body_flow(was_taken);
}

void Exchange::hold_body(bool is_held) {
    const bool was_taken = takes_body();
    is_body_held_ = is_held;
    tell_body_flow(was_taken);
}

void Exchange::tell_body_flow(bool was_taken) {
    if (connection_ == nullptr || takes_body() == was_taken) return;
    if (was_taken) return connection_->hold_body();
    connection_->take_body();
}

// What it throws is answered as what the route's handler throws.
template <typename Call>
void Exchange::call_body_handler(Call&& call) {
    ApplicationState& application = connection_->application();
    if (application.is_retired()) return;
    const net::CallFrame frame(*gate_, lender());
    try {
        call();
    } catch (...) {
        application.routes.fail_current(*this, application.errors);
    }
}

// The handler may set another, or answer, and with it end itself: it is not there while it runs.
void Exchange::give_body(std::string_view part) {
    if (part.empty() || !body_handlers_->on_data) return;
    const Response guard = response();
    Function<void(std::string_view)> handler = std::exchange(body_handlers_->on_data, nullptr);
    call_body_handler([&] { handler(part); });
    if (body_handlers_ != nullptr && !body_handlers_->on_data) body_handlers_->on_data = std::move(handler);
}

void Exchange::end_body() {
    const Response guard = response();
    const std::unique_ptr<BodyHandlers> handlers = std::move(body_handlers_);
    call_body_handler([&] { handlers->on_end(); });
}

void Exchange::give_whole_body() {
    const Response guard = response();
    const std::string body = std::exchange(body_, {});
    give_body(body);
    if (takes_body()) end_body();
}

void Exchange::stop() {
    const Response guard = response();
    ApplicationState& application = connection_->application();
    Function<void()> handler = take_abort_handler();
    end_stream();
    if (handler && !application.is_retired()) call_abort_handler(handler, application);
}

void Exchange::call_abort_handler(Function<void()>& handler, ApplicationState& application) {
    application.errors.contain("on_abort", [&] {
        const net::CallFrame frame(*gate_);
        handler();
    });
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
    if (is_open()) {
        answer.framing = {};
        for (const char* const name : {"Content-Type", "Content-Encoding", "Content-Language", "Content-Range",
                                       "Content-Disposition", "Content-Location", "ETag", "Last-Modified"})
            answer.fields.remove(name);
    }
    return begin_refusal(status);
}

bool Exchange::begin_refusal(int status) {
    if (is_open()) answer.status = status;
    return !std::exchange(has_failed_, true);
}

void Exchange::complete_by_upgrade(std::unique_ptr<http::RequestParser> parser) {
    const Response guard = response();
    const Function<void()> unused_abort_handler = take_abort_handler();
    const Function<void()> unused_drain_handler = std::exchange(on_drain_, nullptr);
    const std::vector<FinishHandler> unused_finish_handlers = take_finish_handlers();
    is_complete_ = is_sent_ = true;
    is_due_.store(false, std::memory_order_release);
    connection_ = nullptr;
    parser_ = std::move(parser);
}

void Exchange::set_abort_handler(Function<void()> handler) {
    if (!is_open()) return;
    net::keep(*gate_, handler, this);
    const Function<void()> replaced = take_abort_handler();
    on_abort_ = std::move(handler);
    abort_references_ = std::exchange(copies_, 0);
    owned_references_.fetch_add(abort_references_, std::memory_order_acq_rel);
}

void Exchange::add_finish_handler(Function<void(const ResponseSummary&)> handler) {
    if (!is_open() || !handler) return;
    net::keep(*gate_, handler, this);
    const std::uint32_t references = std::exchange(copies_, 0);
    finish_handlers_.push_back({std::move(handler), references});
    owned_references_.fetch_add(references, std::memory_order_acq_rel);
}

std::vector<Exchange::FinishHandler> Exchange::take_finish_handlers() noexcept {
    for (const FinishHandler& handler : finish_handlers_)
        owned_references_.fetch_sub(handler.references, std::memory_order_acq_rel);
    return std::exchange(finish_handlers_, {});
}

void Exchange::finish(ApplicationState& application) {
    const Response guard = response();
    std::vector<FinishHandler> handlers = take_finish_handlers();
    if (std::exchange(is_kept_for_finish_, false)) references_.fetch_sub(1, std::memory_order_acq_rel);
    const ResponseSummary summary{
        .status = is_complete_ || is_streaming_ ? answer.status : 0, .body_bytes = body_bytes, .is_complete = is_sent_};
    for (FinishHandler& handler : handlers) {
        if (application.is_retired()) return;
        application.errors.contain("on_finish", [&] {
            const net::CallFrame frame(*gate_, lender());
            handler.function(summary);
        });
    }
}

void Exchange::tell_done(ApplicationState& application, std::uint64_t bytes_received) {
    if (!application.observer || std::exchange(is_told_, true)) return;
    application.observer.tell(&ApplicationObserver::on_request_done,
                              RequestSummary{.method = head().method(),
                                             .target = head().target(),
                                             .status = is_complete_ || is_streaming_ ? answer.status : 0,
                                             .bytes_received = bytes_received,
                                             .bytes_sent = body_bytes,
                                             .duration = application.loop.now() - began,
                                             .is_complete = is_sent_});
}

void Exchange::add_header(std::string_view name, std::string_view value, bool replace) {
    if (!is_open()) return;
    if (is_streaming_) return report("the response header '" + std::string(name) + "' came behind the head");
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

void Exchange::end_with_connection(std::unique_ptr<http::RequestParser> parser) {
    const Response guard = response();
    ApplicationState& application = connection_->application();
    is_due_.store(false, std::memory_order_release);
    connection_ = nullptr;
    parser_ = std::move(parser);
    keep_parameter_names();
    Function<void()> handler = take_abort_handler();
    const Function<void()> unused_drain_handler = std::exchange(on_drain_, nullptr);
    const std::unique_ptr<BodyHandlers> unused_body_handlers = std::move(body_handlers_);
    if (!is_complete_ && handler && !application.is_retired()) call_abort_handler(handler, application);
    if (!finish_handlers_.empty()) finish(application);
}

}  // namespace parley::web
