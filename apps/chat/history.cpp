// SPDX-License-Identifier: MIT
#include "apps/chat/history.hpp"

namespace parley::chat {

std::size_t bytes_of(const Said& said) {
    // With their commas; escapes make a message longer than its parts.
    return to_json(said.message).size() + to_json(OwnMessage{said.message.id, said.key}).size() + 2;
}

}  // namespace parley::chat
