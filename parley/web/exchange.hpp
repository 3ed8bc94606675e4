// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <forward_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/base/function.hpp"
#include "parley/base/shared_buffer.hpp"
#include "parley/base/time.hpp"
#include "parley/base/typed_states.hpp"
#include "parley/http/form.hpp"
#include "parley/http/query.hpp"
#include "parley/http/request_parser.hpp"
#include "parley/http/response.hpp"
#include "parley/net/call_frame.hpp"
#include "parley/net/endpoint.hpp"
#include "parley/net/loop_gate.hpp"
#include "parley/net/posted_call.hpp"
#include "parley/web/body_source.hpp"
#include "parley/web/path_pattern.hpp"
#include "parley/web/request.hpp"
#include "parley/web/request_path.hpp"
#include "parley/web/response.hpp"

namespace parley::web {

class ApplicationState;
class HttpConnection;
class RouteTable;

/// The body of an answer, in one of three forms.
struct AnswerBody {
    std::string_view text;
    SharedBuffer shared;
    std::unique_ptr<BodySource> source;
    std::uint64_t size = 0;
};

/// One request and its answer, from the moment the request is complete: what `Request` and `Response` stand for.
///
/// Owned by the `Response` handles, which count it; functions that a handler handed over keep its memory beyond them,
/// empty, because they may refer to the `Request`. Its connection refers to it while the answer is due and until the
/// next request begins; whichever of the two ends first tells the other:
///
///   state      | connection_ | is_complete_ | the request's views
///   due        | set         | false        | of the connection's parser
///   answered   | set         | true         | of the connection's parser, until the next request begins
///   forgotten  | null        | true         | empty
///   aborted    | null        | false        | of the parser, which the connection left here when it ended
///   upgraded   | null        | true         | the same
class Exchange : private net::PostedCall {
 public:
    Exchange(HttpConnection& connection, const http::RequestHead& head, std::string body);
    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;
    ~Exchange() override;

    /// A handle to this exchange: from the first one on, the handles own it.
    [[nodiscard]] Response response() { return Response(*this); }
    [[nodiscard]] Request& request() { return request_; }
    [[nodiscard]] static Exchange& of(const Response& response) { return *response.exchange_; }
    [[nodiscard]] static Exchange& of(const Request& request) { return request.exchange_; }
    /// Lends the request.
    [[nodiscard]] net::Lender lender() noexcept;

    void retain() noexcept {
        references_.fetch_add(1, std::memory_order_relaxed);
        if (counting_thread_.load(std::memory_order_relaxed) != 0) count_copy();
    }
    /// Any thread. The last one answers 500 if nobody has, on the loop's thread; so does the last one beside those that
    /// the handlers of the end own.
    void release() noexcept {
        if (owned_references_.load(std::memory_order_acquire) != 0) return release_beside_owned();
        release_reference();
    }
    /// Counts the handles that this thread makes in between: how many the next handler of the end owns.
    void begin_counting() noexcept;
    void end_counting() noexcept { counting_thread_.store(0, std::memory_order_relaxed); }

    /// For what holds a response: `member` was called by the program.
    static void check_thread(const Response& response, const char* member) noexcept {
        if (response.exchange_ != nullptr) net::check_thread(*response.exchange_->gate_, member);
    }
    /// Any thread.
    [[nodiscard]] net::LoopGate& gate() const noexcept { return *gate_; }
    /// Any thread: whether the answer was due just now.
    [[nodiscard]] bool is_due() const noexcept { return is_due_.load(std::memory_order_acquire); }

    // The request.
    [[nodiscard]] const http::RequestHead& head() const;
    /// The same, with views that last until the answer: for the program. Those of `head` end with the turn.
    [[nodiscard]] const http::RequestHead& lasting_head();
    /// Throws HttpError where there is none because it is too long.
    [[nodiscard]] const std::string& body() const;
    /// The form in the body; none if it is no form, or not well-formed.
    [[nodiscard]] const http::Form& form();
    /// Octets of it that are kept.
    [[nodiscard]] std::size_t body_capacity() const noexcept { return body_.capacity(); }
    /// The body is longer than it may be, and was not read.
    void make_too_large() noexcept { is_too_large_ = true; }
    [[nodiscard]] bool is_too_large() const noexcept { return is_too_large_; }
    [[nodiscard]] const net::Endpoint& peer() const { return peer_; }
    [[nodiscard]] bool is_secure() const noexcept { return is_secure_; }
    /// What was asked for; lasts as long as `head`.
    [[nodiscard]] std::string_view host() const;
    [[nodiscard]] const http::QueryParameters& query();
    /// What the router knows of the path; null if the path cannot be decoded.
    [[nodiscard]] const RequestPath* path();
    [[nodiscard]] std::string_view parameter(std::string_view name) const;
    [[nodiscard]] std::string_view attribute(std::string_view name) const;
    void set_attribute(std::string_view name, std::string_view value);
    /// The program's object of this type; null once nobody can answer any more.
    [[nodiscard]] void* state(const StateType& type) { return is_over_ ? nullptr : states_.get(type); }
    /// The calendar's time; its end once the connection is gone, when whatever expires has expired.
    [[nodiscard]] std::chrono::sys_seconds wall_time() const;
    /// The request in a few words, as in `GET /users/7`.
    [[nodiscard]] std::string description() const;

