// SPDX-License-Identifier: MIT
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#include "parley/base/captures.hpp"

namespace parley {

class Json;
template <typename T = void>
class Task;

namespace task {

class Root;

/// `root` goes on with this when what runs just now has come to rest.
void continue_with(Root& root, std::coroutine_handle<> coroutine) noexcept;
/// The addresses of the variables of the handler that runs just now, which end with it.
[[nodiscard]] AddressRange dying_addresses() noexcept;
[[noreturn]] void refuse_dying_parameter();
[[noreturn]] void refuse_empty_task();

/// What a Task may wait for.
template <typename T>
inline constexpr bool is_awaitable = false;
template <typename T>
inline constexpr bool is_awaitable<Task<T>> = true;

/// Whether `F` is the type of a lambda, by the name that the compiler gives it.
template <typename F>
constexpr bool is_lambda() {
    constexpr std::string_view name = __PRETTY_FUNCTION__;
    return name.ends_with(")>]") || (name.ends_with(")]") && name.find("= (lambda at ") != std::string_view::npos);
}

template <typename T>
inline constexpr bool is_view = false;
template <typename C, typename Traits>
inline constexpr bool is_view<std::basic_string_view<C, Traits>> = true;
template <typename T, std::size_t size>
inline constexpr bool is_view<std::span<T, size>> = true;
template <typename T>
inline constexpr bool is_view<std::initializer_list<T>> = true;

// What a parameter of a coroutine may be: itself, or a reference that no temporary can stand for. The first one may be
// the object whose member the coroutine is, const or not.
template <typename Parameter>
constexpr bool may_be_object() {
    using Value = std::remove_cvref_t<Parameter>;
    return std::is_class_v<Value> && !std::is_same_v<Value, Json> && !requires { typename Value::value_type; };
}
template <typename Parameter>
inline constexpr bool is_lasting =
    !is_view<std::remove_cvref_t<Parameter>> &&
    (!std::is_reference_v<Parameter> ||
     (std::is_lvalue_reference_v<Parameter> && !std::is_const_v<std::remove_reference_t<Parameter>>));

/// What a coroutine refers to beside its parameters: of a lambda with captures that lambda, which may go first.
enum class Refers : std::uint8_t { to_nothing, to_its_lambda };

/// What can be said of the parameters of a coroutine.
template <typename... Parameters>
struct ParametersOf {
    static constexpr bool are_lasting = true;
    static constexpr Refers refers = Refers::to_nothing;
};
template <typename First, typename... Rest>
struct ParametersOf<First, Rest...> {
    using Object = std::remove_cvref_t<First>;
    static constexpr bool are_lasting =
        (is_lasting<First> || (std::is_reference_v<First> && may_be_object<First>())) && (is_lasting<Rest> && ...);
    static constexpr Refers refers =
        std::is_reference_v<First> && std::is_class_v<Object> && !std::is_empty_v<Object> && is_lambda<Object>()
            ? Refers::to_its_lambda
            : Refers::to_nothing;
};

/// What all coroutines that return a Task have in their frames.
class Promise {
 public:
    Promise(const Promise&) = delete;
    Promise& operator=(const Promise&) = delete;

    // To rest behind its end is left to whoever has begun it.
    struct Rest {
        static bool await_ready() noexcept { return false; }
        template <typename Ended>
        void await_suspend(std::coroutine_handle<Ended> coroutine) const noexcept {
            Promise& promise = coroutine.promise();
            if (promise.waiting_) continue_with(*promise.root_, promise.waiting_);
        }
        static void await_resume() noexcept {}
    };
    static std::suspend_always initial_suspend() noexcept { return {}; }
    static Rest final_suspend() noexcept { return {}; }
    void unhandled_exception() noexcept { exception_ = std::current_exception(); }

    template <typename Awaited>
    static Awaited&& await_transform(Awaited&& awaited) {
        static_assert(is_awaitable<std::remove_cvref_t<Awaited>>,
                      "parley: a Task waits for Tasks, for what emit_with_ack() and the like return, and for "
                      "sleep_for(); make_wait() makes such of anything that calls back");
        return static_cast<Awaited&&>(awaited);
    }

    /// Runs as a part of `root`, and then what `waits` for it.
    void begin(Root& root, std::coroutine_handle<> waits) noexcept {
        root_ = &root;
        waiting_ = waits;
    }
    [[nodiscard]] Root& root() const noexcept { return *root_; }
    [[nodiscard]] const std::exception_ptr& exception() const noexcept { return exception_; }
    [[nodiscard]] std::coroutine_handle<> coroutine() const noexcept { return coroutine_; }
    [[nodiscard]] Refers refers() const noexcept { return refers_; }

 protected:
    Promise(std::coroutine_handle<> coroutine, Refers refers) noexcept : coroutine_(coroutine), refers_(refers) {}
    ~Promise() = default;

