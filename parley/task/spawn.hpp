// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <type_traits>
#include <utility>

#include "parley/base/captures.hpp"
#include "parley/task/home.hpp"
#include "parley/task/task.hpp"

namespace parley {

namespace task {
struct Link;
}

/// What `spawn` returns: a small handle to end the task with.
///
/// Copy it anywhere, or drop it: destroying the handle does nothing, and one that outlives the task is harmless. Any
/// thread.
class SpawnedTask {
 public:
    /// No task at all.
    SpawnedTask() = default;
    /// For the library.
    explicit SpawnedTask(std::shared_ptr<task::Link> link) noexcept : link_(std::move(link)) {}

    /// Destroys the task where it waits; from inside itself, when it waits next. From another thread than that of its
    /// loop soon, and what runs of it at that moment goes on until it waits.
    void cancel() const;
    /// Whether it has not ended yet.
    [[nodiscard]] bool is_running() const noexcept;

 private:
    std::shared_ptr<task::Link> link_;
};

namespace task {

/// Begins `task` in a later turn of its home. Any thread.
SpawnedTask spawn(Home home, Task<void> task);
[[noreturn]] void refuse_dying_lambda();
[[noreturn]] void refuse_called_lambda();

/// A function that is kept until the task is over that it has returned.
template <typename Function>
Task<void> call_kept(std::unique_ptr<Function> function) {
    Task<void> task = (*function)();
    co_await task;
}

template <typename Function>
constexpr bool returns_task() {
    if constexpr (std::is_invocable_v<Function&>) return std::is_same_v<std::invoke_result_t<Function&>, Task<void>>;
    return false;
}

}  // namespace task

/// Begins what nobody waits for, soon, on the loop of `host`: a `Server`, a `Socket`, a `Client`, a `ClientSocket`, a
/// `WebSocketClient` or an `Application`. It all runs there, and ends with that: then its variables are destroyed where
/// it waits. What it throws goes where it goes that a handler throws (`on_error`). Any thread.
///
///     parley::spawn(client, [&client]() -> parley::Task<> {
///         auto connected = client.when_connected();
///         co_await connected;
///     });
///
/// `what` is a function that returns a `Task<>`, and is kept until that is over with all that it captures; or such a
/// task, `spawn(client, play(client))`. Throws SetupError where it refers to a variable of a handler that will have
/// ended, and for the task of a lambda that captures something, which may have ended: give the lambda itself.
template <typename Host, typename What>
SpawnedTask spawn(Host& host, What&& what) {
    using Given = std::decay_t<What>;
    if constexpr (std::is_same_v<Given, Task<void>>) {
        static_assert(!std::is_lvalue_reference_v<What>,
                      "parley: a Task belongs to whoever runs it: write spawn(host, std::move(task))");
        if constexpr (!std::is_lvalue_reference_v<What>) {
            if (what.promise() == nullptr) task::refuse_empty_task();
            if (what.promise()->refers() == task::Refers::to_its_lambda) task::refuse_called_lambda();
            return task::spawn(host.task_home(), std::forward<What>(what));
        }
    } else {
        static_assert(task::returns_task<Given>(),
                      "parley: spawn() takes a Task<>, or a function without parameters that returns one: "
                      "spawn(client, [&]() -> parley::Task<> { ... })");
        if constexpr (task::returns_task<Given>()) {
            auto kept = std::make_unique<Given>(std::forward<What>(what));
            if (captures_from(*kept, task::dying_addresses())) task::refuse_dying_lambda();
            return task::spawn(host.task_home(), task::call_kept(std::move(kept)));
        }
    }
}

}  // namespace parley
