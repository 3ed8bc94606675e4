// SPDX-License-Identifier: MIT
#pragma once

namespace parley {

namespace web {
class ScheduledCalls;
class ScheduledCallState;
}  // namespace web

/// What `Application::after` and `Application::every` return: a small handle to cancel the call with.
///
/// Copy it anywhere, or drop it: the application owns the call, destroying the handle does nothing, and a handle that
/// outlives the application is harmless. Any thread.
class ScheduledCall {
 public:
    /// No call at all: never pending.
    ScheduledCall() = default;
    ScheduledCall(const ScheduledCall& other) noexcept;
    ScheduledCall(ScheduledCall&& other) noexcept;
    ScheduledCall& operator=(ScheduledCall other) noexcept;
    ~ScheduledCall();

    /// The function is called no more; from inside itself, too. From another thread than the application's, one call
    /// that is under way at that moment goes on. Again, or when it was called: nothing.
    void cancel() const;

    /// Whether it will still be called: false once it was (`after`), was cancelled, or the application is gone.
    [[nodiscard]] bool is_pending() const noexcept;

 private:
    friend class web::ScheduledCalls;
    explicit ScheduledCall(web::ScheduledCallState& state) noexcept;

    web::ScheduledCallState* state_ = nullptr;
};

}  // namespace parley