 private:
    Root* root_ = nullptr;  // null: it has not begun
    std::coroutine_handle<> waiting_;
    const std::coroutine_handle<> coroutine_;
    std::exception_ptr exception_;
    const Refers refers_;
};

template <typename T>
class ResultPromise : public Promise {
 public:
    using Promise::Promise;
    template <typename Value>
    void return_value(Value&& value) {
        value_.emplace(std::forward<Value>(value));
    }
    T take() {
        if (exception()) std::rethrow_exception(exception());
        return *std::move(value_);
    }

 private:
    std::optional<T> value_;
};

template <>
class ResultPromise<void> : public Promise {
 public:
    using Promise::Promise;
    void return_void() noexcept {}
    void take() const {
        if (exception()) std::rethrow_exception(exception());
    }
};

/// The promise of a coroutine with these parameters.
template <typename T, typename... Parameters>
class PromiseOf final : public ResultPromise<T> {
    static_assert(ParametersOf<Parameters...>::are_lasting,
                  "parley: a Task goes on when its arguments may be gone: let it take them by value (std::string, "
                  "Json), not as const T&, T&& or a view; a T& must outlive it");

 public:
    /// Made with the parameters: what stands in the frame, and what references refer to.
    template <typename... Given>
    explicit PromiseOf(Given&&... parameters)
        : ResultPromise<T>(std::coroutine_handle<PromiseOf>::from_promise(*this), ParametersOf<Parameters...>::refers) {
        const AddressRange dying = dying_addresses();
        const auto is_dying = [&](const volatile void* address) {
            const auto at = reinterpret_cast<std::uintptr_t>(address);
            return at >= dying.low && at < dying.high;
        };
        if ((is_dying(std::addressof(parameters)) || ...)) refuse_dying_parameter();
    }
    Task<T> get_return_object() noexcept { return Task<T>(*this); }
};

/// A task that runs for another one, which owns it.
template <typename T>
class [[nodiscard]] Child {
 public:
    explicit Child(ResultPromise<T>& promise) noexcept : promise_(&promise) {}
    Child(Child&& other) noexcept : promise_(std::exchange(other.promise_, nullptr)) {}
    Child& operator=(Child&&) = delete;
    ~Child() {
        if (promise_ != nullptr) promise_->coroutine().destroy();
    }

    static bool await_ready() noexcept { return false; }
    template <typename Waiting>
    void await_suspend(std::coroutine_handle<Waiting> waiting) const noexcept {
        static_assert(std::is_base_of_v<Promise, Waiting>,
                      "parley: a Task is waited for in a function that returns a Task itself");
        Root& root = waiting.promise().root();
        promise_->begin(root, waiting);
        continue_with(root, promise_->coroutine());
    }
    T await_resume() { return promise_->take(); }

 private:
    ResultPromise<T>* promise_;
};

}  // namespace task

/// What a coroutine returns: something to be done, that has not begun.
///
///     parley::Task<int> ask(parley::Client& client) {
///         auto wait = client.timeout(5s).emit_with_ack<int>("add", 1, 2);
///         parley::Result<int> sum = co_await wait;
///         co_return sum.value_or(0);
///     }
///
/// It begins when another Task waits for it (`co_await ask(client)`), once, and then belongs to that; or with `spawn`,
/// or as what a handler returns. One that never begins does nothing. What it throws is thrown where it is waited for.
///
/// Its parameters are values, or references that outlive it; `const T&`, `T&&` and views do not compile. Destroying one
/// that has not begun, or what waits for it, destroys the variables of its coroutine, on the loop on which it runs.
template <typename T>
class [[nodiscard]] Task {
    static_assert(!std::is_reference_v<T>, "parley: a Task returns a value, or a pointer to what outlives it");

 public:
    Task(Task&& other) noexcept : promise_(std::exchange(other.promise_, nullptr)) {}
    Task& operator=(Task&& other) noexcept {
        std::swap(promise_, other.promise_);
        return *this;
    }
    ~Task() {
        if (promise_ != nullptr) promise_->coroutine().destroy();
    }

    /// Begins it, for the Task that waits. Throws SetupError when that was done before.
    [[nodiscard]] task::Child<T> operator co_await() {
        if (promise_ == nullptr) task::refuse_empty_task();
        return task::Child<T>(*std::exchange(promise_, nullptr));
    }

    /// For the library: what runs it owns it.
    [[nodiscard]] task::ResultPromise<T>* release() noexcept { return std::exchange(promise_, nullptr); }
    /// For the library: null when it was waited for.
    [[nodiscard]] const task::Promise* promise() const noexcept { return promise_; }

 private:
    template <typename, typename...>
    friend class task::PromiseOf;
    explicit Task(task::ResultPromise<T>& promise) noexcept : promise_(&promise) {}

    task::ResultPromise<T>* promise_;
};

}  // namespace parley

template <typename T, typename... Parameters>
struct std::coroutine_traits<parley::Task<T>, Parameters...> {
    using promise_type = parley::task::PromiseOf<T, Parameters...>;
};
