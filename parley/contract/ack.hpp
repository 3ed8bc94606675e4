// SPDX-License-Identifier: MIT
#pragma once

#include <utility>

#include "parley/base/reference.hpp"
#include "parley/contract/arguments.hpp"

namespace parley {

namespace contract {
class AckCore;
void retain(AckCore*) noexcept;
void release(AckCore*) noexcept;
}  // namespace contract

/// The way to answer one event later, or with several values: a handler gets it by naming an `Ack` parameter.
///
/// A small copyable handle that cannot dangle. Any thread may call it; only the first call counts. When the last copy
/// goes away without a call, nobody waits for ever: the client gets `{"error":"internal error"}`, and the server's
/// `on_error` hears of it. A handler that can answer at once simply returns the answer instead, and so
/// does a coroutine, when it comes to its end (parley/task.hpp).
class Ack {
 public:
    Ack() = default;
    explicit Ack(Reference<contract::AckCore> core) : core_(std::move(core)) {}

    /// Whether the client waits for an answer; calling one that nobody waits for is a no-op.
    explicit operator bool() const noexcept { return static_cast<bool>(core_); }

    /// Answers with any number of values; nothing when nobody waits, when it was answered before, or when the socket is
    /// gone. An object may stand in braces as the first: `ack({{"ok", true}})`. It returns nothing, so that
    /// `if (bad) return ack("no");` may stand in any handler.
    void operator()() const { answer_with(); }
    template <typename First = Json, typename... Rest>
    void operator()(First&& first, Rest&&... rest) const {
        answer_with(first, rest...);
    }

 private:
    template <typename... Values>
    void answer_with(Values&&... values) const {
        if (!core_) return;
        contract::ArgumentWriter writer;
        (writer.write(values), ...);
        answer(writer.finish());
    }
    void answer(const contract::EncodedArguments& arguments) const;

    Reference<contract::AckCore> core_;
};

}  // namespace parley
