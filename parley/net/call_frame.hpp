// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "parley/base/function.hpp"
#include "parley/net/abroad.hpp"
#include "parley/net/loop_gate.hpp"
#include "parley/net/mailbox.hpp"

namespace parley::net {

/// What a handler is lent a reference of, and how to count those who keep it.
struct Lender {
    struct Counting {
        bool (*retain)(void* object) noexcept;  ///< false, and nothing is counted, when nobody was lent a reference
        void (*release)(void* object) noexcept;
    };
    void* object = nullptr;
    const Counting* counting = nullptr;
};

class Kept;

/// What is kept by a function that may run on other loops than the one that keeps it. Nobody else counts its lenders:
/// functions that are handed over there share it.
using KeptAbroad = std::shared_ptr<const Abroad<Kept>>;

/// Lenders that a function keeps until it goes, because it may hold references that they lent.
class Kept {
 public:
    Kept() = default;
    Kept(Kept&& other) noexcept
        : first_(std::exchange(other.first_, Lender())),
          more_(std::exchange(other.more_, {})),
          abroad_(std::exchange(other.abroad_, {})) {}
    Kept& operator=(Kept&&) = delete;
    ~Kept();

    /// A lender of the loop whose thread this is.
    void add(const Lender& lender);
    /// What another loop keeps.
    void add(const KeptAbroad& abroad);
    [[nodiscard]] bool is_empty() const noexcept { return first_.object == nullptr && abroad_.empty(); }
    template <typename Visit>
    void for_each(Visit&& visit) const {
        if (first_.object != nullptr) visit(first_);
        for (const Lender& lender : more_)
            visit(lender);
        for (const KeptAbroad& abroad : abroad_)
            visit(abroad);
    }

    /// For any loop; `home` is that of the lenders.
    [[nodiscard]] static KeptAbroad share(LoopGate& home, Kept kept);

 private:
    Lender first_;  // the only one, most of the time
    std::vector<Lender> more_;
    std::vector<KeptAbroad> abroad_;
};

/// For whatever takes a function of the program to call it later on the loop of `gate`: makes it keep the lenders of
/// the handler that gives it, but not `owner`, which owns the function. Throws SetupError when it is known to refer to
/// a variable of that handler, which will have ended.
template <typename R, typename... Args>
void keep(LoopGate& gate, Function<R(Args...)>& function, const void* owner = nullptr);

/// The same for a function that is called on any loop, also on several at a time.
template <typename R, typename... Args>
void keep_anywhere(LoopGate& gate, Function<R(Args...)>& function);

/// Stands on the stack while a function of the program runs: what that function hands over to be called later may refer
/// to what it was lent, and must not refer to its own variables. Of the loop's thread.
class CallFrame {
 public:
    /// `lent` to what runs; `kept`, which must outlive this, is what that may refer to as well.
    explicit CallFrame(LoopGate& gate, Lender lent = {}, const Kept* kept = nullptr) noexcept
        : gate_(gate), mailbox_(gate.mailbox()), outer_(mailbox_.call_frame), lent_(lent), kept_(kept) {
        mailbox_.call_frame = this;
    }
    CallFrame(const CallFrame&) = delete;
    CallFrame& operator=(const CallFrame&) = delete;
    ~CallFrame() { mailbox_.call_frame = outer_; }

    /// The addresses of the variables of the function of the program that runs in this turn, and of what that has
    /// called; none where none does.
    [[nodiscard]] static AddressRange dying_here() noexcept;

 private:
    template <typename R, typename... Args>
    friend void keep(LoopGate&, Function<R(Args...)>&, const void*);
    template <typename R, typename... Args>
    friend void keep_anywhere(LoopGate&, Function<R(Args...)>&);

    /// Of a function that keeps something, inside the frame of whoever calls it.
    CallFrame(LoopGate& gate, const Kept* kept, const KeptAbroad* abroad) noexcept;
    /// The innermost one, whichever loop it is of; null when there is none on this thread.
    [[nodiscard]] static const CallFrame* current(const LoopGate& gate) noexcept;
    /// The addresses of all that lives for shorter than this.
    [[nodiscard]] AddressRange dying() const noexcept;
    /// What `function` is to keep. Throws when it refers to what is dying.
    template <typename R, typename... Args>
    [[nodiscard]] Kept keep_for(const Function<R(Args...)>& function, const void* owner) const;
    [[nodiscard]] Kept keep(const void* owner) const;
    /// `function`, which keeps `kept` wherever it is called.
    template <typename R, typename... Args>
    [[nodiscard]] static Function<R(Args...)> keeping(LoopGate& gate, KeptAbroad kept, Function<R(Args...)> function);
    [[nodiscard]] bool is_of(const LoopGate& gate) const noexcept { return &gate.mailbox() == &mailbox_; }

    LoopGate& gate_;
    Mailbox& mailbox_;
    CallFrame* const outer_;
    const Lender lent_;
    const Kept* const kept_;                    // by the function that runs
    const KeptAbroad* const abroad_ = nullptr;  // by the function that runs, for whichever loop
};

/// What is to be said of a function that would refer to what has ended.
[[noreturn]] void refuse_dying_capture();

template <typename R, typename... Args>
Kept CallFrame::keep_for(const Function<R(Args...)>& function, const void* owner) const {
    if (function.captures_from(dying())) refuse_dying_capture();
    return keep(owner);
}

template <typename R, typename... Args>
Function<R(Args...)> CallFrame::keeping(LoopGate& gate, KeptAbroad kept, Function<R(Args...)> function) {
    return [gate = gate.shared_from_this(), kept = std::move(kept),
            function = std::move(function)](Args... args) mutable -> R {
        const CallFrame running(*gate, nullptr, &kept);
        return function(std::forward<Args>(args)...);
    };
}

template <typename R, typename... Args>
void keep(LoopGate& gate, Function<R(Args...)>& function, const void* owner) {
    if (!function) return;  // most emits ask for nothing
    const CallFrame* const frame = CallFrame::current(gate);
    if (frame == nullptr) return;
    Kept kept = frame->keep_for(function, owner);
    if (kept.is_empty()) return;
    if (!frame->is_of(gate)) {
        function = CallFrame::keeping(gate, Kept::share(frame->gate_, std::move(kept)), std::move(function));
        return;
    }
    function = [gate = gate.shared_from_this(), kept = std::move(kept),
                function = std::move(function)](Args... args) mutable -> R {
        const CallFrame running(*gate, &kept, nullptr);
        return function(std::forward<Args>(args)...);
    };
}

template <typename R, typename... Args>
void keep_anywhere(LoopGate& gate, Function<R(Args...)>& function) {
    const CallFrame* const frame = function ? CallFrame::current(gate) : nullptr;
    if (frame == nullptr) return;
    Kept kept = frame->keep_for(function, nullptr);
    if (kept.is_empty()) return;
    function = CallFrame::keeping(gate, Kept::share(frame->gate_, std::move(kept)), std::move(function));
}

}  // namespace parley::net
