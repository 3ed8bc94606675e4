// SPDX-License-Identifier: MIT
#pragma once

#include <initializer_list>
#include <string_view>
#include <type_traits>
#include <utility>

#include "parley/base/octets.hpp"
#include "parley/base/reserved_events.hpp"

namespace parley {

namespace contract {

// Not constexpr on purpose: a reserved name makes a constant `Event` not compile, and this name is what the compiler
// says.
inline void this_event_name_is_reserved() {}

}  // namespace contract

/// The name of one event, however a program has it: a literal, a `std::string`, a `std::string_view`.
class EventName {
 public:
    template <typename Name>
        requires std::is_convertible_v<Name, TextView>
    EventName(Name&& name) : name_(TextView(std::forward<Name>(name))) {}
    // Two literals in braces would else be the begin and the end of one string.
    template <typename Name>
    EventName(std::initializer_list<Name>) {
        static_assert(sizeof(Name) == 0, "parley: one event name stands here, without braces; call it once for each");
    }

    [[nodiscard]] std::string_view name() const noexcept { return name_; }

 private:
    std::string_view name_;
};

template <typename Signature>
class Event;

/// The contract of one event: its name, what it carries and what its acknowledgement carries.
///
///     inline constexpr parley::Event<int(int, int)> add{"add"};
///
/// It may stand wherever an event name may; arguments or handlers that do not fit it then do not compile. `R` is `void`
/// for an event that answers nothing.
///
/// Given to `emit_with_ack` or `next` (parley/task.hpp), it says what they come to.
template <typename R, typename... Arguments>
class Event<R(Arguments...)> {
 public:
    /// `name` must outlive the event; a string literal does.
    constexpr explicit Event(TextView name) : name_(name) {
        if (is_reserved_event(name)) contract::this_event_name_is_reserved();
    }

    [[nodiscard]] constexpr std::string_view name() const noexcept { return name_; }

 private:
    std::string_view name_;
};

}  // namespace parley