    /// Where the router stands: the layer that has this request now, and what its pattern found.
    std::size_t position = 0;
    PathParameters parameters;
    /// The handlers of a mount that has this request, which may go before it does; none: those of the application.
    std::optional<std::weak_ptr<RouteTable>> detour;

    // The answer.
    http::ResponseHead answer;
    [[nodiscard]] bool is_open() const { return connection_ != nullptr && !is_complete_; }
    /// Completes the answer; false if it was complete or the peer gone.
    bool complete(AnswerBody body);
    /// Completes the answer with `status` and its phrase as text, beside the headers that were set.
    bool complete_with_status(int status);
    /// Completes the answer with `status` and a text, beside the headers that were set.
    bool complete_with_text(int status, std::string_view text);
    /// Whether a part of the body was sent, and with it the head.
    [[nodiscard]] bool is_streaming() const noexcept { return is_streaming_; }
    /// Sends a part of the body, with the head before the first one. False if nothing was taken.
    bool write(std::string_view part);
    /// Completes the answer behind what was written.
    void end_stream();
    /// Ends the connection in the middle of the answer.
    void cut_stream();
    /// The same for a peer that takes too little, of whose end the abort handler hears as of any other.
    void cut_slow_reader();
    [[nodiscard]] std::size_t waiting_bytes() const;
    void set_drain_handler(Function<void()> handler);
    /// An answer without an end, to which nothing is lost when it ends: it ends in order when nobody has it any more,
    /// and when the application stops. `heartbeat` is written when nothing else was for `interval`.
    void make_endless(std::string_view heartbeat, Duration interval) noexcept {
        is_endless_ = true;
        heartbeat_ = heartbeat;
        heartbeat_interval_ = interval;
    }
    [[nodiscard]] bool is_endless() const noexcept { return is_endless_; }
    /// Forgets the headers that described a body, for an answer to a failure. False for the second failure of one
    /// request.
    bool begin_failure(int status);
    /// The same for a request that was not answered.
    bool begin_refusal(int status);
    /// A body that is given out a piece at a time, from when there is a handler of its end.
    void set_data_handler(Function<void(std::string_view)> handler);
    void set_end_handler(Function<void()> handler);
    /// Whether the program lets no further piece come.
    void hold_body(bool is_held);
    void set_abort_handler(Function<void()> handler);
    void add_finish_handler(Function<void(const ResponseSummary&)> handler);
    /// Adds a header line to the answer; reports one that HTTP cannot carry.
    void add_header(std::string_view name, std::string_view value, bool replace);
    /// Reports what the program asked for and cannot be sent.
    void report(std::string_view message);

    /// The connection, while the answer is due; for an upgrade.
    [[nodiscard]] HttpConnection* connection() const { return is_complete_ ? nullptr : connection_; }

