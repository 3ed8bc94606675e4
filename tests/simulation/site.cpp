// SPDX-License-Identifier: MIT
#include "tests/simulation/site.hpp"

#include <csignal>

#include <utility>

#include "parley/net/loop.hpp"
#include "parley/web/application_state.hpp"
#include "tests/simulation/socketio_client.hpp"
#include "tests/simulation/web_peers.hpp"

namespace parley::simulation {

using namespace std::chrono_literals;

namespace {

// A network without faults, and a machine that is not busy.
constexpr net::SimulatedNetworkOptions healed{
    .delay_max = 5ms, .wake_delay_max = 1ms, .pause_max = 1ms, .shuffle = true};

// Beyond the longest of all times that a swarm may draw.
constexpr Duration content_within = 240s;

// How long a stop takes when everybody answers its goodbye, or is waited for no longer than any peer.
constexpr Duration prompt_end = ClosingLimits().linger_timeout + 500ms;

// What is counted for a connection, and for a session, for which nothing is kept.
constexpr std::size_t idle_bytes = 2'560;

}  // namespace

Site::Site(std::uint64_t seed, bool traces) : context_(seed, traces), program_(std::make_unique<Program>(context_)) {
    const Swarm& swarm = context_.swarm;
    const auto add = [&]<typename T>(int count, const char* name, T*) {
        for (int i = 0; i < count; ++i)
            actors_.push_back(std::make_unique<T>(context_, name + std::to_string(i)));
    };
    add(swarm.clients, "client ", static_cast<SocketIoClient*>(nullptr));
    add(swarm.http_peers, "http ", static_cast<HttpPeer*>(nullptr));
    add(swarm.websocket_peers, "websocket ", static_cast<WebSocketPeer*>(nullptr));
    add(swarm.attackers, "attacker ", static_cast<Attacker*>(nullptr));
}

Site::~Site() = default;

void Site::run() {
    for (const auto& actor : actors_)
        actor->begin();
    calm_at_ = context_.network.now() + context_.swarm.length;
    context_.network.plan(context_.swarm.length, [this] { calm_down(); });
    if (context_.swarm.stops > 0) plan_stop(context_.chance.time(context_.swarm.length));
    while (!is_done_)
        serve();
    check_end();
}

void Site::serve() {
    program_->application().listen({.port = Context::port, .host = {}});
    context_.report.note("runs");
    if (has_run_) context_.moments.note(Moment::restarted);
    has_run_ = true;
    is_running_ = true;
    program_->application().run();
    is_running_ = false;
    context_.report.note("ran");
    if (context_.network.now() - asked_to_stop_at_ >= context_.swarm.application.shutdown_timeout)
        context_.moments.note(Moment::cut_by_shutdown_timeout);
    // Between the end of one run and the beginning of the next nobody listens.
    if (!is_done_) context_.network.run_for(context_.chance.time(2s));
}

void Site::plan_stop(Duration from_now) {
    context_.network.plan(from_now, [this] {
        for (const auto& actor : actors_) {
            const bool is_client = dynamic_cast<const SocketIoClient*>(actor.get()) != nullptr;
            if (actor->is_busy())
                context_.moments.note(is_client ? Moment::stopped_during_upgrade : Moment::stopped_during_request);
        }
        asked_to_stop_at_ = context_.network.now();
        if (context_.chance.one_in(3)) return context_.network.raise(SIGTERM);
        context_.network.loop().post([this] { program_->stop(); });
    });
}

void Site::calm_down() {
    context_.report.note("calm");
    context_.is_calm = true;
    context_.network.change(healed);
    context_.network.loop().post([this] { program_->calm_down(); });
    for (const auto& actor : actors_)
        actor->calm_down();
    await_content(context_.network.now() + content_within);
}

// Asked on the loop, as a program would.
void Site::await_content(TimePoint deadline) {
    context_.network.plan(1s, [this, deadline] {
        context_.network.loop().post([this, deadline] {
            program_->calm_down();
            program_->check();
            const std::string what = complaint();
            context_.report.note("complaint: ", what);
            if (!what.empty() && context_.network.now() < deadline) return await_content(deadline);
            if (!what.empty()) context_.report.violation("at the end ", what);
            is_done_ = true;
            stop_at_ = context_.network.now();
            plan_stop(1ms);
        });
    });
}

std::string Site::complaint() const {
    if (!is_running_) return "nobody runs the server";
    if (std::string what = program_->complaint(); !what.empty()) return what;
    std::size_t clients = 0;
    std::size_t connections = 0;
    for (const auto& actor : actors_) {
        if (std::string what = actor->complaint(); !what.empty()) return what;
        connections += actor->connections();
        if (dynamic_cast<const SocketIoClient*>(actor.get()) != nullptr) ++clients;
    }
    if (const std::size_t count = program_->clients_count(); count != clients)
        return "there are " + std::to_string(count) + " sessions of " + std::to_string(clients) + " clients";
    const std::size_t open = context_.network.open_streams();
    if (all_silent_end() && open > connections)
        return "there are " + std::to_string(open) + " connections for " + std::to_string(connections);
    // Nothing is kept for whoever is content.
    const std::size_t kept_max = idle_bytes * (open + clients);
    std::size_t kept = 0;
    for (std::size_t i = 0; i < context_.loops.size(); ++i)
        kept += program_->application().part(i).memory.bytes();
    if (kept > kept_max) return std::to_string(kept) + " octets are kept, not " + std::to_string(kept_max);
    return context_.ledger.complaint();
}

// A WebSocket that is never pinged stays as long as its silent peer.
bool Site::all_silent_end() const {
    return context_.swarm.websocket.ping_interval > Duration::zero();
}

void Site::check_end() {
    net::SimulatedNetwork& network = context_.network;
    const Duration took = network.now() - stop_at_;
    if (is_done_ && took > context_.swarm.application.shutdown_timeout + 200ms)
        context_.report.violation("the end took ", std::chrono::duration<double>(took).count(), " seconds");
    if (is_done_ && all_silent_end() && took > prompt_end)
        context_.report.violation("the end took ", std::chrono::duration<double>(took).count(),
                                  " seconds although nobody held it up");
    if (is_done_) {
        context_.ledger.check_empty("by the end of the run");
        if (const std::size_t count = program_->clients_count(); count > 0)
            context_.report.violation(count, " clients are left by the end of the run");
    }
    context_.is_over = true;
    if (context_.chance.one_in(2)) network.run_for(5s);
    program_->destroy_all();
    network.run_for(3min);
    if (network.open_streams() > 0) context_.report.violation(network.open_streams(), " connections are left");
    for (const net::Loop* const loop : context_.loops)
        if (loop->next_deadline() != no_deadline) context_.report.violation("a timer is left on a loop");
    program_.reset();
}

}  // namespace parley::simulation
