// SPDX-License-Identifier: MIT
#include "parley/web/application.hpp"

#include <algorithm>
#include <chrono>
#include <expected>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "parley/base/no_function.hpp"
#include "parley/net/call_frame.hpp"
#include "parley/net/loop_gate.hpp"
#include "parley/task/home.hpp"
#include "parley/web/application_state.hpp"
#include "parley/web/path_pattern.hpp"
#include "parley/web/router.hpp"
#include "parley/web/setup_failure.hpp"
#include "parley/web/trusted_proxies.hpp"

namespace parley {

namespace {

// The head's positions have 16 bits; and a body in chunks needs the size and the end of each.
const ApplicationOptions& checked(const ApplicationOptions& options) {
    constexpr std::size_t head_bytes_possible = 65'535;
    constexpr std::size_t chunk_overhead_needed = 64;
    constexpr std::size_t threads_possible = 1'024;
    const auto refuse = [](std::string problem) {
        throw SetupError({ErrorCode::invalid_argument, std::move(problem)});
    };
    const std::pair<const char*, bool> needed[] = {
        {"head_bytes_max", options.head_bytes_max > 0},
        {"request_line_bytes_max", options.request_line_bytes_max > 0},
        {"method_bytes_max", options.method_bytes_max > 0},
        {"headers_max", options.headers_max > 0},
        {"head_timeout", options.head_timeout.count() > 0},
        {"body_grace", options.body_grace.count() > 0},
        {"keep_alive_timeout", options.keep_alive_timeout.count() > 0},
        {"stall_timeout", options.stall_timeout.count() > 0},
        {"answer_bytes_waiting_max", options.answer_bytes_waiting_max > 0},
        {"closing.stall_timeout", options.closing.stall_timeout.count() > 0},
        {"closing.bytes_per_second_min", options.closing.bytes_per_second_min > 0},
        {"closing.linger_timeout", options.closing.linger_timeout.count() > 0},
        {"closing.read_bytes_max", options.closing.read_bytes_max > 0},
        {"closing.read_interval", options.closing.read_interval.count() > 0},
    };
    for (const auto& [name, is_there] : needed)
        if (!is_there) refuse(std::string(name) + " must be more than zero");
    if (options.slow_turn.count() < 0) refuse("slow_turn must be 0 or more");
    const auto proxies = web::TrustedProxies::parse(options.trust_proxy, http::ForwardedHeaders::x_forwarded);
    if (!proxies) throw SetupError(proxies.error());
    if (options.trust_forwarded && proxies->is_nobody()) refuse("trust_forwarded needs trust_proxy: who is believed");
    if (options.threads > threads_possible) refuse("threads can be 1,024 at most");
    if (options.head_bytes_max > head_bytes_possible) refuse("head_bytes_max can be 65,535 at most");
    if (options.chunk_overhead_bytes_max < chunk_overhead_needed)
        refuse("chunk_overhead_bytes_max must be 64 at least");
    return options;
}

std::size_t threads_of(const ApplicationOptions& options) {
    return options.threads > 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());
}

// Who runs the loop does not run others beside it.
const ApplicationOptions& alone(const ApplicationOptions& options) {
    if (options.threads != 1)
        throw SetupError({ErrorCode::invalid_argument, "threads is 1 where the loop belongs to somebody else"});
    return options;
}

web::ApplicationState* make_own(const ApplicationOptions& options) {
    web::tell_uncaught_setup_errors();
    std::unique_ptr<net::Loop> loop = net::make_loop();
    auto group = std::make_shared<web::ApplicationGroup>(*loop, threads_of(options));
    return web::ApplicationState::make(std::move(loop), std::move(group), options);
}

void must(Result<void> result) {
    if (!result) throw SetupError(std::move(result.error()));
}

Error elsewhere(const char* member) {
    return {ErrorCode::invalid_argument, std::string(member) +
                                             " was called from another thread than the one that runs the application: "
                                             "call it before run(), or use post()."};
}

void must_be_pattern(std::string_view text, web::PathPattern::Extent extent) {
    if (Result<web::PathPattern> pattern = web::PathPattern::parse(text, extent); !pattern)
        throw SetupError(std::move(pattern.error()));
}

// What can be refused with a sentence is, where a debug build has not ended the process.
bool is_here(const web::ApplicationState& state, const char* member) {
    return state.group->is_on_a_loop() || net::may_call(*state.gate, member);
}

void check_here([[maybe_unused]] const web::ApplicationState& state, [[maybe_unused]] const char* member) {
#if !defined(NDEBUG)
    static_cast<void>(is_here(state, member));
#endif
}

void must_be_here(const web::ApplicationState& state, const char* member) {
    if (!is_here(state, member)) throw SetupError(elsewhere(member));
}

}  // namespace

