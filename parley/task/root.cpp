// SPDX-License-Identifier: MIT
#include "parley/task/root.hpp"

#include <exception>
#include <new>
#include <utility>

#include "parley/net/call_frame.hpp"

namespace parley::task {

std::shared_ptr<House> House::of(net::LoopGate& gate) {
    if (net::PostedCall* const there = gate.last_call()) return static_cast<House*>(there)->self_;
    if (!gate.is_open()) return nullptr;
    const std::shared_ptr<House> house(new House());
    house->self_ = house;
    if (gate.set_last_call(*house)) return house;
    house->self_.reset();
    return nullptr;
}

void House::run_posted() noexcept {
    const std::shared_ptr<House> self = std::move(self_);
    IntrusiveList<Root> ending;
    ending.take_all(roots_);
    // Those that run are in no list from now on, and end when they come to rest.
    while (Root* const root = ending.pop_front())
        root->cancel();
}

Root::Root(Home home, std::shared_ptr<House> house, std::shared_ptr<Link> link)
    : home_(std::move(home)), house_(std::move(house)), link_(std::move(link)), enter_([this] { run(); }) {
    net::keep(*home_.gate, enter_);
}

void Root::start(Home home, Task<void> task, std::shared_ptr<Link> link) noexcept {
    Root* root = nullptr;
    try {
        std::shared_ptr<House> house = home.gate ? House::of(*home.gate) : nullptr;
        if (house == nullptr) return;
        root = new Root(std::move(home), std::move(house), std::move(link));
    } catch (const std::bad_alloc&) {  // no memory for it
        return;
    }
    root->house_->add(*root);
    if (root->link_) root->link_->root = root;
    root->outermost_ = task.release();
    root->outermost_->begin(*root, nullptr);
    root->resume(root->outermost_->coroutine());
}

void Root::resume(std::coroutine_handle<> coroutine) noexcept {
    next_ = coroutine;
    is_running_ = true;
    enter_();
    is_running_ = false;
    if (is_cancelled_ || outermost_->coroutine().done()) end();
}

void Root::run() noexcept {
    while (next_ && !is_cancelled_)
        std::exchange(next_, nullptr).resume();
}

void Root::cancel() noexcept {
    is_cancelled_ = true;
    if (!is_running_) end();
}

void Root::end() noexcept {
    unlink();
    if (link_) {
        link_->root = nullptr;
        link_->is_over.store(true, std::memory_order_release);
    }
    is_running_ = true;  // nobody ends it once more
    const std::exception_ptr exception = outermost_->exception();
    outermost_->coroutine().destroy();
    Home home = std::move(home_);
    delete this;
    if (!exception || !home.gate->is_open() || !home.report) return;
    try {
        std::rethrow_exception(exception);
    } catch (...) {
        home.report();
    }
}

}  // namespace parley::task
