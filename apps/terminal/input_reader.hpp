// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string_view>
#include <thread>

#include "parley/base/function.hpp"
#include "parley/net/loop.hpp"

namespace parley::terminal {

/// Reads the standard input on a thread of its own, since files and terminals cannot be waited for with connections.
///
/// One piece at a time: the next is read when the one before was handled, and while nobody holds it back. Belongs to
/// the loop's thread; nothing is called when it is gone.
class InputReader {
 public:
    /// `on_octets` gets each piece on the loop; `on_end` is called once, behind the last. It is held at first.
    InputReader(net::Loop& loop, Function<void(std::string_view)> on_octets, Function<void()> on_end);
    ~InputReader();
    InputReader(const InputReader&) = delete;
    InputReader& operator=(const InputReader&) = delete;

    /// Nothing more is read until `go_on`.
    void hold();
    void go_on();

 private:
    struct Shared;

    std::shared_ptr<Shared> shared_;
    std::thread thread_;
};

}  // namespace parley::terminal
