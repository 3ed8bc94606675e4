// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <memory>

#include "parley/base/function.hpp"

namespace parley::net {

class Loop;
class Mailbox;
class PostedCall;

/// Any thread: the way to something that lives on a loop, open for as long as that lives.
///
/// The owner of the thing makes the gate and closes it; every handle of the thing shares it. It may outlive its loop.
class LoopGate : public std::enable_shared_from_this<LoopGate> {
 public:
    explicit LoopGate(Loop& loop);

    /// Runs `function` on the loop, soon, unless the gate is closed before. False if it is closed; `function` is then
    /// destroyed here.
    bool post(Function<void()> function);

    /// Runs `call` on the loop, soon, whether the gate is closed or not; where the loop is gone, here. Needs no memory.
    void post(PostedCall& call) noexcept;

    /// Whether the caller may act at once: the gate is open, and the caller is in a turn of the loop, or in none and on
    /// the thread that ran the loop last. Until the loop has run once it is nobody's, so that what other threads do
    /// while a program starts is posted.
    [[nodiscard]] bool is_here() const noexcept;

    /// Whether another thread runs the loop just now: what belongs to the loop's thread is then not the caller's.
    /// Before the loop runs, and when it has returned, it is anybody's.
    [[nodiscard]] bool is_elsewhere() const noexcept;

    [[nodiscard]] bool is_open() const noexcept { return is_open_.load(std::memory_order_acquire); }

    [[nodiscard]] Mailbox& mailbox() const noexcept { return *mailbox_; }
    [[nodiscard]] const std::shared_ptr<Mailbox>& shared_mailbox() const noexcept { return mailbox_; }

    /// The owner goes away: functions that still wait are destroyed without having run. The last call is made: here,
    /// unless another thread runs the loop, which then does that soon.
    void close() noexcept;

    /// The loop's thread: has `call` run when the gate closes. There is at most one. False: it has closed already.
    bool set_last_call(PostedCall& call) noexcept;
    [[nodiscard]] PostedCall* last_call() const noexcept { return last_call_.load(); }

    /// Of what lives on the loop, for itself: while the gate is open.
    [[nodiscard]] Loop& loop() const noexcept { return loop_; }

 private:
    Loop& loop_;
    const std::shared_ptr<Mailbox> mailbox_;
    std::atomic<bool> is_open_ = true;
    std::atomic<PostedCall*> last_call_ = nullptr;
};

/// For what belongs to the loop's thread: `member`, as in "Server::of()", was called by the program. Where that is the
/// mistake of another thread (`LoopGate::is_elsewhere`), a build without NDEBUG says what to do `instead`, and aborts;
/// any other returns false, for members that can do nothing at no cost.
bool may_call(const LoopGate& gate, const char* member, const char* instead = "use post()") noexcept;

/// The same for members that cannot: no code at all with NDEBUG.
inline void check_thread([[maybe_unused]] const LoopGate& gate, [[maybe_unused]] const char* member,
                         [[maybe_unused]] const char* instead = "use post()") noexcept {
#if !defined(NDEBUG)
    may_call(gate, member, instead);
#endif
}

}  // namespace parley::net
