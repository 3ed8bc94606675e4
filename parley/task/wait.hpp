// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <coroutine>
#include <expected>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include "parley/base/error.hpp"
#include "parley/base/function.hpp"
#include "parley/base/time_of.hpp"
#include "parley/net/posted_call.hpp"
#include "parley/task/task.hpp"

namespace parley {

namespace net {
class ExactTimer;
class LoopGate;
}  // namespace net

namespace task {

/// Something that comes once, or fails, and the task that waits for it. Shared by the two sides; whoever makes it come
/// may do that on any thread, and the task goes on where it lives.
class WaitCore : public std::enable_shared_from_this<WaitCore>, private net::PostedCall {
 public:
    /// Long enough for anything: no time limit.
    static constexpr std::chrono::milliseconds endless{-1};

    ~WaitCore() override;

    [[nodiscard]] bool is_done();
    /// On the loop of `root`: it goes on with `coroutine` when this is done. False: it is done, or somebody else waits.
    bool suspend(std::coroutine_handle<> coroutine, Root& root, std::chrono::milliseconds limit);
    /// The side that waits goes away.
    void abandon() noexcept;
    /// Ends it with an error, if nothing came before.
    virtual void fail(Error error) = 0;
    /// It will not come.
    void drop() noexcept;

    Function<void()> on_abandoned;  ///< called by `abandon`; set before anybody else has this

 protected:
    WaitCore();
    /// What comes may still come: the caller stores it and calls `finish`.
    [[nodiscard]] bool may_come() const noexcept { return !is_done_ && !is_abandoned_; }
    void finish(std::unique_lock<std::mutex> lock) noexcept;
    [[nodiscard]] std::unique_lock<std::mutex> lock() { return std::unique_lock(mutex_); }

 private:
    void run_posted() noexcept override;
    void wake() noexcept;

    std::mutex mutex_;
    bool is_done_ = false;
    bool is_abandoned_ = false;
    bool goes_on_later_ = false;
    std::coroutine_handle<> coroutine_;
    Root* root_ = nullptr;                    // there as long as `coroutine_` waits
    std::shared_ptr<net::LoopGate> gate_;     // of the root
    std::unique_ptr<net::ExactTimer> timer_;  // of the loop's thread
    std::shared_ptr<WaitCore> self_;          // while it is posted
};

template <typename T>
class WaitValue final : public WaitCore {
 public:
    void complete(Result<T>&& result) {
        std::unique_lock<std::mutex> held = lock();
        if (!may_come()) return;
        result_.emplace(std::move(result));
        finish(std::move(held));
    }
    void fail(Error error) override { complete(std::unexpected(std::move(error))); }
    /// Once done.
    [[nodiscard]] Result<T> take() { return *std::move(result_); }

 private:
    std::optional<Result<T>> result_;
};

/// What a task gets that waits a second time.
[[nodiscard]] Error waited_before();

/// One wait, while the task waits.
template <typename T>
class [[nodiscard]] Waiter {
 public:
    Waiter(std::shared_ptr<WaitValue<T>> value, std::chrono::milliseconds limit) noexcept
        : value_(std::move(value)), limit_(limit) {}
    Waiter(Waiter&&) noexcept = default;
    Waiter& operator=(Waiter&&) = delete;
    ~Waiter() {
        if (value_ != nullptr) value_->abandon();
    }

    [[nodiscard]] bool await_ready() const { return value_ == nullptr || value_->is_done(); }
    template <typename Waiting>
    bool await_suspend(std::coroutine_handle<Waiting> waiting) const {
        static_assert(std::is_base_of_v<Promise, Waiting>,
                      "parley: this is waited for in a function that returns a parley::Task");
        return value_->suspend(waiting, waiting.promise().root(), limit_);
    }
    [[nodiscard]] Result<T> await_resume() const {
        if (value_ == nullptr) return std::unexpected(waited_before());
        return value_->take();
    }

 private:
    std::shared_ptr<WaitValue<T>> value_;
    std::chrono::milliseconds limit_;
};

/// A pause, while the task waits.
class [[nodiscard]] Pause {
 public:
    explicit Pause(std::chrono::milliseconds time) noexcept : time_(time) {}
    Pause(Pause&&) noexcept = default;
    Pause& operator=(Pause&&) = delete;
    ~Pause() {
        if (value_ != nullptr) value_->abandon();
    }

