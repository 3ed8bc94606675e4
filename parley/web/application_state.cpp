// SPDX-License-Identifier: MIT
#include "parley/web/application_state.hpp"

#include <csignal>

#include <algorithm>
#include <exception>
#include <utility>

#include "parley/http/response.hpp"
#include "parley/net/call_frame.hpp"
#include "parley/net/line_output.hpp"
#include "parley/net/local_listener.hpp"
#include "parley/tls/stream.hpp"
#include "parley/web/exchange.hpp"
#include "parley/web/http_connection.hpp"

namespace parley::web {

namespace {

// For those who cannot be served. What they ask is not waited for.
constexpr std::string_view refusal =
    "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 2\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

// For those who speak HTTP where TLS is spoken.
constexpr std::string_view plain_answer =
    "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: 36\r\n\r\n"
    "This port speaks TLS: use https://.\n";

// Has been checked.
TrustedProxies proxies_of(const ApplicationOptions& options) {
    using enum http::ForwardedHeaders;
    const http::ForwardedHeaders which = options.trust_forwarded ? forwarded : x_forwarded;
    return TrustedProxies::parse(options.trust_proxy, which).value_or(TrustedProxies());
}

http::Limits http_limits_of(const ApplicationOptions& options) {
    http::Limits limits;
    limits.head_bytes_max = options.head_bytes_max;
    limits.request_line_bytes_max = std::min(options.request_line_bytes_max, options.head_bytes_max);
    limits.method_bytes_max = options.method_bytes_max;
    limits.headers_max = options.headers_max;
    limits.body_bytes_max = options.body_bytes_max;
    limits.chunk_extension_bytes_max = options.chunk_extension_bytes_max;
    limits.chunk_overhead_bytes_max = options.chunk_overhead_bytes_max;
    limits.trailer_bytes_max = options.trailer_bytes_max;
    return limits;
}

// What is left for peers when the program itself, about 8 MiB, and what the allocator needs beside that which is
// counted have theirs.
std::size_t peer_bytes_max(std::size_t memory_max) {
    constexpr std::size_t program_bytes = 16 * 1024 * 1024;
    return memory_max - std::min(std::max(memory_max / 8, program_bytes), memory_max / 2);
}

}  // namespace

ApplicationState::ApplicationState(std::unique_ptr<net::Loop> owned, std::shared_ptr<ApplicationGroup> its_group,
                                   std::size_t its_index, const ApplicationOptions& its_options)
    : owned_loop_(std::move(owned)),
      group(std::move(its_group)),
      index(its_index),
      loop(group->loops.loop(its_index)),
      options(its_options),
      http_limits(http_limits_of(its_options)),
      proxies(proxies_of(its_options)),
      keep_alive_lines(http::keep_alive_lines(its_options.keep_alive_timeout)),
      gate(group->gates[its_index]),
      errors(loop),
      observer(options.observer, index, errors),
      memory(peer_bytes_max(its_options.memory_max)),
      connections(loop, memory, options.closing),
      scheduled_calls(loop, gate, errors),
      slow_turns(*this),
      stop_timer_(loop, [this] { loop.stop(); }) {
    connections.count_in(group->load[static_cast<std::ptrdiff_t>(its_index)]);
    connections.set_observer(observer);
    if (!group->is_alone()) memory.share(group->memory, group->loops.size());
    if (observer) memory.on_shed([this] { observer.tell(&ApplicationObserver::on_shed); });
    connections.set_empty_handler([this] {
        if (stopping_) note_goodbyes_said();
    });
}

ApplicationState* ApplicationState::make(std::unique_ptr<net::Loop> owned, std::shared_ptr<ApplicationGroup> group,
                                         const ApplicationOptions& options) {
    for (std::size_t i = 0; i < group->loops.size(); ++i)
        group->gates.push_back(std::make_shared<net::LoopGate>(group->loops.loop(i)));
    for (std::size_t i = 0; i < group->loops.size(); ++i)
        group->members.push_back(new ApplicationState(i == 0 ? std::move(owned) : nullptr, group, i, options));
    return group->members.front();
}

// Those on other threads stand still meanwhile, perhaps in the middle of a handler.
void ApplicationState::destroy(ApplicationState* first) {
    const std::shared_ptr<ApplicationGroup> group = first->group;
    if (group->is_alone())
        net::check_thread(*first->gate, "~Application()", "call stop(), and destroy it when run() has returned");
    const net::LoopHalt halt(group->loops);
    first->tell_if_it_never_ran();
    for (std::size_t i = group->members.size(); i-- > 0;) {
        ApplicationState* const member = group->members[i];
        if (member->loop.is_in_turn()) {
            member->retire();
        } else {
            // The handlers of others hear of the end, and may destroy those.
            member->loop.run_as_turn([member] { member->end(); });
        }
    }
}

// Not by the hook for errors: what that refers to may have gone already.
void ApplicationState::tell_if_it_never_ran() const noexcept {
    const bool has_run = owned_loop_ == nullptr || loop.turn() > 0;
    if (has_run || listeners_.empty() || std::uncaught_exceptions() > 0) return;
    net::LineOutput().write(
        "parley: an application that listens ends without having run, so nobody was answered: "
        "let main() end with `return app.run();`, or `return io.run();`");
}

// Some caller on the stack may be in the middle of any of our objects: everything stays where it is until the turn
// ends.
void ApplicationState::retire() {
    end_.emplace(loop, [this] { end(); });
    end_->schedule_ending();
    observer.forget();
    close_listeners();
    connections.set_empty_handler(nullptr);
    routes.retire();
    errors.set_hook(nullptr);
    scheduled_calls.cancel_all();
    for (Mount* const mount : mounts_)
        mount->handle_retire();
    for (UpgradeHandler* const handler : upgrade_handlers_)
        handler->handle_retire();
}

void ApplicationState::end() {
    observer.forget();
    close_listeners();
    signals_.reset();
    connections.set_empty_handler(nullptr);
    connections.abandon_all();
    while (!mounts_.empty() || !upgrade_handlers_.empty()) {
        UpgradeHandler& handler = mounts_.empty() ? *upgrade_handlers_.front() : *mounts_.front();
        remove(handler);
        handler.handle_detach();
    }
    gate->close();
    if (running_) loop.stop();
    std::unique_ptr<net::Loop> owned = std::move(owned_loop_);
    delete this;
    if (owned) net::Loop::destroy_after_turn(std::move(owned));
}

void ApplicationState::close_listeners() {
    listeners_.clear();
    port_.store(0, std::memory_order_relaxed);
}

// Requests.

ApplicationState* ApplicationState::home_of(const http::RequestHead& head) const {
    const Mount* const mount = group->is_alone() ? nullptr : find_mount(head.path());
    const std::optional<std::size_t> home = mount != nullptr ? mount->home(head) : std::nullopt;
    return home && *home != index ? group->members[*home] : nullptr;
}

std::size_t ApplicationState::body_bytes_max(const http::RequestHead& head) const {
    const Mount* const mount = find_mount(head.path());
    return mount != nullptr ? mount->body_bytes_max(head) : options.body_bytes_max;
}

const BodyRule* ApplicationState::body_rule(const http::RequestHead& head) const {
    const BodyRule* const rule = routes.find_body_rule(head);
    return rule != nullptr && find_mount(head.path()) == nullptr ? rule : nullptr;
}

bool ApplicationState::wants_body(const http::RequestHead& head) const {
    const Mount* const mount = find_mount(head.path());
    return mount != nullptr ? mount->wants_body(head) : routes.may_route(head);
}

void ApplicationState::handle_request(Exchange& exchange) {
    const net::CallFrame frame(*gate, exchange.lender());
    Mount* const mount = find_mount(exchange.head().path());
    if (mount == nullptr) return routes.route(exchange);
    try {
        mount->handle_request(exchange.request(), exchange.response());
    } catch (...) {
        routes.fail_current(exchange, errors);
    }
}

void ApplicationState::handle_too_large(Exchange& exchange) {
    Mount* const mount = find_mount(exchange.head().path());
    if (mount == nullptr) {
        const net::CallFrame frame(*gate, exchange.lender());
        exchange.make_too_large();
        return routes.route(exchange);
    }
    mount->handle_too_large(exchange.request(), exchange.response());
}

void ApplicationState::refuse_upload(Exchange& exchange, int status) {
    const net::CallFrame frame(*gate, exchange.lender());
    routes.refuse(exchange, status, errors);
}

void ApplicationState::handle_upgrade(Exchange& exchange) {
    const net::CallFrame frame(*gate, exchange.lender());
    UpgradeHandler* const handler = find_upgrade_handler(exchange.head().path());
    if (handler == nullptr) return routes.refuse(exchange, 404, errors);
    try {
        handler->handle_upgrade(exchange.request(), Upgrade(exchange.response()));
    } catch (...) {
        routes.fail_current(exchange, errors);
    }
}

Mount* ApplicationState::find_mount(std::string_view path) const {
    const auto found = std::ranges::find_if(mounts_, [&](const Mount* mount) { return mount->matches(path); });
    return found == mounts_.end() ? nullptr : *found;
}

UpgradeHandler* ApplicationState::find_upgrade_handler(std::string_view path) const {
    if (Mount* const mount = find_mount(path)) return mount;
    const auto found =
        std::ranges::find_if(upgrade_handlers_, [&](const auto* handler) { return handler->matches(path); });
    return found == upgrade_handlers_.end() ? nullptr : *found;
}

void ApplicationState::remove(UpgradeHandler& handler) {
    std::erase_if(mounts_, [&](UpgradeHandler* mounted) { return mounted == &handler; });
    std::erase(upgrade_handlers_, &handler);
    handler.home_ = nullptr;
}

std::vector<UpgradeHandler*> ApplicationState::all_upgrade_handlers() const {
    std::vector<UpgradeHandler*> all(mounts_.begin(), mounts_.end());
    all.insert(all.end(), upgrade_handlers_.begin(), upgrade_handlers_.end());
    return all;
}

std::string_view ApplicationState::date() {
    const std::chrono::sys_seconds now = loop.wall_time();
    if (now != date_at_ || date_.empty()) {
        date_ = http::http_date(now);
        date_at_ = now;
    }
    return date_;
}

// Start.

Result<void> ApplicationState::listen(const ListenOptions& where) {
    if (where.port < 0 || where.port > 65'535) {
        return std::unexpected(
            Error{ErrorCode::invalid_argument,
                  "Port " + std::to_string(where.port) + " does not exist: a port is a number from 0 to 65535."});
    }
    std::shared_ptr<tls::ServerContext> tls;
    if (!where.tls.certificate.empty()) {
        Result<std::shared_ptr<tls::ServerContext>> made = tls::ServerContext::make(where.tls);
        if (!made) return std::unexpected(std::move(made.error()));
        tls = std::move(*made);
    }
    const std::string its_refusal(tls != nullptr ? "" : refusal);
    Result<std::unique_ptr<net::Listener>> listener = open_listener(where, its_refusal, tls);
    if (!listener) return std::unexpected(std::move(listener.error()));
    (*listener)->on_exhausted([this] { report_exhausted(); });
    listeners_.push_back(std::move(*listener));
    port_.store(listeners_.front()->port(), std::memory_order_relaxed);
    share_listener(*listeners_.back(), tls);
    if (tls != nullptr) tls_contexts_.push_back(std::move(tls));
    return {};
}

Result<std::unique_ptr<net::Listener>> ApplicationState::open_listener(const ListenOptions& where,
                                                                       const std::string& its_refusal,
                                                                       const std::shared_ptr<tls::ServerContext>& tls) {
    const auto on_accept = [this, tls] {
        return [this, tls](std::unique_ptr<net::Stream> stream) { accept(std::move(stream), tls.get()); };
    };
    const bool has_address = where.port != 0 || !where.host.empty();
    if (static_cast<int>(has_address) + static_cast<int>(!where.socket_path.empty()) +
            static_cast<int>(where.handed_over) >
        1) {
        return std::unexpected(
            Error{ErrorCode::invalid_argument,
                  "Listen on a port, or at a socket_path, or on what was handed_over: one of these."});
    }
    if (where.handed_over) return net::listen_handed_over(loop, its_refusal, on_accept());
    if (!where.socket_path.empty()) {
        const net::LocalListenOptions local{.mode = static_cast<std::uint32_t>(where.socket_mode),
                                            .refusal = its_refusal};
        return net::listen_local(loop, where.socket_path, local, on_accept());
    }
    const Result<std::vector<net::Endpoint>> addresses =
        find_addresses(where.host, static_cast<std::uint16_t>(where.port));
    if (!addresses) return std::unexpected(addresses.error());
    std::unexpected<Error> failure(Error{ErrorCode::not_found, "The host '" + where.host + "' has no address."});
    for (const net::Endpoint& address : *addresses) {
        Result<std::unique_ptr<net::Listener>> listener = loop.listen(address, {.refusal = its_refusal}, on_accept());
        if (listener) return listener;
        failure = std::unexpected(std::move(listener.error()));
    }
    return failure;
}

Result<std::vector<net::Endpoint>> ApplicationState::find_addresses(const std::string& host, std::uint16_t port) {
    if (const Result<net::Endpoint> numeric = net::Endpoint::parse(host, port)) return std::vector{*numeric};
    if (owned_loop_ == nullptr || running_) {
        return std::unexpected(
            Error{ErrorCode::invalid_argument,
                  "The host '" + host + "' must be an address, as in 127.0.0.1, when the loop runs."});
    }
    // On a loop of its own: nothing of the program's is to happen before `run`.
    const std::unique_ptr<net::Loop> resolving = net::make_loop();
    std::optional<Result<std::vector<net::Endpoint>>> found;
    const std::unique_ptr<net::Pending> lookup =
        resolving->resolve(host, port, [&](Result<std::vector<net::Endpoint>> answer) { found = std::move(answer); });
    const TimePoint deadline = resolving->now() + std::chrono::seconds(10);
    while (!found && resolving->now() < deadline && resolving->run_turn(deadline)) {
    }
    if (!found) return std::unexpected(Error{ErrorCode::timed_out, "The host '" + host + "' could not be looked up."});
    return *found;
}

void ApplicationState::report_exhausted() {
    errors.report({.where = "accepting connections",
                   .message =
                       "the process has no file descriptors or memory left for another connection; raise its limit "
                       "(ulimit -n), or bound connections_max",
                   .exception = nullptr});
}

// A loop that has no descriptor left for it does without: the others take its connections.
void ApplicationState::share_listener(const net::Listener& listener, const std::shared_ptr<tls::ServerContext>& tls) {
    for (ApplicationState* const member : group->members) {
        if (member == this) continue;
        Result<std::unique_ptr<net::Listener>> shared = listener.share(
            member->loop,
            [member, tls](std::unique_ptr<net::Stream> stream) { member->accept(std::move(stream), tls.get()); });
        if (shared) member->listeners_.push_back(std::move(*shared));
    }
}

Result<void> ApplicationState::reload_certificates() {
    for (const std::shared_ptr<tls::ServerContext>& tls : tls_contexts_)
        if (Result<void> loaded = tls->reload(); !loaded) return loaded;
    return {};
}

// Connections in.

void ApplicationState::accept(std::unique_ptr<net::Stream> stream, const tls::ServerContext* tls) {
    if (is_crowded() || memory.is_scarce()) {
        observer.tell(&ApplicationObserver::on_refused);
        if (tls == nullptr) stream->outbox().append(refusal);
        stream->close();
        return stream->flush();  // as far as one send takes it: the connection ends here
    }
    observer.tell(&ApplicationObserver::on_accepted);
    if (tls != nullptr) {
        auto secured = std::make_unique<tls::TlsStream>(std::move(stream), tls->make_session());
        secured->set_plain_answer(plain_answer);
        stream = std::move(secured);
    }
    ApplicationState& home = least_loaded();
    if (&home == this) return connections.add(std::make_unique<HttpConnection>(*this, std::move(stream)));
    if (std::unique_ptr<net::DetachedStream> detached = stream->detach()) home.adopt_later(std::move(detached), {});
}

bool ApplicationState::is_crowded() const {
    if (options.connections_max == 0) return false;
    std::size_t count = 0;
    for (std::size_t i = 0; i < group->members.size(); ++i)
        count += static_cast<std::size_t>(
            std::max<std::ptrdiff_t>(group->load[static_cast<std::ptrdiff_t>(i)].load(std::memory_order_relaxed), 0));
    return count >= options.connections_max;
}

// This one, unless another has clearly less to do.
ApplicationState& ApplicationState::least_loaded() {
    const auto load_of = [this](std::size_t i) {
        return group->load[static_cast<std::ptrdiff_t>(i)].load(std::memory_order_relaxed);
    };
    std::size_t least = index;
    for (std::size_t i = 0; i < group->members.size(); ++i)
        if (load_of(i) < load_of(least)) least = i;
    return load_of(index) <= load_of(least) + load_of(least) / 16 ? *this : *group->members[least];
}

void ApplicationState::adopt_later(std::unique_ptr<net::DetachedStream> stream, std::string octets) {
    // It counts from now on: many may be on their way at one moment.
    struct OnItsWay {
        OnItsWay(std::shared_ptr<std::atomic<std::ptrdiff_t>[]> its_load, std::size_t its_index)
            : load(std::move(its_load)), index(static_cast<std::ptrdiff_t>(its_index)) {
            load[index].fetch_add(1, std::memory_order_relaxed);
        }
        OnItsWay(OnItsWay&&) noexcept = default;
        ~OnItsWay() {
            if (load != nullptr) load[index].fetch_sub(1, std::memory_order_relaxed);
        }
        std::shared_ptr<std::atomic<std::ptrdiff_t>[]> load;
        std::ptrdiff_t index;
    };
    gate->post([this, counted = OnItsWay(group->load, index), stream = std::move(stream),
                octets = std::move(octets)]() mutable { adopt(std::move(stream), std::move(octets)); });
}

void ApplicationState::adopt(std::unique_ptr<net::DetachedStream> stream, std::string octets) {
    if (is_retired()) return;
    auto connection = std::make_unique<HttpConnection>(*this, loop.adopt(std::move(stream)));
    HttpConnection& added = *connection;
    connections.add(std::move(connection));
    added.begin_here(octets, stopping_);
}

// Run and stop.

LoopLag ApplicationState::loop_lag() const {
    LoopLag lag = loop.lag();
    lag.slow_turns = slow_turns.count();
    return lag;
}

int ApplicationState::run(const RunOptions& how) {
    // Inside a turn a loop of somebody else's runs, too: this would never return.
    if (loop.is_current() || running_.exchange(true)) {
        throw SetupError({ErrorCode::invalid_argument,
                          "The application already runs: run() is called once, and not from inside a handler."});
    }
    if (how.stop_on_signals) {
        auto watch = loop.on_signals({SIGINT, SIGTERM}, [this](int) {
            if (stopping_) return loop.stop();
            begin_stop();
        });
        if (watch) signals_ = std::move(*watch);
    }
    const std::shared_ptr<ApplicationGroup> its_group = group;
    its_group->loops.run();
    if (!its_group->gates.front()->is_open()) return 0;  // a handler has destroyed this
    signals_.reset();
    running_ = false;
    stop_timer_.stop();
    const bool was_stopped = stopping_;
    for (ApplicationState* const member : its_group->members) {
        // Some loop may have been too busy for its goodbye.
        if (was_stopped) member->close_listeners();
        member->end_run();
    }
    return 0;
}

void ApplicationState::end_run() {
    ++runs_;
    says_goodbye_ = false;
    stopping_ = false;  // before the last connections go: that would be a wish to stop the next run
    // In a turn: the handlers that hear of it may destroy anything, this, too.
    loop.run_as_turn([this] {
        connections.abandon_all();
        // Who came while the others were going: a request that was under way may be answered in the middle of a stop.
        for (UpgradeHandler* const handler : all_upgrade_handlers())
            handler->handle_stop();
    });
}

void ApplicationState::stop() {
    ApplicationState* const first = group->members.front();
    first->gate->post([first] { first->begin_stop(); });
}

void ApplicationState::begin_stop() {
    if (stopping_ || is_retired()) return;
    group->saying_goodbye = group->members.size();
    stop_timer_.start(options.shutdown_timeout);
    // A loop that is too busy for the goodbye until the run has ended does not say it in the next one.
    net::send_to_every_loop(group->gates, [group = group.get(), run = runs_](std::size_t i) {
        ApplicationState& member = *group->members[i];
        if (member.runs_ == run) member.say_goodbye();
    });
}

void ApplicationState::say_goodbye() {
    if (stopping_ || is_retired()) return;
    stopping_ = true;
    says_goodbye_ = true;
    close_listeners();
    for (UpgradeHandler* const handler : all_upgrade_handlers())
        handler->handle_stop();
    connections.begin_shutdown();
    if (connections.size() == 0) note_goodbyes_said();
}

// The last one stops the first loop, with which all others end: until then each of them takes what others post.
void ApplicationState::note_goodbyes_said() {
    if (!std::exchange(says_goodbye_, false)) return;
    ApplicationState& first = *group->members.front();
    if (&first == this) return count_goodbye();
    first.gate->post([&first, run = runs_] {
        if (first.runs_ == run) first.count_goodbye();
    });
}

void ApplicationState::count_goodbye() {
    if (--group->saying_goodbye > 0) return;
    stop_timer_.stop();
    loop.stop();
}

}  // namespace parley::web
