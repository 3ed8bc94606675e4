// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "parley/contract/handler.hpp"

namespace parley::contract {

/// Hashes names that the program chose; peers can only look them up.
struct NameHash {
    using is_transparent = void;
    [[nodiscard]] std::size_t operator()(std::string_view name) const noexcept {
        return std::hash<std::string_view>()(name);
    }
};

template <typename Value>
using NameTable = std::unordered_map<std::string, Value, NameHash, std::equal_to<>>;

/// The handlers of a namespace or of a socket, by the name of the event, in the order of their registration.
///
/// A handler may add and remove handlers, also itself: what is added is not called for the event under way, what is
/// removed is not called any more.
class HandlerTable {
 public:
    void add(std::string_view event, EventHandler handler, bool once);
    /// A handler of all events, behind the others of this kind or in front of them.
    void add_any(EventHandler handler, bool in_front);
    /// One for the next event only, that `waiter` stands for.
    void add_waiter(std::string_view event, const void* waiter, EventHandler handler);
    void remove_waiter(std::string_view event, const void* waiter);
    void remove(std::string_view event);
    void clear_any();
    void clear();

    [[nodiscard]] bool contains(std::string_view event) const { return lists_.contains(event); }

    /// Calls the handlers of the event; what they throw is reported. Whether there was one.
    bool call(Invocation& invocation);
    /// Calls the handlers of all events.
    void call_any(Invocation& invocation);

 private:
    struct Entry {
        EventHandler handler;
        bool once = false;
        bool removed = false;
        const void* waiter = nullptr;
        std::unique_ptr<Entry> next = {};  // of those that are being dropped
    };
    using List = std::vector<std::unique_ptr<Entry>>;  // entries stay where they are while the list grows

    List& list_of(std::string_view event);
    bool call(List& list, Invocation& invocation);
    void remove(List& list);
    void settle();
    void drop_removed();

    NameTable<List> lists_;
    List any_;
    List in_front_;       // on their way to the front of `any_`
    unsigned depth_ = 0;  // calls under way
    bool has_removed_ = false;
};

}  // namespace parley::contract
