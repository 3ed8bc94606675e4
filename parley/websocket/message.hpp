// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace parley::websocket {

/// One whole message. Text is valid UTF-8. The view is valid until the next call of the machine that gave it.
struct Message {
    std::string_view data;
    bool is_binary = false;
};

}  // namespace parley::websocket
