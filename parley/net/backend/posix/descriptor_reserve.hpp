// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string_view>

#include "parley/net/backend/posix/descriptor.hpp"

namespace parley::net::detail {

/// A descriptor that is kept open for the moment when there is no other left.
class DescriptorReserve {
 public:
    DescriptorReserve();

    /// Gives it up, accepts one connection of `listener` with it, sends it `refusal`, closes it and takes the reserve
    /// back. What the peer has said goes to `scratch`. False when there was no reserve, or no connection.
    bool turn_one_away(int listener, std::string_view refusal, std::span<char> scratch);
    /// Takes it back if somebody else was quicker then.
    void renew();

 private:
    Descriptor descriptor_;
};

}  // namespace parley::net::detail
