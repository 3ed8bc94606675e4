// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "parley/base/function.hpp"
#include "parley/net/loop_gate.hpp"
#include "parley/net/mailbox.hpp"
#include "parley/net/posted_call.hpp"

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

/// Lenders that a function keeps until it goes, because it may hold references that they lent.
class Kept {
 public:
    Kept() = default;
    Kept(Kept&& other) noexcept
        : first_(std::exchange(other.first_, Lender())), more_(std::exchange(other.more_, {})) {}
    Kept& operator=(Kept&&) = delete;
    ~Kept();

    void add(const Lender& lender);
    [[nodiscard]] bool is_empty() const noexcept { return first_.object == nullptr; }
    template <typename Visit>
    void for_each(Visit&& visit) const {
        if (!is_empty()) visit(first_);
        for (const Lender& lender : more_)
            visit(lender);
    }

 private:
    Lender first_;  // the only one, most of the time
    std::vector<Lender> more_;
};

/// The same for a function that goes to another loop than theirs: they are given back at home, wherever it ends.
class KeptAbroad final : private PostedCall {
 public:
    struct SendHome {
        void operator()(KeptAbroad* kept) const noexcept { kept->home_->post(*kept); }
    };
    using Owner = std::unique_ptr<KeptAbroad, SendHome>;

    static Owner make(LoopGate& home, Kept kept) {
        return Owner(new KeptAbroad(home.shared_from_this(), std::move(kept)));
    }

    [[nodiscard]] const Kept& kept() const noexcept { return kept_; }

 private:
    KeptAbroad(std::shared_ptr<LoopGate> home, Kept kept) : home_(std::move(home)), kept_(std::move(kept)) {}
    void run_posted() noexcept override { delete this; }

    const std::shared_ptr<LoopGate> home_;
    const Kept kept_;
};

/// For whatever takes a function of the program to call it later: makes it keep the lenders of the handler that gives
/// it, but not `owner`, which owns the function. Throws SetupError when it is known to refer to a variable of that
/// handler, which will have ended.
template <typename R, typename... Args>
void keep(LoopGate& gate, Function<R(Args...)>& function, const void* owner = nullptr);

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

 private:
    template <typename R, typename... Args>
    friend void keep(LoopGate&, Function<R(Args...)>&, const void*);

    CallFrame(LoopGate& gate, const Kept& kept) noexcept;
    /// The innermost one, whichever loop it is of; null when there is none on this thread.
    [[nodiscard]] static const CallFrame* current(const LoopGate& gate) noexcept;
    /// The addresses of all that lives for shorter than this.
    [[nodiscard]] AddressRange dying() const noexcept;
    [[nodiscard]] Kept keep(const void* owner) const;
    [[nodiscard]] bool is_of(const LoopGate& gate) const noexcept { return &gate.mailbox() == &mailbox_; }

    LoopGate& gate_;
    Mailbox& mailbox_;
    CallFrame* const outer_;
    const Lender lent_;
    const Kept* const kept_;  // by the function that runs
};

/// What is to be said of a function that would refer to what has ended.
[[noreturn]] void refuse_dying_capture();

template <typename R, typename... Args>
void keep(LoopGate& gate, Function<R(Args...)>& function, const void* owner) {
    if (!function) return;  // most emits ask for nothing
    const CallFrame* const frame = CallFrame::current(gate);
    if (frame == nullptr) return;
    if (function.captures_from(frame->dying())) refuse_dying_capture();
    Kept kept = frame->keep(owner);
    if (kept.is_empty()) return;
    if (!frame->is_of(gate)) {
        function = [gate = gate.shared_from_this(), kept = KeptAbroad::make(frame->gate_, std::move(kept)),
                    function = std::move(function)](Args... args) mutable -> R {
            const CallFrame running(*gate, kept->kept());
            return function(std::forward<Args>(args)...);
        };
        return;
    }
    function = [gate = gate.shared_from_this(), kept = std::move(kept),
                function = std::move(function)](Args... args) mutable -> R {
        const CallFrame running(*gate, kept);
        return function(std::forward<Args>(args)...);
    };
}

}  // namespace parley::net
