// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "apps/chat/protocol.hpp"
#include "apps/chat/search.hpp"
#include "parley/base/error.hpp"
#include "parley/base/function.hpp"

namespace parley::chat {

/// A message with what only its sender and the server know of it.
struct Said {
    Message message;
    std::string key;       ///< the draft's
    std::string identity;  ///< of whoever sent it
};

/// A message on its way into the history of a room.
struct NewMessage {
    std::string room;
    std::int64_t room_since = 0;  ///< when the room began, should this be the first that is kept of it
    Said said;                    ///< its id is the least that it may have
};

/// What became of one.
struct Kept {
    Message message;
    bool is_new = false;  ///< false: the same person sent this key before, and `message` is what became of it then
};

/// Which part of what was said in a room: the latest, or what stands next to a message.
struct PageQuery {
    std::string room;
    std::optional<std::int64_t> before;  ///< only messages with a smaller id: the latest of those
    std::optional<std::int64_t> after;   ///< only messages with a larger id: the earliest of those
    std::size_t messages_max = 0;
    std::size_t bytes_max = 0;  ///< as they travel; one is there whatever its size
};

/// A part of what was said in a room.
struct Page {
    std::optional<std::int64_t> since;  ///< when the room began; none: nothing of it is kept
    std::int64_t next_id = 0;           ///< that the room's next message gets
    std::vector<Said> messages;         ///< oldest first
    bool is_complete = true;            ///< nothing is further in the direction that was asked for
};

/// Where to look for what, and how much of that to tell.
struct SearchQuery {
    Search search;
    std::vector<std::string> rooms;      ///< nothing is looked for in any other
    std::optional<std::int64_t> behind;  ///< only what stands behind this place of an earlier answer
    std::size_t messages_max = 0;
};

/// What was found, the latest first.
struct SearchResult {
    std::vector<FoundMessage> found;
    std::optional<std::int64_t> last_place;  ///< that of the last, where more stands behind it
};

/// What a message takes of a page's octets.
[[nodiscard]] std::size_t bytes_of(const Said& said);

/// Where what is said is kept, so that it outlives rooms, connections and the process.
///
/// Nothing here waits: what comes of a call is told later, on the thread that the history was made for, appends in the
/// order of their calls but those that are refused. Of what is under way when the history goes, nobody is told.
class History {
 public:
    History() = default;
    History(const History&) = delete;
    History& operator=(const History&) = delete;
    virtual ~History() = default;

    /// Keeps a message, and calls `on_kept` when nothing can take it away any more: not the end of the process, nor
    /// that of the machine's power. An error says in a sentence why it is not kept; `limit_exceeded`: too many wait.
    virtual void append(NewMessage message, Function<void(Result<Kept>)> on_kept) = 0;

    /// Reads a part of what was said in a room.
    virtual void load(PageQuery query, Function<void(Result<Page>)> on_page) = 0;

    /// Looks for messages by their words.
    virtual void search(SearchQuery query, Function<void(Result<SearchResult>)> on_found) = 0;
};

}  // namespace parley::chat