    static bool await_ready() noexcept { return false; }
    template <typename Waiting>
    bool await_suspend(std::coroutine_handle<Waiting> waiting) {
        static_assert(std::is_base_of_v<Promise, Waiting>,
                      "parley: this is waited for in a function that returns a parley::Task");
        value_ = std::make_shared<WaitValue<void>>();
        return value_->suspend(waiting, waiting.promise().root(), time_);
    }
    static void await_resume() noexcept {}

 private:
    std::chrono::milliseconds time_;
    std::shared_ptr<WaitValue<void>> value_;
};

}  // namespace task

/// Something under way that a Task may wait for, once: `co_await` gives a `Result<T>`.
///
///     auto wait = socket.emit_with_ack<int>("add", 1, 2);
///     parley::Result<int> sum = co_await wait;
///
/// It is under way from the moment that it is made, and owns what it was given. Dropping it gives up what would come.
/// An error is what went wrong, `timed_out` where it took too long, and `disconnected` where it cannot come any more.
/// The task goes on where it lives, whoever made it come. Waited for again it gives an error at once.
template <typename T>
class [[nodiscard]] Wait {
 public:
    /// For the library.
    explicit Wait(std::shared_ptr<task::WaitValue<T>> value) noexcept : value_(std::move(value)) {}
    Wait(Wait&&) noexcept = default;
    Wait& operator=(Wait other) noexcept {
        std::swap(value_, other.value_);
        std::swap(limit_, other.limit_);
        return *this;
    }
    ~Wait() {
        if (value_ != nullptr) value_->abandon();
    }

    /// This, but that the task waits so long at most, counted from when it begins to wait.
    [[nodiscard]] Wait timeout(Milliseconds limit) && {
        limit_ = limit < Milliseconds::zero() ? std::chrono::milliseconds::zero() : limit;
        return std::move(*this);
    }

    [[nodiscard]] task::Waiter<T> operator co_await() noexcept { return {std::move(value_), limit_}; }

 private:
    std::shared_ptr<task::WaitValue<T>> value_;
    std::chrono::milliseconds limit_ = task::WaitCore::endless;
};

/// Makes a `Wait` done: a function to be called once with the result, on any thread. Move-only; when it goes without
/// having been called, the wait ends with the error `disconnected`.
template <typename T>
class Completion {
 public:
    /// For the library.
    explicit Completion(std::shared_ptr<task::WaitValue<T>> value) noexcept : value_(std::move(value)) {}
    Completion(Completion&&) noexcept = default;
    Completion& operator=(Completion other) noexcept {
        std::swap(value_, other.value_);
        return *this;
    }
    ~Completion() {
        if (value_ != nullptr) value_->drop();
    }

    /// Later calls do nothing.
    void operator()(Result<T> result) {
        if (const auto value = std::exchange(value_, nullptr)) value->complete(std::move(result));
    }

 private:
    std::shared_ptr<task::WaitValue<T>> value_;
};

/// A `Wait` and what makes it done, for anything that calls back:
///
///     auto [answer, done] = parley::make_wait<parley::HttpResponse>();
///     http.get(url, std::move(done));
///     parley::Result<parley::HttpResponse> response = co_await answer;
template <typename T>
[[nodiscard]] std::pair<Wait<T>, Completion<T>> make_wait() {
    auto value = std::make_shared<task::WaitValue<T>>();
    return {Wait<T>(value), Completion<T>(value)};
}

/// A pause of a Task: `co_await parley::sleep_for(100ms)`. It is never early; other tasks and handlers run meanwhile.
class [[nodiscard]] Sleep {
 public:
    explicit Sleep(Milliseconds time) noexcept : time_(time) {}
    [[nodiscard]] task::Pause operator co_await() const noexcept { return task::Pause(time_); }

 private:
    std::chrono::milliseconds time_;
};
[[nodiscard]] inline Sleep sleep_for(Milliseconds time) {
    return Sleep(time);
}

namespace task {
template <typename T>
inline constexpr bool is_awaitable<Wait<T>> = true;
template <>
inline constexpr bool is_awaitable<Sleep> = true;
}  // namespace task

}  // namespace parley
