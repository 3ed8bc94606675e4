// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <utility>

#include "parley/base/function.hpp"
#include "parley/net/backend/posix/signal_inbox.hpp"
#include "parley/net/signals.hpp"

namespace parley::net::detail {

/// A watch on signals whose inbox somebody looks at for it.
class InboxWatch : public SignalWatch {
 public:
    explicit InboxWatch(Function<void(int)> on_signal) : on_signal_(std::move(on_signal)) {}
    ~InboxWatch() override {
        if (destroyed_ != nullptr) *destroyed_ = true;
    }

 protected:
    [[nodiscard]] SignalInbox& inbox() noexcept { return inbox_; }
    /// Tells the function of what has arrived. It may destroy this.
    void tell();

 private:
    Function<void(int)> on_signal_;
    SignalInbox inbox_;
    bool* destroyed_ = nullptr;  // where to say that the function destroyed this
};

}  // namespace parley::net::detail
