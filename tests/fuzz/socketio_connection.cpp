// SPDX-License-Identifier: MIT
// The server's side of one session: messages, answers to CONNECTs, expulsions and time in any order.
#include "parley/socketio/connection.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "parley/json.hpp"
#include "parley/socketio/arguments.hpp"
#include "parley/socketio/packet.hpp"
#include "tests/fuzz/support/input.hpp"

using namespace parley;
using namespace std::chrono_literals;
using fuzz::require;
using socketio::Event;
using socketio::SocketHandle;

namespace {

constexpr char separator = '\x1e';

socketio::Options options_of(bool is_tiny) {
    socketio::Options options;
    if (!is_tiny) return options;
    options.limits = {.attachments_max = 2,
                      .packet_bytes_max = 200,
                      .json_depth_max = 4,
                      .auth_bytes_max = 16,
                      .namespace_bytes_max = 8,
                      .event_name_bytes_max = 8,
                      .namespaces_max = 2,
                      .refused_connects_max = 2,
                      .connects_per_window_max = 4};
    return options;
}

// The program around a connection: its sockets, and the CONNECTs that wait for its answer.
class Program {
 public:
    explicit Program(bool is_tiny) : options_(options_of(is_tiny)), connection_(options_, now_) {}

    // A message, or, behind one of four marks, something else that happens.
    void step(std::string_view message) {
        const char mark = message.empty() ? '0' : message.front();
        const std::string_view rest = message.substr(message.empty() ? 0 : 1);
        if (mark == '\x02') {
            connection_.receive_binary(fuzz::Copy(rest).view(), now_);
        } else if (mark == '\x03') {
            now_ += std::chrono::seconds(rest.empty() ? 1 : rest.front() & 63);
            connection_.handle_deadline(now_);
        } else if (mark == '\x04' || mark == '\x05') {
            answer(mark == '\x04');
        } else if (mark == '\x06') {
            std::string out;
            if (connection_.disconnect(rest, now_, out)) check_sent(out);
        } else {
            const fuzz::Copy copy(message);
            connection_.receive_text(copy.view(), now_);
            drain();
            return;
        }
        drain();
    }

    void check() const {
        const std::vector<SocketHandle> sockets = connection_.sockets();
        require(sockets.size() <= options_.limits.namespaces_max, "namespaces are bounded");
        for (const SocketHandle socket : sockets)
            require(socket != SocketHandle::none && std::ranges::count(sockets, socket) == 1, "sockets are known once");
        require(connection_.buffered_bytes() <= options_.limits.packet_bytes_max, "what waits is bounded");
        require(connection_.failed() == has_failed_, "a failure is told");
        require(!connection_.failed() || connection_.next_deadline() == no_deadline, "and is the end");
    }

 private:
    void answer(bool accepts) {
        if (waiting_.empty()) return;
        const std::string name = waiting_.back();
        waiting_.pop_back();
        std::string out;
        const bool is_done =
            accepts ? connection_.accept({.namespace_name = name, .sid = "sid", .socket = SocketHandle{++last_}}, out)
                    : connection_.refuse({.namespace_name = name, .message = "no", .data_json = "[1]"}, out);
        require(is_done != out.empty(), "an answer says something");
        if (is_done) check_sent(out);
        require(!(is_done && accepts) || connection_.socket(name) == SocketHandle{last_}, "who is let in is there");
    }

    static void check_sent(std::string_view packet) {
        const auto scanned = socketio::scan_packet(packet);
        require(scanned.has_value(), "what we send is a packet");
        if (!scanned->data.empty()) require(validate_json(scanned->data).has_value(), "with good JSON in it");
    }

    void drain() {
        while (const std::optional<Event> event = connection_.next_event()) {
            require(!has_failed_, "nothing happens behind a failure");
            switch (event->kind) {
                case Event::Kind::connect_received:
                    waiting_.emplace_back(event->namespace_name);
                    if (!event->data.empty())
                        require(event->data.size() <= options_.limits.auth_bytes_max, "auth is small");
                    break;
                case Event::Kind::event_received:
                case Event::Kind::ack_received:
                    check_arguments(*event);
                    break;
                case Event::Kind::disconnect_received:
                    require(connection_.socket(event->namespace_name) == SocketHandle::none, "who leaves is gone");
                    break;
                case Event::Kind::reply_ready:
                    check_sent(event->data);
                    break;
                case Event::Kind::failed:
                    require(!event->failure.reason.empty(), "a failure says why");
                    has_failed_ = true;
                    break;
            }
        }
    }

    void check_arguments(const Event& event) const {
        require(event.socket != SocketHandle::none && event.socket == connection_.socket(event.namespace_name),
                "only who is there is heard");
        require(event.kind != Event::Kind::ack_received || event.ack_id, "an ack says of what");
        JsonReader reader = socketio::open_arguments(event);
        Json argument;
        while (reader.next_element()) {
            if (!reader.read(argument)) break;
        }
        require(!reader.failed() && reader.at_end(), "arguments can be read to their end");
    }

    TimePoint now_{1h};
    const socketio::Options options_;
    socketio::Connection connection_;
    std::vector<std::string> waiting_;
    std::uint64_t last_ = 0;
    bool has_failed_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    Program program(input.flag());
    while (!input.empty()) {
        program.step(input.until(separator));
        program.check();
    }
    return 0;
}
