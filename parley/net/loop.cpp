// SPDX-License-Identifier: MIT
#include "parley/net/loop.hpp"

#include <algorithm>
#include <utility>

#include "parley/net/backend/backend.hpp"
#include "parley/net/exact_timer.hpp"
#include "parley/net/mailbox.hpp"

namespace parley::net {

// A timer that belongs to nobody: it destroys itself when it has expired.
struct Loop::OwnedTimer : ListHook {
    OwnedTimer(Loop& loop, Function<void()> on_expired)
        : function(std::move(on_expired)), timer(loop, [this] {
              const std::unique_ptr<OwnedTimer> self(this);
              function();
          }) {}

    Function<void()> function;
    Timer timer;
};

Loop::Loop(std::unique_ptr<Backend> backend)
    : backend_(std::move(backend)), mailbox_(std::make_shared<Mailbox>(*backend_)), timers_(backend_->now()) {}

Loop::~Loop() {
    while (LoopGuest* const guest = mailbox_->take_guest())
        run_as_turn([guest] { guest->handle_loop_end(); });
    backend_->stop();
    mailbox_->close();
    while (OwnedTimer* timer = owned_timers_.pop_front())
        delete timer;
    timers_.clear();
}

void Loop::run() {
    const std::shared_ptr<Mailbox> mailbox = mailbox_;  // a turn may be the end of this
    mailbox->begin_run();
    TimePoint now = clock();
    do {
        if (!take_turn(no_deadline, now)) break;
    } while (!mailbox->is_stop_requested());
    mailbox->end_run();
    mailbox->take_stop();
}

void Loop::stop() {
    mailbox_->request_stop();
}

void Loop::post(Function<void()> function) {
    if (!function) return;
    mailbox_->push(std::move(function));
}

void Loop::after(Duration from_now, Function<void()> function) {
    if (!function) return;
    auto timer = std::make_unique<OwnedTimer>(*this, std::move(function));
    timer->timer.start(from_now);
    owned_timers_.push_back(*timer.release());
}

TimePoint Loop::clock() const {
    return backend_->now();
}

TimePoint Loop::deadline_after(Duration from_now) const {
    const TimePoint now = clock();
    return from_now < no_deadline - now ? now + from_now : no_deadline - Duration(1);
}

bool Loop::is_current() const noexcept {
    return mailbox_->is_in_turn();
}

std::chrono::sys_seconds Loop::wall_time() const {
    return std::chrono::floor<std::chrono::seconds>(wall_time_milliseconds());
}

WallTime Loop::wall_time_milliseconds() const {
    return backend_->wall_time();
}

EntropySource& Loop::entropy() {
    return backend_->entropy();
}

Result<std::unique_ptr<Listener>> Loop::listen(const Endpoint& endpoint, const ListenOptions& options,
                                               OnAccept on_accept) {
    return backend_->listen(*this, endpoint, options, std::move(on_accept));
}

std::unique_ptr<Stream> Loop::adopt(std::unique_ptr<DetachedStream> stream) {
    return stream->attach(*this);
}

std::unique_ptr<Pending> Loop::connect(const Endpoint& endpoint, const ConnectOptions& options,
                                       OnConnected on_connected) {
    return backend_->connect(*this, endpoint, options, std::move(on_connected));
}

std::unique_ptr<Pending> Loop::connect_local(const std::string& path, const ConnectOptions& options,
                                             OnConnected on_connected) {
    return backend_->connect_local(*this, path, options, std::move(on_connected));
}

std::unique_ptr<Pending> Loop::resolve(std::string host, std::uint16_t port, OnResolved on_resolved) {
    return backend_->resolve(*this, std::move(host), port, std::move(on_resolved));
}

Result<std::unique_ptr<SignalWatch>> Loop::on_signals(std::initializer_list<int> signals,
                                                      Function<void(int)> on_signal) {
    return backend_->on_signals(std::span(signals.begin(), signals.size()), std::move(on_signal));
}

TimePoint Loop::next_deadline() const {
    const bool has_work = !mailbox_->is_empty() || mailbox_->is_stop_requested() || !tasks_.empty() ||
                          !next_tasks_.empty() || !dirty_.empty();
    return has_work ? TimePoint{} : std::min(timers_.next_wake(), exact_timers_.next_deadline());
}

int Loop::descriptor() const noexcept {
    return backend_->descriptor();
}

bool Loop::run_turn(TimePoint deadline) {
    TimePoint now = clock();
    return take_turn(deadline, now);
}

// `now` becomes the moment when the turn was over: the next sleep begins with it, so that the clock is read no oftener.
bool Loop::take_turn(TimePoint deadline, TimePoint& now) {
    const bool may_go_on = backend_->wait(now, std::min(deadline, next_deadline()));
    begin_turn();
    handle_turn();
    now = end_turn();  // perhaps the end of this
    return may_go_on;
}

void Loop::run_as_turn(Function<void()> function) {
    if (is_current()) return function();
    begin_turn();
    handle_function(function);
    end_turn();
}

void Loop::destroy_after_turn(std::unique_ptr<Loop> loop) noexcept {
    Loop& doomed = *loop;
    doomed.self_ = std::move(loop);
}

void Loop::begin_turn() {
    in_turn_ = true;
    ++turn_;
    mailbox_->begin_turn();
    turn_time_ = backend_->now();
    meter_.begin(turn_time_);
}

void Loop::handle_function(Function<void()>& function) noexcept {
    contain(function);
    run_tasks();
    flush_streams();
}

TimePoint Loop::end_turn() noexcept {
    if (std::exchange(has_ending_, false)) run_tasks();
    const TimePoint now = backend_->now();
    meter_.end(now);
    mailbox_->end_turn();
    in_turn_ = false;
    const std::unique_ptr<Loop> end = std::move(self_);
    return now;
}

void Loop::handle_turn() noexcept {
    tasks_.take_all(next_tasks_);
    contain([this] { backend_->dispatch(); });
    run_posted();
    run_timers();
    run_tasks();
    flush_streams();
}

void Loop::run_posted() {
    if (mailbox_->is_empty()) return;
    for (Function<void()>& posted : mailbox_->take()) {
        Function<void()> function = std::move(posted);
        contain(function);
    }
    mailbox_->run_calls();
}

void Loop::run_timers() {
    IntrusiveList<detail::DeadlineNode> exact;
    if (exact_timers_.next_deadline() <= turn_time_) exact_timers_.advance(turn_time_, exact);
    IntrusiveList<detail::TimerNode> expired;
    timers_.advance(turn_time_, expired);
    while (detail::DeadlineNode* node = exact.pop_front())
        static_cast<ExactTimer*>(node)->call_.run();
    while (detail::TimerNode* node = expired.pop_front())
        static_cast<Timer*>(node)->call_.run();
}

void Loop::run_tasks() {
    while (TurnTask* task = tasks_.pop_front())
        task->run();
}

// Streams that get something to send from now on wait for the next turn, so that none can hold up the others.
void Loop::flush_streams() {
    IntrusiveList<Stream> flushing;
    flushing.take_all(dirty_);
    while (Stream* stream = flushing.pop_front())
        contain([stream] { stream->handle_flush(); });
}

}  // namespace parley::net
