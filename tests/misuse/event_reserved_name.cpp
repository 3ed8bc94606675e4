// SPDX-License-Identifier: MIT
// expect: this_event_name_is_reserved
#include <parley/server.hpp>

inline constexpr parley::Event<void(std::string)> gone{"disconnect"};