Application::Application(ApplicationOptions options) : state_(make_own(checked(options))) {}

Application::Application(net::Loop& loop, ApplicationOptions options)
    : state_(web::ApplicationState::make(nullptr, std::make_shared<web::ApplicationGroup>(loop, std::size_t{1}),
                                         checked(alone(options)))) {}

Application::Application(web::LoopList list, ApplicationOptions options)
    : state_(web::ApplicationState::make(
          nullptr,
          std::make_shared<web::ApplicationGroup>(std::vector<net::Loop*>(list.loops.begin(), list.loops.end())),
          checked(options))) {}

Application::~Application() {
    web::ApplicationState::destroy(state_);
}

void Application::add_route(const web::Route& route, web::Handler handler) {
    must_be_here(*state_, "Application::get() or another of the routes");
    if (!handler) throw no_function("a route of an Application");
    must_be_pattern(route.pattern, web::PathPattern::Extent::whole);
    net::give_to_every_loop(
        state_->group->gates, std::move(handler),
        [group = state_->group.get(), method = std::string(route.method), pattern = std::string(route.pattern),
         body = route.body](std::size_t i, web::Handler given) {
            must(group->members[i]->routes.add_route({method, pattern, body}, std::move(given)));
        });
}

void Application::add_middleware(TextView prefix, web::Handler handler) {
    must_be_here(*state_, "Application::use()");
    if (!handler) throw no_function("Application::use()");
    must_be_pattern(prefix, web::PathPattern::Extent::prefix);
    net::give_to_every_loop(
        state_->group->gates, std::move(handler),
        [group = state_->group.get(), its_prefix = std::string(prefix)](std::size_t i, web::Handler given) {
            must(group->members[i]->routes.add_middleware(its_prefix, std::move(given)));
        });
}

void Application::add_middleware(TextView prefix, web::ErrorHandler handler) {
    must_be_here(*state_, "Application::use()");
    if (!handler) throw no_function("Application::use()");
    must_be_pattern(prefix, web::PathPattern::Extent::prefix);
    net::give_to_every_loop(
        state_->group->gates, std::move(handler),
        [group = state_->group.get(), its_prefix = std::string(prefix)](std::size_t i, web::ErrorHandler given) {
            must(group->members[i]->routes.add_error_handler(its_prefix, std::move(given)));
        });
}

void Application::add_router(TextView prefix, Router& router) {
    must_be_here(*state_, "Application::use()");
    for (Router::Entry& entry : router.take(prefix)) {
        switch (entry.kind) {
            case Router::Kind::route:
                add_route({entry.method, entry.pattern, entry.body}, std::move(entry.handler));
                break;
            case Router::Kind::middleware:
                add_middleware(entry.pattern, std::move(entry.handler));
                break;
            case Router::Kind::failures:
                add_middleware(entry.pattern, std::move(entry.error_handler));
                break;
        }
    }
}

void Application::set_fallback(web::Handler handler) {
    net::give_to_every_loop(state_->group->gates, std::move(handler),
                            [group = state_->group.get()](std::size_t i, web::Handler given) {
                                group->members[i]->routes.set_fallback(std::move(given));
                            });
}

void Application::on_error(Function<void(const HandlerFailure&)> handler) {
    static_cast<void>(is_here(*state_, "Application::on_error()"));
    net::give_to_every_loop(state_->group->gates, std::move(handler),
                            [group = state_->group.get()](std::size_t i, Function<void(const HandlerFailure&)> given) {
                                group->members[i]->errors.set_hook(std::move(given));
                            });
}

void Application::listen(int port) {
    listen({.port = port, .host = {}});
}

void Application::listen(const ListenOptions& options) {
    must(try_listen(options));
}

