// SPDX-License-Identifier: MIT
#include "parley/contract/handler_table.hpp"

#include <utility>

namespace parley::contract {

HandlerTable::List& HandlerTable::list_of(std::string_view event) {
    const auto found = lists_.find(event);
    return found != lists_.end() ? found->second : lists_.emplace(std::string(event), List()).first->second;
}

void HandlerTable::add(std::string_view event, EventHandler handler, bool once) {
    list_of(event).push_back(std::make_unique<Entry>(Entry{std::move(handler), once}));
}

void HandlerTable::add_any(EventHandler handler, bool in_front) {
    List& list = in_front ? in_front_ : any_;
    list.push_back(std::make_unique<Entry>(Entry{std::move(handler)}));
    settle();
}

void HandlerTable::add_waiter(std::string_view event, const void* waiter, EventHandler handler) {
    list_of(event).push_back(
        std::make_unique<Entry>(Entry{.handler = std::move(handler), .once = true, .waiter = waiter}));
}

void HandlerTable::remove_waiter(std::string_view event, const void* waiter) {
    if (const auto found = lists_.find(event); found != lists_.end()) {
        for (const auto& entry : found->second)
            if (entry->waiter == waiter) entry->removed = has_removed_ = true;
    }
    settle();
}

void HandlerTable::remove(std::string_view event) {
    if (const auto found = lists_.find(event); found != lists_.end()) remove(found->second);
    settle();
}

void HandlerTable::clear_any() {
    remove(any_);
    remove(in_front_);
    settle();
}

void HandlerTable::clear() {
    for (auto& [name, list] : lists_)
        remove(list);
    clear_any();
}

void HandlerTable::remove(List& list) {
    for (const auto& entry : list)
        entry->removed = has_removed_ = true;
}

bool HandlerTable::call(Invocation& invocation) {
    const auto found = lists_.find(invocation.event());
    return found != lists_.end() && call(found->second, invocation);
}

void HandlerTable::call_any(Invocation& invocation) {
    call(any_, invocation);
}

bool HandlerTable::call(List& list, Invocation& invocation) {
    if (list.empty()) return false;
    bool called = false;
    const std::size_t count = list.size();
    ++depth_;
    for (std::size_t i = 0; i < count; ++i) {
        Entry& entry = *list[i];
        if (entry.removed) continue;
        if (entry.once) entry.removed = has_removed_ = true;
        called = true;
        try {
            entry.handler(invocation);
        } catch (...) {
            invocation.report_exception();
        }
    }
    --depth_;
    settle();
    return called;
}

// Not while a handler runs: it may be the one that goes, and its list is being worked off.
void HandlerTable::settle() {
    if (depth_ > 0 || (!has_removed_ && in_front_.empty())) return;
    any_.reserve(any_.size() + in_front_.size());  // before anything moves
    for (auto& entry : std::exchange(in_front_, {}))
        any_.insert(any_.begin(), std::move(entry));
    if (std::exchange(has_removed_, false)) drop_removed();
}

// To drop must not fail, so those that are dropped make a chain.
void HandlerTable::drop_removed() {
    std::unique_ptr<Entry> dropped;  // destroyed last: what a handler owns may use this table when it goes
    const auto sweep = [&](List& list) {
        for (auto& entry : list) {
            if (!entry->removed) continue;
            entry->next = std::move(dropped);
            dropped = std::move(entry);
        }
        std::erase(list, nullptr);
    };
    sweep(any_);
    for (auto list = lists_.begin(); list != lists_.end();) {
        sweep(list->second);
        list = list->second.empty() ? lists_.erase(list) : std::next(list);
    }
    while (dropped != nullptr)
        dropped = std::move(dropped->next);
}

}  // namespace parley::contract
