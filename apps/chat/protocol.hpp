// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
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
};

/// Which message a draft became. Only its sender is told: who has somebody's keys could pass for them.
struct OwnMessage {
    std::int64_t id = 0;
    std::string key;
};

/// The first event after each connection: where one is, and who else is.
struct Welcome {
    std::string room;
    /// When the room began, in milliseconds since 1970: with another one, message ids start over.
    std::int64_t since = 0;
    Member you;
    std::vector<Member> members;
    std::vector<Message> history;   ///< the room's latest messages, oldest first
    std::vector<OwnMessage> yours;  ///< those of them that the same person sent, on whatever connection
};

/// Who came and went while a room was too lively to tell of each.
struct Changes {
    std::vector<Member> joined;
    std::vector<Member> left;
};

/// Which part of what was said in the room somebody wants to read: the latest messages before one, the earliest after
/// one, or with neither the latest of all.
struct HistoryRequest {
    std::optional<std::int64_t> before;
    std::optional<std::int64_t> after;
};

/// The answer to that.
struct HistoryPage {
    std::vector<Message> messages;  ///< oldest first
    std::vector<OwnMessage> yours;  ///< as in the welcome
    bool complete = true;           ///< nothing is further in that direction
    std::optional<std::string> error;
    std::optional<std::int64_t> retry_after;  ///< milliseconds until it may be asked again
};

/// Rooms that somebody knows by name, and wants to know how they stand.
struct RoomsRequest {
    std::vector<std::string> names;
};

/// How a room stands.
struct RoomState {
    std::string name;
    std::int64_t since = 0;  ///< as in the welcome; 0 where nothing was said
    std::int64_t next = 0;   ///< the id of its next message
    std::int64_t here = 0;   ///< connections in it
};

/// The answer to that.
struct RoomsAnswer {
    std::vector<RoomState> rooms;
    std::optional<std::string> error;
    std::optional<std::int64_t> retry_after;
};

/// What somebody looks for, as they typed it (see `parse_search`), in the rooms that they know by name: whoever knows
/// one may enter it.
struct SearchRequest {
    std::string text;
    std::vector<std::string> rooms;
    std::optional<std::int64_t> behind;  ///< the `more` of an earlier answer
};

/// A message that was found.
struct FoundMessage {
    std::string room;
    Message message;
};

/// The answer to a search.
struct SearchAnswer {
    std::vector<FoundMessage> found;   ///< the latest first
    std::optional<std::int64_t> more;  ///< more stands behind these; ask with this number
    std::optional<std::string> error;
    std::optional<std::int64_t> retry_after;
};

/// A message on its way to the server.
struct Draft {
    std::string key;  ///< the sender's own for it: one that is sent again is recognised
    std::string text;
};

/// The acknowledgement of a draft: what it became, or why it was refused.
struct Receipt {
    std::optional<Message> message;
    std::optional<std::string> error;
    std::optional<std::int64_t> retry_after;  ///< milliseconds until it may come again; none: never
};

PARLEY_JSON_FIELDS(Member, id, name)
PARLEY_JSON_FIELDS(Message, id, from, name, text, time)
PARLEY_JSON_FIELDS(OwnMessage, id, key)
PARLEY_JSON_FIELDS(Welcome, room, since, you, members, history, yours)
PARLEY_JSON_FIELDS(Changes, joined, left)
PARLEY_JSON_FIELDS(HistoryRequest, before, after)
PARLEY_JSON_FIELDS(HistoryPage, messages, yours, complete, error, retry_after)
PARLEY_JSON_FIELDS(RoomsRequest, names)
PARLEY_JSON_FIELDS(RoomState, name, since, next, here)
PARLEY_JSON_FIELDS(RoomsAnswer, rooms, error, retry_after)
PARLEY_JSON_FIELDS(SearchRequest, text, rooms, behind)
PARLEY_JSON_FIELDS(FoundMessage, room, message)
PARLEY_JSON_FIELDS(SearchAnswer, found, more, error, retry_after)
PARLEY_JSON_FIELDS(Draft, key, text)
PARLEY_JSON_FIELDS(Receipt, message, error, retry_after)

}  // namespace parley::chat
