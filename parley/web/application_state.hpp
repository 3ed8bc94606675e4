// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parley/base/memory_budget.hpp"
#include "parley/http/limits.hpp"
#include "parley/http/request_head.hpp"
#include "parley/net/loop.hpp"
#include "parley/net/loop_gate.hpp"
#include "parley/net/signals.hpp"
#include "parley/net/timer.hpp"
#include "parley/net/turn_task.hpp"
#include "parley/tls/server_context.hpp"
#include "parley/web/announcer.hpp"
#include "parley/web/application.hpp"
#include "parley/web/application_group.hpp"
#include "parley/web/connection_table.hpp"
#include "parley/web/error_reporter.hpp"
#include "parley/web/mount.hpp"
#include "parley/web/observer.hpp"
#include "parley/web/route_table.hpp"
#include "parley/web/scheduled_calls.hpp"
#include "parley/web/slow_turns.hpp"
#include "parley/web/trusted_proxies.hpp"

namespace parley::web {

class Exchange;

/// An application on one of its loops: what its parts there share, and how it starts and stops. Behind `Application`,
/// whose own is the one on the first loop.
class ApplicationState {
 public:
    /// One on each loop of `group`. `owned` is the first loop, or null if that belongs to somebody else.
    static ApplicationState* make(std::unique_ptr<net::Loop> owned, std::shared_ptr<ApplicationGroup> group,
                                  const ApplicationOptions& options);
    ApplicationState(const ApplicationState&) = delete;
    ApplicationState& operator=(const ApplicationState&) = delete;
    /// The handle goes away: now, or inside a turn, where a handler of this application may be what destroys it, at its
    /// end, with all of the group. The loop goes with it if it is the application's own.
    static void destroy(ApplicationState* first);

 private:
    std::unique_ptr<net::Loop> owned_loop_;  // first, because everything below lives on it

 public:
    const std::shared_ptr<ApplicationGroup> group;
    const std::size_t index;  // in the group
    net::Loop& loop;
    const ApplicationOptions options;
    const http::Limits http_limits;
    const TrustedProxies proxies;
    const std::string keep_alive_lines;  // of every answer behind which the connection stays open
    const std::shared_ptr<net::LoopGate> gate;
    ErrorReporter errors;
    Announcer<ApplicationObserver> observer;
    RouteTable routes;
    MemoryBudget memory;
    ConnectionTable connections;
    ScheduledCalls scheduled_calls;
    SlowTurns slow_turns;

    // From a connection.
    /// The part on the loop that a request with this head belongs to; null where that is this one.
    [[nodiscard]] ApplicationState* home_of(const http::RequestHead& head) const;
    [[nodiscard]] std::size_t body_bytes_max(const http::RequestHead& head) const;
    /// How the route of a request with this head takes its body; null if it has not said so.
    [[nodiscard]] const BodyRule* body_rule(const http::RequestHead& head) const;
    /// Whether anybody would read a long body of a request with this head.
    [[nodiscard]] bool wants_body(const http::RequestHead& head) const;
    void handle_request(Exchange& exchange);
    void handle_upgrade(Exchange& exchange);
    void handle_too_large(Exchange& exchange);
    /// Answers a body that cannot be taken any further.
    void refuse_upload(Exchange& exchange, int status);
    /// Any thread: goes on with a connection from another loop, which has given out `octets` already.
    void adopt_later(std::unique_ptr<net::DetachedStream> stream, std::string octets);
    /// The time as the Date header says it, made once a second.
    [[nodiscard]] std::string_view date();

    // From the application.
    void add_mount(Mount& mount) {
        mounts_.push_back(&mount);
        mount.home_ = this;
    }
    [[nodiscard]] bool is_mounted(std::string_view path) const { return find_mount(path) != nullptr; }
    void add_upgrade_handler(UpgradeHandler& handler) {
        upgrade_handlers_.push_back(&handler);
        handler.home_ = this;
    }
    /// Either kind.
    void remove(UpgradeHandler& handler);
    /// Whether somebody takes the WebSocket upgrades of this path.
    [[nodiscard]] bool takes_upgrades(std::string_view path) const { return find_upgrade_handler(path) != nullptr; }
    Result<void> listen(const ListenOptions& where);
    Result<void> reload_certificates();
    /// Any thread.
    [[nodiscard]] int port() const noexcept { return port_.load(std::memory_order_relaxed); }
    /// Any thread.
    [[nodiscard]] LoopLag loop_lag() const;
    /// Throws SetupError if it runs already.
    int run(const RunOptions& how);
    /// Any thread: the application of all loops stops, soon.
    void stop();
    void begin_stop();
    [[nodiscard]] bool is_stopping() const noexcept { return stopping_; }
    /// How often it has run to the end.
    [[nodiscard]] std::uint64_t runs() const noexcept { return runs_; }
    /// The handle is gone: no handler of the application's is called any more.
    [[nodiscard]] bool is_retired() const noexcept { return end_.has_value(); }

 private:
    ApplicationState(std::unique_ptr<net::Loop> owned, std::shared_ptr<ApplicationGroup> its_group,
                     std::size_t its_index, const ApplicationOptions& options);
    ~ApplicationState() = default;
    void tell_if_it_never_ran() const noexcept;
    void retire();
    void end();
    void close_listeners();
    [[nodiscard]] Mount* find_mount(std::string_view path) const;
    [[nodiscard]] UpgradeHandler* find_upgrade_handler(std::string_view path) const;
    [[nodiscard]] Result<std::unique_ptr<net::Listener>> open_listener(const ListenOptions& where,
                                                                       const std::string& its_refusal,
                                                                       const std::shared_ptr<tls::ServerContext>& tls);
    [[nodiscard]] Result<std::vector<net::Endpoint>> find_addresses(const std::string& host, std::uint16_t port);
    void share_listener(const net::Listener& listener, const std::shared_ptr<tls::ServerContext>& tls);
    /// `tls`: what is spoken on it; null: nothing but HTTP.
    void accept(std::unique_ptr<net::Stream> stream, const tls::ServerContext* tls);
    [[nodiscard]] bool is_crowded() const;
    [[nodiscard]] ApplicationState& least_loaded();
    void adopt(std::unique_ptr<net::DetachedStream> stream, std::string octets);
    void say_goodbye();
    void note_goodbyes_said();
    void count_goodbye();
    void end_run();
    void report_exhausted();
    [[nodiscard]] std::vector<UpgradeHandler*> all_upgrade_handlers() const;

    std::vector<Mount*> mounts_;
    std::vector<UpgradeHandler*> upgrade_handlers_;
    std::vector<std::unique_ptr<net::Listener>> listeners_;
    std::vector<std::shared_ptr<tls::ServerContext>> tls_contexts_;  // of those that speak TLS
    std::atomic<int> port_ = 0;                                      // of the first
    net::Timer stop_timer_;
    std::string date_;
    std::chrono::sys_seconds date_at_{};
    std::atomic<bool> running_ = false;
    bool stopping_ = false;
    bool says_goodbye_ = false;
    std::uint64_t runs_ = 0;                     // that have ended
    std::unique_ptr<net::SignalWatch> signals_;  // while it runs
    std::optional<net::TurnTask> end_;           // once the handle is gone
};

/// What those are told who want something of an application that is gone.
[[nodiscard]] inline Error application_gone() {
    return {ErrorCode::invalid_argument,
            "The application of this server is gone; it must live for as long as the server is to run."};
}

}  // namespace parley::web
