// SPDX-License-Identifier: MIT
#include "parley/web/slow_turns.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "parley/web/application_state.hpp"

namespace parley::web {

namespace {

std::string in_milliseconds(Duration time) {
    return std::to_string(std::chrono::round<std::chrono::milliseconds>(time).count()) + " ms";
}

// 0 is no bound.
Duration slow_turn_of(const ApplicationOptions& options) {
    return options.slow_turn.count() > 0 ? Duration(options.slow_turn) : Duration::max();
}

}  // namespace

SlowTurns::SlowTurns(ApplicationState& application)
    : application_(application),
      watch_(application.loop, slow_turn_of(application.options), [this](Duration took) { note(took); }) {}

// The turn is over, and the program's functions are called in turns: in the next one, which follows at once.
void SlowTurns::note(Duration took) {
    const TimePoint now = application_.loop.now() + took;
    const bool is_due = now >= may_tell_at_;
    if (is_due) {
        may_tell_at_ = now + warnings_apart;
    } else {
        ++untold_;
        longest_untold_ = std::max(longest_untold_, took);
    }
    if (!is_due && !application_.observer) return;
    application_.loop.contain([&] {
        application_.gate->post([this, took, is_due] {
            application_.observer.tell(&ApplicationObserver::on_slow_turn, took);
            if (is_due) warn(took);
        });
    });
}

void SlowTurns::warn(Duration took) {
    if (application_.is_retired()) return;
    std::string where = "event loop";
    if (!application_.group->is_alone()) where += " " + std::to_string(application_.index);
    std::string message = "busy for " + in_milliseconds(took) +
                          " in one turn, in which all its connections waited: let what takes long run on a thread of "
                          "your own, and post() what comes of it";
    if (const std::uint64_t times = std::exchange(untold_, 0); times > 0) {
        message += " (" + std::to_string(times) + " more since the last warning, the longest of " +
                   in_milliseconds(std::exchange(longest_untold_, {})) + ")";
    }
    application_.errors.report({.where = where, .message = message});
}

}  // namespace parley::web
