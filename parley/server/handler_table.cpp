// SPDX-License-Identifier: MIT
#include "parley/server/handler_table.hpp"

#include <utility>

namespace parley::server::detail {

void HandlerTable::add(std::string_view event, EventHandler handler, bool once) {
    auto found = lists_.find(event);
    if (found == lists_.end()) found = lists_.emplace(std::string(event), List()).first;
    found->second.push_back(std::make_unique<Entry>(Entry{std::move(handler), once}));
}

void HandlerTable::add_any(EventHandler handler) {
    any_.push_back(std::make_unique<Entry>(Entry{std::move(handler)}));
}

void HandlerTable::remove(std::string_view event) {
    const auto found = lists_.find(event);
    if (found == lists_.end()) return;
    for (const auto& entry : found->second)
        entry->removed = true;
    has_removed_ = true;
    drop_removed();
}

void HandlerTable::clear() {
    for (const auto& [name, list] : lists_) {
        for (const auto& entry : list)
            entry->removed = true;
    }
    for (const auto& entry : any_)
        entry->removed = true;
    has_removed_ = true;
    drop_removed();
}

bool HandlerTable::call(Invocation& invocation) {
    const auto found = lists_.find(invocation.event());
    return found != lists_.end() && call(found->second, invocation);
}

void HandlerTable::call_any(Invocation& invocation) {
    call(any_, invocation);
}

bool HandlerTable::call(List& list, Invocation& invocation) {
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
    drop_removed();
    return called;
}

// Not while a handler runs: it may be the one that goes.
void HandlerTable::drop_removed() {
    if (!has_removed_ || depth_ > 0) return;
    has_removed_ = false;
    List dropped;  // destroyed last: what a handler owns may use this table when it goes
    const auto sweep = [&](List& list) {
        for (auto& entry : list) {
            if (entry->removed) dropped.push_back(std::exchange(entry, nullptr));
        }
        std::erase(list, nullptr);
    };
    sweep(any_);
    for (auto list = lists_.begin(); list != lists_.end();) {
        sweep(list->second);
        list = list->second.empty() ? lists_.erase(list) : std::next(list);
    }
}

}  // namespace parley::server::detail
