// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "parley/json.hpp"

/// What travels between the chat's page and its server. The page's side of the same contract is page/src/protocol.ts.
namespace parley::chat {

/// Somebody in a room.
struct Member {
    std::string id;  ///< the socket's id
    std::string name;
};

/// A message of a room.
struct Message {
    std::int64_t id = 0;  ///< position in the room's history; grows by one with each message
    std::string from;     ///< the sender's socket id at that time
    std::string name;
    std::string text;
    std::int64_t time = 0;  ///< milliseconds since 1970
    std::string key;        ///< the sender's own key for it: one that is sent again is recognised
};

/// The first event after each connection: where one is, and who else is.
struct Welcome {
    std::string room;
    std::int64_t since =
        0;  ///< when the room began, in milliseconds since 1970: with another one, message ids start over
    Member you;
    std::vector<Member> members;
    std::vector<Message> history;  ///< the room's latest messages, oldest first
};

/// Who came and went while a room was too lively to tell of each.
struct Changes {
    std::vector<Member> joined;
    std::vector<Member> left;
};

/// A message on its way to the server.
struct Draft {
    std::string key;
    std::string text;
};

/// The acknowledgement of a draft that was taken.
struct Receipt {
    Message message;
};

PARLEY_JSON_FIELDS(Member, id, name)
PARLEY_JSON_FIELDS(Message, id, from, name, text, time, key)
PARLEY_JSON_FIELDS(Welcome, room, since, you, members, history)
PARLEY_JSON_FIELDS(Changes, joined, left)
PARLEY_JSON_FIELDS(Draft, key, text)
PARLEY_JSON_FIELDS(Receipt, message)

}  // namespace parley::chat
