// SPDX-License-Identifier: MIT
#include "apps/parley/chat_room.hpp"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <utility>

#include "apps/chat/limits.hpp"
#include "apps/chat/wording.hpp"
#include "apps/parley/told.hpp"
#include "apps/terminal/clusters.hpp"
#include "parley/base/random_id.hpp"
#include "parley/web/environment.hpp"

namespace parley {

namespace {

constexpr std::size_t drafts_max = 1000;                   // that somebody may write while there is no connection
constexpr std::size_t drafts_piped_max = 16;               // then a pipe waits
constexpr std::chrono::milliseconds pause_min{250};        // before a draft is sent again
constexpr std::chrono::milliseconds typing_pause{2'500};   // after which nobody is typing any more
constexpr std::chrono::milliseconds pause_max{3'600'000};  // whatever a server asks for
constexpr std::chrono::seconds drafts_patience{5};         // for what is on its way when somebody leaves

std::string name_of_account() {
    for (const char* variable : {"USER", "LOGNAME"}) {
        if (const char* name = std::getenv(variable); name != nullptr && *name != '\0') return name;
    }
    return {};
}

ChatAddress address_of(const ChatCommand& command) {
    ChatAddress address = read_chat_address(
        command.url.empty() ? "http://localhost:" + std::to_string(port_from_environment(3000)) : command.url);
    address.tls = command.tls;
    return address;
}

ChatView view_for(const terminal::Console& console) {
    using enum ChatView::Times;
    return {console.colours(), console.is_interactive() ? clock : full};
}

std::string counted(std::size_t count, std::string_view what) {
    return std::to_string(count) + " " + std::string(what) + (count == 1 ? "" : "s");
}

}  // namespace

ChatRoom::ChatRoom(const ChatCommand& command)
    : command_(command), address_(address_of(command)), view_(view_for(console_)), drafts_(drafts_max) {
    identity_.name = command.name.empty() ? name_of_account() : command.name;
    identity_.room = command.room.empty() ? address_.room : command.room;
    identity_.secret = random_id(loop_->entropy());
    if (identity_.name.empty() && !console_.is_interactive())
        throw SetupError({ErrorCode::invalid_argument, "Say who you are, with --name NAME."});
}

int ChatRoom::run() {
    console_.on_line([this](const std::string& line) { take_line(line); });
    console_.on_end([this](terminal::Ending ending) { end(ending); });
    console_.on_typing([this](std::string_view text) { note_typing(text); });
    console_.on_complete([this](std::string_view word) { return people_.names_like(word); });
    console_.start();
    if (identity_.name.empty()) {
        ask_name("");
    } else {
        connect();
    }
    loop_->run();
    connection_.reset();
    console_.finish();
    return status_;
}

void ChatRoom::connect() {
    connection_ = std::make_unique<ChatConnection>(*loop_, address_, identity_);
    const std::chrono::seconds timeout(command_.timeout_seconds);
    connection_->connect(*this, timeout);
    show_state();
    // Another server would let one in, and say nothing.
    loop_->after(timeout + std::chrono::seconds(1), [this, attempt = ++attempts_] {
        if (has_been_here_ || is_asking_name_ || attempt != attempts_) return;
        warn(address_.server + " does not answer as a Parley chat does.");
        quit(1);
    });
}

void ChatRoom::ask_name(const std::string& why) {
    if (!why.empty()) warn(why);
    is_asking_name_ = true;
    connection_.reset();
    show_state();
}

void ChatRoom::take_name(const std::string& line) {
    const Result<std::string> name = chat::clean_name(line, chat::Limits{}.name_characters_max);
    if (!name) return warn(name.error().message);
    identity_.name = *name;
    is_asking_name_ = false;
    connect();
}

void ChatRoom::take_line(const std::string& line) {
    if (is_asking_name_) return take_name(line);
    stop_typing();
    if (!console_.is_interactive()) {
        write(terminal::without_controls(line));
    } else if (line.starts_with("//")) {
        write(line.substr(1));
    } else if (line.starts_with('/')) {
        obey(line);
    } else {
        write(line);
    }
}

void ChatRoom::obey(std::string_view command) {
    while (command.ends_with(' '))
        command.remove_suffix(1);
    if (command == "/quit") return end(terminal::Ending::input_ended);
    if (command == "/who") return show_who();
    if (command != "/help") {
        warn("There is no command " + std::string(command) +
             ". /help lists them; // in front sends a text that begins with /");
        return;
    }
    tell("/who says who is here, /quit leaves. // in front sends a text that begins with /");
    tell("Tab completes names, Alt-Enter begins a new line, the arrow up brings lines back.");
}

void ChatRoom::write(std::string text) {
    if (text.find_first_not_of(" \t\n") == std::string::npos) return;
    if (!drafts_.add({random_id(loop_->entropy()), std::move(text)})) {
        warn("Too many messages wait to be sent; this one was not kept.");
        has_refused_ = true;
        return;
    }
    if (!console_.is_interactive() && drafts_.size() >= drafts_piped_max) console_.hold();
    show_state();
    proceed();
}

void ChatRoom::proceed() {
    if (!is_here_) return;
    if (drafts_.size() < drafts_piped_max) console_.go_on();
    const chat::Draft* draft = drafts_.next();
    if (draft == nullptr) {
        if (is_ending_ && drafts_.empty()) quit(has_refused_ ? 1 : 0);
        return;
    }
    drafts_.set_under_way(true);
    connection_->send(*draft, [this, key = draft->key](const Result<chat::Receipt>& receipt) { settle(key, receipt); });
}

void ChatRoom::settle(const std::string& key, const Result<chat::Receipt>& receipt) {
    // Without one the server may have it, and will recognise it by its key when it comes again.
    if (!receipt) return proceed_after(pause_min);
    ++progress_;
    if (receipt->error && receipt->retry_after) {
        if (!std::exchange(is_delayed_, true)) warn(*receipt->error + " It will be sent then.");
        show_state();
        const std::int64_t wanted = std::clamp(*receipt->retry_after, pause_min.count(), pause_max.count());
        return proceed_after(std::chrono::milliseconds(wanted));
    }
    drafts_.remove(key);
    if (receipt->error) {
        warn("Not sent: " + *receipt->error);
        has_refused_ = true;
    } else if (receipt->message) {
        show(*receipt->message, Author::oneself);
    }
    is_delayed_ = is_delayed_ && !drafts_.empty();
    drafts_.set_under_way(false);
    show_state();
    proceed();
}

void ChatRoom::proceed_after(Duration pause) {
    loop_->after(pause, [this] {
        drafts_.set_under_way(false);
        proceed();
    });
}

void ChatRoom::note_typing(std::string_view text) {
    const bool is_typing = text.find_first_not_of(" \n") != std::string_view::npos && !text.starts_with('/');
    if (!is_typing) return stop_typing();
    if (is_here_ && !std::exchange(is_typing_, true)) connection_->send_typing(is_typing);
    loop_->after(typing_pause, [this, typed = ++typed_] {
        if (typed == typed_) stop_typing();
    });
}

void ChatRoom::stop_typing() {
    if (!std::exchange(is_typing_, false) || !is_here_) return;
    connection_->send_typing(is_typing_);
}

void ChatRoom::on_welcome(const chat::Welcome& welcome) {
    const bool is_return = std::exchange(has_been_here_, true);
    is_here_ = true;
    is_typing_ = false;
    ++progress_;
    room_ = welcome.room;
    identity_.name = welcome.you.name;
    if (welcome.since != std::exchange(room_since_, welcome.since)) latest_id_ = -1;
    people_.reset(welcome.members, welcome.you.id);
    std::set<std::int64_t> own;
    for (const chat::OwnMessage& message : welcome.yours) {
        own.insert(message.id);
        drafts_.remove(message.key);
    }
    if (is_return) tell("Connected again.");
    for (const chat::Message& message : welcome.history)
        show(message, own.contains(message.id) ? Author::oneself : Author::somebody);
    if (!is_return && console_.is_interactive()) show_who();
    show_state();
    proceed();
}

void ChatRoom::on_message(const chat::Message& message) {
    people_.set_typing({message.from, message.name}, false, loop_->now());
    show(message, people_.is_own(message.from) ? Author::oneself : Author::somebody);
    show_state();
}

void ChatRoom::on_changes(const chat::Changes& changes, std::int64_t time) {
    std::vector<std::string> joined;
    std::vector<std::string> left;
    for (const chat::Member& member : changes.joined)
        if (people_.add(member)) joined.push_back(member.name);
    for (const chat::Member& member : changes.left)
        if (people_.remove(member)) left.push_back(member.name);
    if (const std::string line = view_.comings(joined, left, time); !line.empty()) console_.print(line);
    show_state();
}

void ChatRoom::on_typing(const chat::Member& member, bool is_typing) {
    people_.set_typing(member, is_typing, loop_->now());
    if (is_typing) loop_->after(ChatPeople::typing_expires, [this] { show_state(); });
    show_state();
}

void ChatRoom::on_dismissed(const std::string& reason) {
    is_dismissed_ = true;
    warn(reason);
}

void ChatRoom::on_lost(ClientDisconnectReason reason) {
    is_here_ = false;
    if (reason == ClientDisconnectReason::io_server_disconnect) {
        if (!is_dismissed_) warn("The server has closed the connection.");
        return quit(1);
    }
    warn("The connection is lost (" + std::string(to_string(reason)) + "). Trying again...");
    show_state();
}

void ChatRoom::on_failed(const ConnectError& error) {
    if (!error.is_refusal && has_been_here_) return;  // it is tried again, and the prompt says so
    const std::string field(error.data["field"].as_string().value_or(""));
    if (error.is_refusal && field == "name" && console_.is_interactive()) return ask_name(error.message);
    std::string why = error.is_refusal ? error.message : told(error);
    if (error.is_refusal && field == "name") why += " Give another one with --name.";
    if (!error.is_refusal && error.status == 0 && command_.url.empty()) why += " Start a chat with: parley serve";
    warn(why);
    quit(1);
}

void ChatRoom::on_strange(const std::string& what) {
    warn("The server said what this program does not understand: " + what);
}

void ChatRoom::show(const chat::Message& message, Author author) {
    if (message.id <= latest_id_) return;
    latest_id_ = message.id;
    console_.print(view_.message(message, author));
}

void ChatRoom::show_who() {
    std::vector<std::string> others = people_.names();
    std::erase(others, identity_.name);
    console_.print(view_.remark("You are " + identity_.name + " in #" + room_ +
                                (others.empty() ? ", and alone." : ", with " + listed_names(others) + ".")));
}

void ChatRoom::tell(std::string_view text) {
    console_.remark(console_.is_interactive() ? view_.remark(text) : "parley: " + chat::printable(text));
}

void ChatRoom::warn(std::string_view text) {
    console_.remark(console_.is_interactive() ? view_.warning(text) : "parley: " + chat::printable(text));
}

void ChatRoom::show_state() {
    if (is_asking_name_) {
        console_.set_status("");
        return console_.set_prompt("Your name: ", terminal::Mood::calm);
    }
    const std::string name = chat::printable(identity_.name);
    if (is_here_) {
        console_.set_prompt(name + "> ", terminal::Mood::calm);
    } else {
        console_.set_prompt(name + (has_been_here_ ? " (not connected)> " : " (connecting)> "),
                            terminal::Mood::alarmed);
    }
    const std::string typing = is_here_ ? chat::printable(people_.typing(loop_->now())) : "";
    const bool has_waiting = !drafts_.empty() && (!is_here_ || is_delayed_);
    console_.set_status(has_waiting ? counted(drafts_.size(), "message") + " waiting" : typing);
}

void ChatRoom::end(terminal::Ending ending) {
    const bool can_wait = ending == terminal::Ending::input_ended && !is_ending_ &&
                          (is_here_ || !console_.is_interactive()) && !is_asking_name_;
    if (!can_wait) return quit_without_progress();
    is_ending_ = true;
    proceed();
    watch_progress(console_.is_interactive() ? drafts_patience : std::chrono::seconds(command_.timeout_seconds));
}

// What is on its way is waited for as long as something arrives.
void ChatRoom::watch_progress(Duration patience) {
    loop_->after(patience, [this, patience, seen = progress_] {
        if (seen == progress_) return quit_without_progress();
        watch_progress(patience);
    });
}

void ChatRoom::quit_without_progress() {
    if (!drafts_.empty()) warn(counted(drafts_.size(), "message") + " could not be sent.");
    quit(drafts_.empty() && (has_been_here_ || console_.is_interactive()) ? 0 : 1);
}

void ChatRoom::quit(int status) {
    status_ = status;
    is_here_ = false;
    loop_->stop();
}

}  // namespace parley
