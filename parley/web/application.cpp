// SPDX-License-Identifier: MIT
#include "parley/web/application.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

#include "parley/web/application_state.hpp"

namespace parley {

namespace {

web::ApplicationState* make_own(const ApplicationOptions& options) {
    std::unique_ptr<net::Loop> loop = net::make_loop();
    net::Loop& its_loop = *loop;
    return new web::ApplicationState(std::move(loop), its_loop, options);
}

void must(Result<void> result) {
    if (!result) throw SetupError(std::move(result.error()));
}

}  // namespace

Application::Application(ApplicationOptions options) : state_(make_own(options)) {}

Application::Application(net::Loop& loop, ApplicationOptions options)
    : state_(new web::ApplicationState(nullptr, loop, options)) {}

Application::~Application() {
    delete state_;
}

void Application::add_route(std::string_view method, TextView pattern, web::Handler handler) {
    must(state_->router.add_route(method, pattern, std::move(handler)));
}

void Application::add_middleware(TextView prefix, web::Handler handler) {
    must(state_->router.add_middleware(prefix, std::move(handler)));
}

void Application::add_middleware(TextView prefix, web::ErrorHandler handler) {
    must(state_->router.add_error_handler(prefix, std::move(handler)));
}

void Application::set_fallback(web::Handler handler) {
    state_->router.set_fallback(std::move(handler));
}

void Application::on_error(Function<void(const HandlerFailure&)> handler) {
    state_->errors.set_hook(std::move(handler));
}

void Application::listen(int port) {
    listen({.port = port, .host = {}});
}

void Application::listen(const ListenOptions& options) {
    must(try_listen(options));
}

Result<void> Application::try_listen(const ListenOptions& options) {
    return state_->listen(options);
}

int Application::port() const {
    return state_->port();
}

int Application::run(const RunOptions& options) {
    return state_->run(options);
}

void Application::stop() {
    state_->gate->post([state = state_] { state->begin_stop(); });
}

void Application::post(Function<void()> function) {
    if (!function) return;
    state_->gate->post([state = state_, function = std::move(function)]() mutable {
        state->errors.contain("a posted function", [&] { function(); });
    });
}

ScheduledCall Application::after(Duration delay, Function<void()> function) {
    if (!function) return {};
    return state_->scheduled_calls.add(std::move(function), {.delay = delay});
}

ScheduledCall Application::every(Duration interval, Function<void()> function) {
    if (!function) return {};
    const Duration paced = std::max<Duration>(interval, std::chrono::milliseconds(1));
    return state_->scheduled_calls.add(std::move(function), {.delay = paced, .interval = paced});
}

void Application::mount(web::Mount& mount) {
    state_->add_mount(mount);
}

void Application::unmount(web::Mount& mount) {
    state_->remove_mount(mount);
}

void Application::mount_upgrade(web::UpgradeHandler& handler) {
    state_->add_upgrade_handler(handler);
}

void Application::unmount_upgrade(web::UpgradeHandler& handler) {
    state_->remove_upgrade_handler(handler);
}

std::size_t Application::memory_used() const {
    return state_->memory.bytes();
}

std::uint64_t Application::peers_shed() const {
    return state_->memory.shed_count();
}

MemoryBudget& Application::memory() {
    return state_->memory;
}

net::Loop& Application::loop() {
    return state_->loop;
}

void Application::report(const HandlerFailure& failure) {
    state_->errors.report(failure);
}

bool Application::is_mounted(std::string_view path) const {
    return state_->is_mounted(path);
}

void Application::keep_while_running(Function<void()> kept) {
    state_->keep_while_running(std::move(kept));
}

void Application::report_current_exception(std::string_view where) {
    state_->errors.report_current(where);
}

}  // namespace parley
