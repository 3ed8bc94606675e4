// SPDX-License-Identifier: MIT
#include "parley/task/spawn.hpp"

#include "parley/base/error.hpp"
#include "parley/net/call_frame.hpp"
#include "parley/net/loop_gate.hpp"
#include "parley/net/mailbox.hpp"
#include "parley/task/root.hpp"

namespace parley {

namespace task {

namespace {

// A task on its way to its loop. Where it does not get there, it is over.
struct Starting {
    Starting(Home&& its_home, Task<void>&& its_task, std::shared_ptr<Link> its_link) noexcept
        : home(std::move(its_home)), task(std::move(its_task)), link(std::move(its_link)) {}
    Starting(Starting&&) noexcept = default;
    ~Starting() {
        if (link) link->is_over.store(true, std::memory_order_release);
    }
    void start() {
        if (link->is_cancelled.load(std::memory_order_acquire)) return;
        std::shared_ptr<Link> its_link = std::exchange(link, nullptr);
        Root::start(std::move(home), std::move(task), std::move(its_link));
    }

    Home home;
    Task<void> task;
    std::shared_ptr<Link> link;
};

}  // namespace

SpawnedTask spawn(Home home, Task<void> task) {
    const auto link = std::make_shared<Link>();
    link->gate = home.gate;
    if (!home.gate) {
        link->is_over = true;
        return SpawnedTask(link);
    }
    const std::shared_ptr<net::LoopGate> gate = home.gate;
    Function<void()> start = [starting = Starting(std::move(home), std::move(task), link)]() mutable {
        starting.start();
    };
    net::keep(*gate, start);
    gate->post(std::move(start));
    return SpawnedTask(link);
}

void continue_with(Root& root, std::coroutine_handle<> coroutine) noexcept {
    root.continue_with(coroutine);
}

AddressRange dying_addresses() noexcept {
    return net::CallFrame::dying_here();
}

void refuse_dying_parameter() {
    throw SetupError(
        {ErrorCode::invalid_argument,
         "This Task refers to a variable that ends with the handler which calls it, and goes on later: let it take "
         "that by value. A lambda that captures something is given to spawn() as it is, without () behind it."});
}

void refuse_dying_lambda() {
    throw SetupError(
        {ErrorCode::invalid_argument,
         "spawn(): this function runs later, and refers by [&] to a variable that ends with the handler which hands it "
         "over: capture it by value, as in [text]; or take the socket as Socket& socket, which lasts."});
}

void refuse_called_lambda() {
    throw SetupError({ErrorCode::invalid_argument,
                      "spawn(): this Task uses what a lambda has captured, and the lambda may end before it. Give the "
                      "lambda itself: spawn(host, [...]() -> parley::Task<> { ... }), without () behind it."});
}

void refuse_empty_task() {
    throw SetupError({ErrorCode::invalid_argument,
                      "This Task was begun before, or moved elsewhere: each is waited for once, or spawned."});
}

}  // namespace task

void SpawnedTask::cancel() const {
    if (!link_ || link_->is_over.load(std::memory_order_acquire)) return;
    link_->is_cancelled.store(true, std::memory_order_release);
    if (link_->gate->mailbox().is_in_turn()) {
        if (link_->root != nullptr) link_->root->cancel();
        return;
    }
    link_->gate->post([link = link_] {
        if (link->root != nullptr) link->root->cancel();
    });
}

bool SpawnedTask::is_running() const noexcept {
    return link_ && !link_->is_over.load(std::memory_order_acquire);
}

}  // namespace parley
