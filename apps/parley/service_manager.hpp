// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "parley/net/signals.hpp"
#include "parley/web/application.hpp"

namespace parley {

/// Tells the service manager that started this process, if one did, how it is (sd_notify(3), Type=notify): that it is
/// ready, that it stops, and as long as it turns that it does (WatchdogSec). It does not matter to anybody whether that
/// arrives.
class ServiceManager {
 public:
    /// Tells for `app`, which must outlive it, from the moment on when that runs.
    explicit ServiceManager(Application& app);
    ~ServiceManager();
    ServiceManager(const ServiceManager&) = delete;
    ServiceManager& operator=(const ServiceManager&) = delete;

    /// How often the service manager wants to hear of this process at least; nothing: it does not watch.
    [[nodiscard]] static std::optional<Duration> watchdog();

 private:
    void tell(std::string_view state) const;
    void tell_of_stop();

    std::string socket_;  // empty: there is none
    bool has_told_of_stop_ = false;
    ScheduledCall ticks_;
    std::unique_ptr<net::SignalWatch> signals_;
};

}  // namespace parley
