// SPDX-License-Identifier: MIT
#include "parley/socketio/collector.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <stdexcept>
#include <string>

using namespace parley;
using namespace parley::socketio;

namespace {

// A collector whose end is noted: "1 2" or "1 (why something is missing)".
struct Question {
    explicit Question(std::size_t nodes)
        : answers(std::make_shared<Collector<int>>(nodes, [this](std::vector<int>&& values, const Error* missing) {
              std::string text;
              for (const int value : values)
                  text += std::to_string(value) + " ";
              ends.push_back(text + (missing != nullptr ? "(" + missing->message + ")" : "."));
          })) {}

    [[nodiscard]] static Error why(std::string text) { return {ErrorCode::timed_out, std::move(text)}; }

    std::vector<std::string> ends;
    std::shared_ptr<Collector<int>> answers;
};

using Ends = std::vector<std::string>;

}  // namespace

TEST_CASE("a collector is done when every node has spoken and every answer has come") {
    Question question(2);
    question.answers->expect(1);
    question.answers->answer(1);
    CHECK(question.ends.empty());
    question.answers->expect(2);
    question.answers->answer(2);
    CHECK_FALSE(question.answers->is_done());
    question.answers->answer(3);
    CHECK(question.ends == Ends{"1 2 3 ."});
    CHECK(question.answers->is_done());
}

TEST_CASE("where nobody is asked, the last word of a node is the end") {
    Question question(3);
    question.answers->expect(0);
    question.answers->expect(0);
    CHECK(question.ends.empty());
    question.answers->expect(0);
    CHECK(question.ends == Ends{"."});
}

TEST_CASE("an answer that is quicker than its node's word counts") {
    Question question(2);
    question.answers->answer(1);
    question.answers->expect(0);
    CHECK(question.ends.empty());
    question.answers->expect(1);
    CHECK(question.ends == Ends{"1 ."});
}

TEST_CASE("what is missed is an error beside the answers that came") {
    Question question(1);
    question.answers->expect(3);
    question.answers->answer(1);
    question.answers->miss(Question::why("gone"));
    CHECK(question.ends.empty());
    question.answers->answer(2);
    CHECK(question.ends == Ends{"1 2 (gone)"});
}

TEST_CASE("a node that is lost before it has spoken is waited for no more") {
    Question question(2);
    question.answers->expect(1);
    question.answers->miss_node(Question::why("left"));
    CHECK(question.ends.empty());
    question.answers->answer(1);
    CHECK(question.ends == Ends{"1 (left)"});
}

TEST_CASE("a collector gives up with what it has, and late or second words change nothing") {
    Question question(2);
    question.answers->expect(2);
    question.answers->answer(1);
    question.answers->time_out(Question::why("too late"));
    CHECK(question.ends == Ends{"1 (too late)"});
    question.answers->answer(2);
    question.answers->miss(Question::why("later"));
    question.answers->expect(1);
    question.answers->expect(1);
    question.answers->miss_node(Question::why("later"));
    question.answers->time_out(Question::why("again"));
    CHECK(question.ends.size() == 1);
}

TEST_CASE("whoever is told may let go of the collector, and may throw") {
    std::shared_ptr<Collector<int>> answers;
    int calls = 0;
    answers = std::make_shared<Collector<int>>(1, [&](std::vector<int>&& values, const Error*) {
        answers.reset();
        ++calls;
        CHECK(values == std::vector<int>{7});
        throw std::runtime_error("ouch");
    });
    const std::shared_ptr<Collector<int>> kept = answers;
    answers->expect(1);
    CHECK_THROWS_AS(kept->answer(7), std::runtime_error);
    kept->answer(8);
    kept->time_out(Question::why("again"));
    CHECK(calls == 1);
}