    // From the connection.
    /// Whether the program takes pieces of the body now.
    [[nodiscard]] bool takes_body() const noexcept {
        return body_handlers_ != nullptr && body_handlers_->on_end && !is_body_held_;
    }
    void give_body(std::string_view part);
    void end_body();
    /// The same for a body that came whole.
    void give_whole_body();
    /// No further piece comes.
    void forget_body_handlers() noexcept { const auto unused = std::exchange(body_handlers_, nullptr); }
    /// Octets of the body that were given out.
    std::uint64_t body_bytes = 0;
    /// When the request was complete, where there is an observer.
    TimePoint began{};
    /// Tells the observer, once, that the request, of whose body so many octets came, is over.
    void tell_done(ApplicationState& application, std::uint64_t bytes_received);
    /// All of the answer was given out; false if nobody wants to hear of it.
    bool note_sent() noexcept {
        is_sent_ = true;
        return is_finish_due();
    }
    /// How long after the last part a heartbeat is due; zero: never.
    [[nodiscard]] Duration heartbeat_interval() const noexcept {
        return is_streaming_ && !is_complete_ ? heartbeat_interval_ : Duration{};
    }
    void beat() { write(heartbeat_); }
    /// Whether somebody waits for the peer to have taken what was written.
    [[nodiscard]] bool awaits_drain() const noexcept { return !is_complete_ && static_cast<bool>(on_drain_); }
    void handle_drained();
    /// The application stops: an endless answer ends.
    void stop();
    /// Whether somebody waits for the end of an answer that is complete.
    [[nodiscard]] bool is_finish_due() const noexcept { return is_complete_ && !finish_handlers_.empty(); }
    /// Tells those who wait for the end of the answer.
    void finish(ApplicationState& application);
    /// It became a WebSocket. `parser` holds the head that the request's views refer to.
    void complete_by_upgrade(std::unique_ptr<http::RequestParser> parser);
    /// The next request begins.
    void forget();
    /// The connection ended. `parser` holds the head that the request's views refer to.
    void end_with_connection(std::unique_ptr<http::RequestParser> parser);

 private:
    struct BodyHandlers {
        Function<void(std::string_view)> on_data;
        Function<void()> on_end;
    };

    // The answer is being completed: what belongs to its being due goes at the end.
    class End {
     public:
        explicit End(Exchange& exchange);

     private:
        const Response guard_;
        Function<void()> abort_handler_;
        Function<void()> drain_handler_;
        std::unique_ptr<BodyHandlers> body_handlers_;
    };
    struct FinishHandler {
        Function<void(const ResponseSummary&)> function;
        std::uint32_t references;
    };

    [[nodiscard]] BodyHandlers& body_handlers();
    template <typename Call>
    void call_body_handler(Call&& call);
    void tell_body_flow(bool was_taken);
    void run_posted() noexcept override;
    void destroy() noexcept;
    void answer_unanswered(std::uint32_t own_references);
    void keep_parameter_names() noexcept;
    /// The last reference ends on the loop's thread only, which may make new ones meanwhile: of another thread's it is
    /// not let go, but sent home.
    void release_reference() noexcept {
        std::uint32_t count = references_.load(std::memory_order_acquire);
        while (count > 1) {
            if (references_.compare_exchange_weak(count, count - 1, std::memory_order_acq_rel)) return;
        }
        release_last();
    }
    void release_last() noexcept;
    void release_beside_owned() noexcept;
    void answer_lost() noexcept;
    void call_abort_handler(Function<void()>& handler, ApplicationState& application);
    void end() noexcept;
    void count_copy() noexcept;
    [[nodiscard]] Function<void()> take_abort_handler() noexcept;
    [[nodiscard]] std::vector<FinishHandler> take_finish_handlers() noexcept;

    std::atomic<std::uint32_t> references_ = 0;
    std::atomic<std::uint32_t> owned_references_ = 0;  // of these, those of the handlers of the end
    std::uint32_t abort_references_ = 0;               // of the owned ones, those of the abort handler
    std::uint32_t copies_ = 0;
    std::uint32_t keepers_ = 0;
    bool is_over_ = false;  // no handle is left
    std::atomic<std::uint64_t> counting_thread_ = 0;
    std::atomic<bool> is_due_ = true;  // for other threads
    bool is_complete_ = false;
    bool is_sent_ = false;
    bool is_told_ = false;  // to the observer
    bool is_streaming_ = false;
    bool is_endless_ = false;
    bool is_kept_for_finish_ = false;  // one reference is its own
    bool is_path_valid_ = false;
    bool is_too_large_ = false;
    bool is_body_held_ = false;
    bool has_failed_ = false;
    HttpConnection* connection_;
    const http::RequestHead* head_;
    std::shared_ptr<net::LoopGate> gate_;
    std::unique_ptr<http::RequestParser> parser_;
    Request request_;
    net::Endpoint peer_;
    bool is_secure_;
    std::string forwarded_host_;  // empty: what the head says
    std::string body_;
    std::optional<http::QueryParameters> query_;
    std::optional<http::Form> form_;
    std::optional<RequestPath> path_;
    std::forward_list<std::pair<std::string, std::string>> attributes_;  // which stay where they are
    TypedStates states_;
    std::vector<std::string> parameter_names_;  // once this may outlive the router, whose they are
    Function<void()> on_abort_;
    std::vector<FinishHandler> finish_handlers_;
    Function<void()> on_drain_;
    std::unique_ptr<BodyHandlers> body_handlers_;
    std::string_view heartbeat_;
    Duration heartbeat_interval_{};
};

}  // namespace parley::web
