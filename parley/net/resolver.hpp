// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "parley/net/loop.hpp"

namespace parley::net {

/// Looks names up with the operating system's resolver, on a thread of its own that starts with the first look-up.
///
/// The system's call cannot be interrupted. Cancelled look-ups that wait are dropped; one that runs finishes unheard,
/// and destroying the resolver waits for it. The wait is bounded: the thread asks each name server twice, two seconds
/// each.
class Resolver {
 public:
    explicit Resolver(Loop& loop);
    ~Resolver();
    Resolver(const Resolver&) = delete;
    Resolver& operator=(const Resolver&) = delete;

    [[nodiscard]] std::unique_ptr<Pending> resolve(std::string host, std::uint16_t port, OnResolved on_resolved);

 private:
    struct Lookup;
    class Worker;
    Loop& loop_;
    std::unique_ptr<Worker> worker_;
};

}  // namespace parley::net
