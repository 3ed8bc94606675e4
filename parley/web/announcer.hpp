// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <utility>

#include "parley/web/error_reporter.hpp"

namespace parley::web {

/// Tells the program's observer, if it has one, what happens on one loop: without one that is a question and nothing
/// else. What the observer throws is reported. Belongs to the loop.
template <typename Observer>
class Announcer {
 public:
    /// `observer` may be null. `errors` must live until `forget`.
    Announcer(Observer* observer, std::size_t loop, ErrorReporter& errors)
        : observer_(observer), loop_(loop), errors_(errors) {}

    /// Whether anybody listens.
    explicit operator bool() const noexcept { return observer_ != nullptr; }

    /// Calls `hook`, as in `&ApplicationObserver::on_backlog`, with the loop's number and `given`.
    template <typename... Parameters, typename... Given>
    void tell(void (Observer::*hook)(std::size_t, Parameters...), const Given&... given) const noexcept {
        if (observer_ != nullptr) call(hook, given...);
    }

    /// Nobody is told anything any more.
    void forget() noexcept { observer_ = nullptr; }

 private:
    template <typename Hook, typename... Given>
    [[gnu::noinline]] void call(Hook hook, const Given&... given) const noexcept {
        errors_.contain("an observer", [&] { (observer_->*hook)(loop_, given...); });
    }

    Observer* observer_;
    const std::size_t loop_;
    ErrorReporter& errors_;
};

}  // namespace parley::web
