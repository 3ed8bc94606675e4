// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

namespace parley::chat {

/// How much of everything the chat keeps and takes. What is more is refused with a sentence for the person.
struct Limits {
    std::size_t name_characters_max = 40;      ///< of a person's or a room's name
    std::size_t text_characters_max = 2000;    ///< of one message
    std::size_t key_bytes_max = 64;            ///< of a draft's key
    std::size_t history_messages_max = 100;    ///< kept for each room
    std::size_t rooms_max = 10'000;            ///< with somebody inside at the same time
    std::size_t members_max = 1'000;           ///< in one room
    std::size_t messages_per_window_max = 20;  ///< from one connection
    int window_seconds = 10;
};

}  // namespace parley::chat
