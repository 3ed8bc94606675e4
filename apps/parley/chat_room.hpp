// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "apps/parley/chat.hpp"
#include "apps/parley/chat_connection.hpp"
#include "apps/parley/chat_people.hpp"
#include "apps/parley/chat_view.hpp"
#include "apps/parley/drafts.hpp"
#include "apps/terminal/console.hpp"
#include "parley/net/loop.hpp"

namespace parley {

/// Somebody in a chat: what they write goes to the server, once, and what they hear to their console.
class ChatRoom final : private ChatListener {
 public:
    explicit ChatRoom(const ChatCommand& command);

    /// Talks until the end; returns the exit status.
    int run();

 private:
    // ChatListener
    void on_welcome(const chat::Welcome& welcome) override;
    void on_message(const chat::Message& message) override;
    void on_changes(const chat::Changes& changes, std::int64_t time) override;
    void on_typing(const chat::Member& member, bool is_typing) override;
    void on_dismissed(const std::string& reason) override;
    void on_lost(ClientDisconnectReason reason) override;
    void on_failed(const ConnectError& error) override;
    void on_strange(const std::string& what) override;

    void connect();
    void ask_name(const std::string& why);
    void take_name(const std::string& line);
    void take_line(const std::string& line);
    void obey(std::string_view command);
    void write(std::string text);
    void proceed();
    void settle(const std::string& key, const Result<chat::Receipt>& receipt);
    void proceed_after(Duration pause);
    void note_typing(std::string_view text);
    void stop_typing();
    void show(const chat::Message& message, Author author);
    void show_state();
    void show_who();
    void tell(std::string_view text);
    void warn(std::string_view text);
    void end(terminal::Ending ending);
    void watch_progress(Duration patience);
    void quit_without_progress();
    void quit(int status);

    const ChatCommand command_;
    const ChatAddress address_;
    const std::unique_ptr<net::Loop> loop_ = net::make_loop();
    terminal::Console console_{*loop_};
    ChatView view_;
    ChatPeople people_;
    ChatIdentity identity_;
    Drafts drafts_;
    std::unique_ptr<ChatConnection> connection_;

    std::string room_;
    std::int64_t room_since_ = -1;
    std::int64_t latest_id_ = -1;
    bool is_here_ = false;
    bool has_been_here_ = false;
    bool is_asking_name_ = false;
    bool is_delayed_ = false;  // the server wants it slower
    bool is_dismissed_ = false;
    bool is_ending_ = false;  // when everything is delivered
    bool has_refused_ = false;
    bool is_typing_ = false;
    std::uint64_t typed_ = 0;     // changes of what is typed
    std::uint64_t progress_ = 0;  // drafts that have been settled, and everything else that promises more
    std::uint64_t attempts_ = 0;
    int status_ = 0;
};

}  // namespace parley
