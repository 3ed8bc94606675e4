// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "parley/base/error.hpp"
#include "parley/base/function.hpp"
#include "parley/json/json.hpp"

namespace parley::socketio {

/// Where a node leaves what it has to say to a question: with the asker, or on the way to it.
template <typename Answer>
class AnswerSink {
 public:
    virtual ~AnswerSink() = default;
    /// How many answers the node owes. Each node says it once; answers that were quicker count, too.
    virtual void expect(std::size_t answers) = 0;
    virtual void answer(Answer answer) = 0;
    /// One of the answers will not come.
    virtual void miss(const Error& error) = 0;
};

/// Where the answers to one question come together, from however many nodes, in the order of their arrival.
///
/// It is done once: when every node has spoken and nothing is owed, or when it gives up, with what it has. What comes
/// later, or twice, changes nothing any more. Belongs to the asker's loop, and so does the last reference to it.
template <typename Answer>
class Collector final : public AnswerSink<Answer> {
 public:
    /// `missing` is null when all that was owed has come. Called from within whatever completes the answers; what it
    /// throws comes out there. It may let go of the collector.
    using Done = Function<void(std::vector<Answer>&& answers, const Error* missing)>;

    Collector(std::size_t nodes, Done done) : nodes_(nodes), done_(std::move(done)) {}

    void expect(std::size_t answers) override {
        if (nodes_ == 0) return;
        --nodes_;
        owed_ += static_cast<std::ptrdiff_t>(answers);
        settle();
    }
    void answer(Answer answer) override {
        if (is_done()) return;
        --owed_;
        answers_.push_back(std::move(answer));
        settle();
    }
    void miss(const Error& error) override {
        if (is_done()) return;
        --owed_;
        error_ = error;
        settle();
    }
    /// A node that has not spoken never will.
    void miss_node(const Error& error) {
        if (nodes_ == 0) return;
        error_ = error;
        expect(0);
    }
    /// The time is over.
    void time_out(const Error& error) {
        if (is_done()) return;
        error_ = error;
        finish();
    }

    [[nodiscard]] bool is_done() const noexcept { return !done_; }

 private:
    void settle() {
        if (nodes_ == 0 && owed_ <= 0 && !is_done()) finish();
    }
    void finish() {
        Done done = std::move(done_);
        const std::optional<Error> error = std::move(error_);
        done(std::exchange(answers_, {}), error ? &*error : nullptr);
    }

    std::size_t nodes_;        // that have not spoken
    std::ptrdiff_t owed_ = 0;  // less than none while an answer is quicker than its node's word
    std::vector<Answer> answers_;
    std::optional<Error> error_;
    Done done_;
};

/// Of acknowledgements: the first value of each.
using AckSink = AnswerSink<Json>;
using AckCollector = Collector<Json>;

}  // namespace parley::socketio
