// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "parley/base/error.hpp"
#include "parley/base/reference.hpp"
#include "parley/contract/ack.hpp"
#include "parley/contract/arguments.hpp"

namespace parley::contract {

/// What whoever sent an event waits for.
enum class Expects { nothing, answer };

/// One event on its way into its handlers. Lives during the call.
///
/// Who received it, and how an answer goes back, a library says in one `final` class of its own, by which handlers are
/// adapted (`adapt_handler<Own>`). Beside what is virtual here, which no event needs that is neither answered nor
/// fails, that has
///
///     using Handle = ...;                           // the socket that a handler may take in front
///     Owned socket() const;                         // what such a handle is made of, by value
///     Handle& lasting_socket() const;               // one that lives as long as the handlers do
///     ArgumentReader arguments() const;             // from the first one on
class Invocation {
 public:
    Invocation(const Invocation&) = delete;
    Invocation& operator=(const Invocation&) = delete;

    /// The event's name.
    [[nodiscard]] std::string_view event() const noexcept { return event_; }

    /// Whether somebody waits for an answer that nobody has given, or keeps the right to give.
    [[nodiscard]] bool wants_answer() const noexcept { return wants_answer_ && (!ack_ || is_ack_back()); }
    /// The right to answer, for a handler that wants to do it itself; no right when it was used already. A handler that
    /// drops it gives it back.
    [[nodiscard]] Ack take_ack();
    /// Answers for the handler; later answers are dropped.
    void answer(const EncodedArguments& arguments);

    /// The arguments do not fit the handler, which is not called.
    void report_mismatch(std::string_view reason);
    /// The handler threw, inside the catch block.
    void report_exception();
    /// The handler returned this instead of an answer.
    void answer_error(const Error& error);
    /// No handler is left: whoever still waits is told what went wrong, if something did or the right to answer came
    /// back unused.
    void finish();

 protected:
    /// `event` lives as long as this.
    Invocation(std::string_view event, Expects expects) noexcept
        : event_(event), wants_answer_(expects == Expects::answer) {}
    ~Invocation() = default;

 private:
    // Only when an answer is wanted.
    [[nodiscard]] virtual Reference<AckCore> make_ack() = 0;
    virtual void send_answer(const EncodedArguments& arguments) = 0;
    // The program is told what went wrong.
    virtual void tell_mismatch(std::string_view reason) = 0;
    virtual void tell_exception() = 0;
    virtual void tell_lost_answer() = 0;

    [[nodiscard]] bool is_ack_back() const noexcept;

    const std::string_view event_;
    Reference<AckCore> ack_;  // once a handler has asked for it
    std::string failure_;
    bool wants_answer_;
};

/// What a peer gets instead of an answer: `{"error": message}`.
EncodedArguments error_answer(std::string_view message);
/// The message where the program failed: what exactly is no business of the peer.
inline constexpr std::string_view internal_error = "internal error";

}  // namespace parley::contract
