// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

#include "apps/chat/search.hpp"
#include "apps/chat/token_bucket.hpp"

namespace parley::chat {

/// How much of everything the chat keeps and takes. What is more is refused with a sentence for the person.
///
/// Everybody who enters is sent the history and the members of the room in one event. At all of these maxima together
/// that is less than 256 KiB: far below what the server queues for one client, who could not get in otherwise.
struct Limits {
    std::size_t name_characters_max = 40;        ///< of a person's or a room's name
    std::size_t text_characters_max = 2000;      ///< of one message
    std::size_t key_bytes_max = 64;              ///< of a draft's key
    std::size_t history_messages_max = 100;      ///< that are told together: of those who enter, or read further up
    std::size_t history_bytes_max = 128 * 1024;  ///< of those, as they travel; one is told whatever its size
    /// Of the latest messages of all rooms, in memory; those of the longest silent are read from the history again.
    std::size_t histories_bytes_max = 64 * 1024 * 1024;
    std::size_t rooms_max = 10'000;                     ///< with somebody inside at the same time
    std::size_t members_max = 500;                      ///< in one room
    std::size_t secret_bytes_max = 64;                  ///< of what tells that somebody is the same person again
    Rate messages{.burst_max = 20, .per_second = 2};    ///< from one connection; more are refused
    Rate typing{.burst_max = 20, .per_second = 4};      ///< from one connection; more are dropped
    Rate pages{.burst_max = 30, .per_second = 5};       ///< of the history read by one connection; more are refused
    SearchLimits search = {};                           ///< of what somebody looks for
    std::size_t search_rooms_max = 32;                  ///< in which they look, or whose state they ask for
    std::size_t search_messages_max = 30;               ///< that are told together
    Rate searches{.burst_max = 20, .per_second = 2};    ///< from one connection; more are refused
    Rate events{.burst_max = 200, .per_second = 20};    ///< of any name from one connection; more, and it is dismissed
    Rate joins{.burst_max = 10, .per_second = 1};       ///< from one connection; more are refused
    Rate notices{.burst_max = 10, .per_second = 1};     ///< of comings and goings in a room; more are told together
    Rate log_lines{.burst_max = 50, .per_second = 10};  ///< more are counted only
};

}  // namespace parley::chat
