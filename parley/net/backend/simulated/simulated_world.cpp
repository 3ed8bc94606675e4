// SPDX-License-Identifier: MIT
#include "parley/net/backend/simulated/simulated_world.hpp"

#include <algorithm>

#include "parley/net/backend/simulated/simulated_backend.hpp"

namespace parley::net::detail {

SimulatedWorld::SimulatedWorld(std::uint64_t seed, const SimulatedNetworkOptions& options)
    : options_(options), random_(seed) {}

SimulatedWorld::~SimulatedWorld() = default;

Duration SimulatedWorld::random_time(Duration longest) {
    if (longest <= Duration::zero()) return Duration::zero();
    return Duration(static_cast<Duration::rep>(random_.below(static_cast<std::uint64_t>(longest.count()) + 1)));
}

Duration SimulatedWorld::random_delay() {
    if (!options_.delay) return Duration::zero();
    const Duration delay = random_time(options_.delay_max);
    if (options_.tick <= Duration::zero() || random_.one_in(2)) return delay;
    const Duration past = (now_ + delay).time_since_epoch() % options_.tick;
    return past == Duration::zero() ? delay : delay + options_.tick - past;
}

bool SimulatedWorld::is_later(const Event& left, const Event& right) {
    return left.time != right.time ? left.time > right.time : left.number > right.number;
}

void SimulatedWorld::plan(TimePoint time, Function<void()> event) {
    events_.push_back({std::max(time, now_), event_count_++, std::move(event)});
    std::ranges::push_heap(events_, is_later);
}

Loop& SimulatedWorld::add_loop() {
    auto backend = std::make_unique<SimulatedBackend>(*this, random_.next());
    backends_.push_back(backend.get());
    members_.push_back({backend.get(), std::make_unique<Loop>(std::move(backend))});
    return *members_.back().loop;
}

void SimulatedWorld::run_due_events() {
    while (!events_.empty() && events_.front().time <= now_) {
        std::ranges::pop_heap(events_, is_later);
        Event event = std::move(events_.back());
        events_.pop_back();
        event.run();
    }
}

bool SimulatedWorld::run_loops(const SimulatedBackend* asking) {
    bool any = false;
    for (const Member& member : members_) {
        if (member.backend == asking) continue;
        if (!member.backend->has_work() && member.loop->next_deadline() > now_) continue;
        member.loop->run_turn(now_);
        any = true;
    }
    return any;
}

TimePoint SimulatedWorld::next_event() const {
    return events_.empty() ? no_deadline : events_.front().time;
}

TimePoint SimulatedWorld::next_time(const SimulatedBackend* asking) const {
    TimePoint next = next_event();
    for (const Member& member : members_) {
        if (member.backend != asking) next = std::min(next, member.loop->next_deadline());
    }
    return next;
}

void SimulatedWorld::move_to(TimePoint time) {
    now_ = std::max(now_, time);
}

void SimulatedWorld::pass(Duration duration) {
    const TimePoint end = now_ + duration;
    for (TimePoint next = next_event(); next <= end; next = next_event()) {
        move_to(next);
        run_due_events();
    }
    move_to(end);
}

void SimulatedWorld::pause() {
    if (options_.pause_max > Duration::zero() && is_hit(options_.pauses)) pass(random_time(options_.pause_max));
}

std::uint16_t SimulatedWorld::bind(SimulatedListener& listener, std::uint16_t port, bool reuse_port) {
    if (port == 0) {
        while (bindings_.contains(next_port_))
            ++next_port_;
        port = next_port_++;
    }
    const auto [first, last] = bindings_.equal_range(port);
    const bool is_free =
        std::all_of(first, last, [&](const auto& entry) { return reuse_port && entry.second.reuse_port; });
    if (!is_free) return 0;
    bindings_.emplace(port, Binding{&listener, reuse_port});
    return port;
}

void SimulatedWorld::share(const SimulatedListener& listener, SimulatedListener& other) {
    const auto found =
        std::ranges::find_if(bindings_, [&](const auto& entry) { return entry.second.listener == &listener; });
    if (found != bindings_.end()) bindings_.emplace(found->first, Binding{&other, found->second.reuse_port});
}

void SimulatedWorld::unbind(SimulatedListener& listener) {
    std::erase_if(bindings_, [&](const auto& entry) { return entry.second.listener == &listener; });
}

SimulatedListener* SimulatedWorld::listener_on(std::uint16_t port) {
    const auto [first, last] = bindings_.equal_range(port);
    const auto count = std::distance(first, last);
    if (count == 0) return nullptr;
    const auto chosen = count == 1 ? 0 : random_.below(static_cast<std::uint64_t>(count));
    return std::next(first, static_cast<std::ptrdiff_t>(chosen))->second.listener;
}

Reachability SimulatedWorld::reachability(const Endpoint& endpoint) const {
    const auto known = reachabilities.find(endpoint.address());
    return known == reachabilities.end() ? Reachability::reached : known->second;
}

Endpoint SimulatedWorld::next_client_endpoint() {
    const std::uint32_t client = next_client_++;
    return Endpoint::loopback(static_cast<std::uint16_t>(50'000 + client % 10'000));
}

// FNV-1a
void SimulatedWorld::trace(std::uint64_t value) {
    for (int shift = 0; shift < 64; shift += 8)
        trace_hash_ = (trace_hash_ ^ ((value >> shift) & 0xff)) * 0x100000001b3;
}

void SimulatedWorld::trace(std::string_view octets) {
    trace(static_cast<std::uint64_t>(now_.time_since_epoch().count()));
    trace(octets.size());
    for (const char octet : octets)
        trace_hash_ = (trace_hash_ ^ static_cast<unsigned char>(octet)) * 0x100000001b3;
}

}  // namespace parley::net::detail
