// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <parley/client.hpp>

#include "apps/chat/protocol.hpp"
#include "apps/parley/chat_address.hpp"
#include "apps/parley/inbox.hpp"

namespace parley {

/// What somebody hears who is in a chat.
class ChatListener {
 public:
    virtual void on_welcome(const chat::Welcome& welcome) = 0;
    virtual void on_message(const chat::Message& message) = 0;
    virtual void on_changes(const chat::Changes& changes, std::int64_t time) = 0;
    virtual void on_typing(const chat::Member& member, bool is_typing) = 0;
    virtual void on_dismissed(const std::string& reason) = 0;
    /// The connection is lost; it comes back by itself unless the server has ended it.
    virtual void on_lost(ClientDisconnectReason reason) = 0;
    /// It could not be made; after a refusal nothing is tried again.
    virtual void on_failed(const ConnectError& error) = 0;
    /// The server has said something that the chat's protocol does not know.
    virtual void on_strange(const std::string& what) = 0;

 protected:
    ~ChatListener() = default;
};

/// Who somebody is in a chat, and where.
struct ChatIdentity {
    std::string name;
    std::string room;    ///< empty: the lobby
    std::string secret;  ///< shows that it is the same person who comes back
};

/// A connection to a chat server that comes back by itself. What happens is told on the loop, in order. Belongs to the
/// loop's thread.
class ChatConnection {
 public:
    ChatConnection(net::Loop& loop, const ChatAddress& address, const ChatIdentity& identity);
    /// Says goodbye, and waits a moment for that to be heard.
    ~ChatConnection();
    ChatConnection(const ChatConnection&) = delete;
    ChatConnection& operator=(const ChatConnection&) = delete;

    /// Begins; to be called once. `listener` outlives this.
    void connect(ChatListener& listener, Milliseconds timeout);
    /// Sends a draft; `on_receipt` is told once: the receipt, or that there was none in time.
    void send(const chat::Draft& draft, Function<void(Result<chat::Receipt>)> on_receipt);
    void send_typing(bool is_typing);

 private:
    void listen(ChatListener& listener);

    Inbox inbox_;
    ChatAddress address_;
    ChatIdentity identity_;
    std::unique_ptr<Client> client_;
};

}  // namespace parley