Result<void> Application::try_listen(const ListenOptions& options) {
    if (!is_here(*state_, "Application::listen()")) return std::unexpected(elsewhere("Application::listen()"));
    const net::LoopHalt halt(state_->group->loops);
    return state_->listen(options);
}

Result<void> Application::reload_certificates() {
    if (!is_here(*state_, "Application::reload_certificates()")) {
        return std::unexpected(elsewhere("Application::reload_certificates()"));
    }
    return state_->reload_certificates();
}

int Application::port() const {
    return state_->port();
}

int Application::run(const RunOptions& options) {
    return state_->run(options);
}

bool Application::is_stopping() const {
    return state_->is_stopping();
}

void Application::stop() {
    state_->stop();
}

void Application::post(Function<void()> function) {
    if (!function) return;
    net::keep(*state_->gate, function);
    state_->gate->post([state = state_, function = std::move(function)]() mutable {
        if (state->is_retired()) return;
        state->errors.contain("a posted function", [&] {
            const net::CallFrame frame(*state->gate);
            function();
        });
    });
}

TimePoint Application::now() const {
    check_here(*state_, "Application::now()");
    return state_->group->here().loop.now();
}

WallTime Application::wall_time() const {
    check_here(*state_, "Application::wall_time()");
    return state_->group->here().loop.wall_time_milliseconds();
}

ScheduledCall Application::after(Delay delay, Function<void()> function) {
    if (!function) return {};
    return state_->scheduled_calls.add(std::move(function), {.delay = delay});
}

ScheduledCall Application::every(Delay interval, Function<void()> function) {
    if (!function) return {};
    if (interval <= Duration::zero()) {
        post([state = state_] {
            state->errors.report({.where = "every",
                                  .message = "an interval of 0 is taken for a millisecond; 1s / 30 is 0 in whole "
                                             "seconds: write 1s / 30.0"});
        });
    }
    const Duration paced = std::max<Duration>(interval, std::chrono::milliseconds(1));
    return state_->scheduled_calls.add(std::move(function), {.delay = paced, .interval = paced});
}

void Application::mount(web::Mount& mount) {
    must_be_here(*state_, "Application::mount()");
    state_->add_mount(mount);
}

void Application::unmount(web::Mount& mount) {
    net::check_thread(*state_->gate, "Application::unmount()");
    state_->remove(mount);
}

void Application::mount_upgrade(web::UpgradeHandler& handler) {
    must_be_here(*state_, "Application::mount_upgrade()");
    state_->add_upgrade_handler(handler);
}

void Application::unmount_upgrade(web::UpgradeHandler& handler) {
    net::check_thread(*state_->gate, "Application::unmount_upgrade()");
    state_->remove(handler);
}

std::size_t Application::memory_used() const {
    check_here(*state_, "Application::memory_used()");
    return state_->group->here().memory.all_bytes();
}

std::uint64_t Application::peers_shed() const {
    check_here(*state_, "Application::peers_shed()");
    return state_->group->here().memory.all_shed_count();
}

MemoryBudget& Application::memory() {
    net::check_thread(*state_->gate, "Application::memory()");
    return state_->memory;
}

std::size_t Application::threads() const {
    return state_->group->loops.size();
}

LoopLag Application::loop_lag(std::size_t loop_index) const {
    return loop_index < threads() ? state_->group->members[loop_index]->loop_lag() : LoopLag();
}

void Application::reset_loop_lag() {
    for (web::ApplicationState* const member : state_->group->members)
        member->loop.reset_lag();
}

task::Home Application::task_home() const {
    return {state_->gate, [state = state_] { state->errors.report_current("task"); }};
}

net::Loop& Application::loop() {
    return state_->loop;
}

web::ApplicationState& Application::part(std::size_t loop_index) {
    return *state_->group->members[loop_index];
}

void Application::report(const HandlerFailure& failure) {
    check_here(*state_, "Application::report()");
    state_->group->here().errors.report(failure);
}

bool Application::is_mounted(std::string_view path) const {
    net::check_thread(*state_->gate, "Application::is_mounted()");
    return state_->is_mounted(path);
}

void Application::report_current_exception(std::string_view where) {
    check_here(*state_, "Application::report_current_exception()");
    state_->group->here().errors.report_current(where);
}

}  // namespace parley
