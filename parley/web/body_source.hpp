// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

#include "parley/base/outbox.hpp"

namespace parley::web {

/// Where the octets of a long answer come from, a piece at a time, as the peer takes them (a file).
class BodySource {
 public:
    virtual ~BodySource() = default;

    /// Appends the next octets, at least one and at most `octets_max`, never more in sum than the size that was
    /// promised. False if there are none when there should be: the connection is then cut, because the promised length
    /// cannot be kept.
    virtual bool produce(std::size_t octets_max, Outbox& outbox) = 0;
};

}  // namespace parley::web
