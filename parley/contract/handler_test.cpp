// SPDX-License-Identifier: MIT
#include "parley/contract/handler.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "parley/contract/ack_core.hpp"
#include "parley/contract/handler_table.hpp"

namespace parley::contract {

namespace {

using Words = std::vector<std::string>;

/// What a library that is no server takes for a socket.
struct Phone {
    std::string number;
};

class PhoneAck final : public AckCore {
 public:
    explicit PhoneAck(Words& answers) : answers_(answers) {}

 private:
    bool send(const EncodedArguments& arguments) override {
        answers_.push_back("later " + arguments.json);
        return true;
    }
    Words& answers_;
};

/// Its events; answers and failures are noted.
class Call final : public Invocation {
 public:
    using Handle = Phone;
    using Owned = Phone;

    Call(std::string_view event, std::string_view arguments, Expects expects = Expects::answer)
        : Invocation(event, expects), arguments_(arguments) {}

    [[nodiscard]] Phone socket() const { return phone_; }
    [[nodiscard]] Phone& lasting_socket() { return phone_; }
    [[nodiscard]] ArgumentReader arguments() const {
        JsonReader reader(arguments_);
        reader.enter_array_at(1);
        return ArgumentReader(std::move(reader));
    }

    Words answers;
    Words told;

 private:
    Reference<AckCore> make_ack() override { return Reference<AckCore>(new PhoneAck(answers)); }
    void send_answer(const EncodedArguments& arguments) override { answers.push_back(arguments.json); }
    void tell_mismatch(std::string_view reason) override { told.emplace_back(reason); }
    void tell_exception() override { told.emplace_back("thrown"); }
    void tell_lost_answer() override { told.emplace_back("lost"); }

    std::string_view arguments_;
    Phone phone_{"555"};
};

inline constexpr Event<int(int, int)> add{"add"};

// What the peer hears of a handler that gets these arguments.
template <typename Handler>
Words answers_to(Handler&& handler, std::string_view arguments) {
    HandlerTable table;
    table.add("call", adapt_handler<Call>(std::forward<Handler>(handler)), false);
    Call call("call", arguments);
    table.call(call);
    call.finish();
    return call.answers;
}

}  // namespace

TEST_CASE("a handler takes the socket of the library whose events it gets, as a copy or as what lasts") {
    Call call("call", "[1]");
    Phone* lasting = nullptr;
    adapt_handler<Call>([&](Phone& phone, int) { lasting = &phone; })(call);
    CHECK(lasting == &call.lasting_socket());

    CHECK(answers_to([](Phone phone, int count) { return phone.number + std::to_string(count); }, "[1]") ==
          Words{R"(["5551"])"});
    CHECK_FALSE(takes_arguments<Call, void (*)(Phone)>());
    CHECK(takes_arguments<Call, void (*)(Phone, int)>());
}

TEST_CASE("what a handler returns is the answer, and what it cannot take or throws is told both sides") {
    CHECK(answers_to([](int a, int b) { return a + b; }, "[1,2]") == Words{"[3]"});
    CHECK(answers_to([]() -> Result<int> { return std::unexpected(Error{ErrorCode::not_found, "no"}); }, "[]") ==
          Words{R"([{"error":"no"}])"});
    CHECK(answers_to([](int) {}, "[1]").empty());

    HandlerTable table;
    table.add("call", adapt_handler<Call>([](int, int) { return 0; }), false);
    Call wrong("call", R"([1,"2"])");
    CHECK(table.call(wrong));
    wrong.finish();
    REQUIRE(wrong.told.size() == 1);
    CHECK(wrong.told.front().starts_with("argument 2"));
    CHECK(wrong.answers == Words{R"([{"error":"call: )" + wrong.told.front() + "\"}]"});

    table.remove("call");
    table.add("call", adapt_handler<Call>([] { throw std::runtime_error("ouch"); }), false);
    Call thrown("call", "[]");
    CHECK(table.call(thrown));
    thrown.finish();
    CHECK(thrown.told == Words{"thrown"});
    CHECK(thrown.answers == Words{R"([{"error":"internal error"}])"});
}

TEST_CASE("the right to answer counts once, and one that is dropped goes to whoever is left") {
    Ack kept;
    CHECK(answers_to(
              [&](int a, Ack ack) {
                  kept = ack;
                  ack(a);
                  ack(2);
              },
              "[1]") == Words{"later [1]"});
    kept(3);

    Call dropped("call", "[]");
    adapt_handler<Call>([](Ack) {})(dropped);
    CHECK(dropped.wants_answer());
    adapt_handler<Call>([] { return "second"; })(dropped);
    dropped.finish();
    CHECK(dropped.answers == Words{R"(later ["second"])"});

    Call lost("call", "[]");
    adapt_handler<Call>([](Ack) {})(lost);
    lost.finish();
    CHECK(lost.told == Words{"lost"});
    CHECK(lost.answers == Words{R"(later [{"error":"internal error"}])"});

    Call unasked("call", "[]", Expects::nothing);
    adapt_handler<Call>([](Ack ack) { CHECK_FALSE(ack); })(unasked);
    adapt_handler<Call>([] { return 1; })(unasked);
    unasked.finish();
    CHECK(unasked.answers.empty());
}

TEST_CASE("a typed event reads what its contract says, with the library's socket in front") {
    Call call("add", "[1,2]");
    adapt_handler<Call>(add, [](auto& phone, auto a, auto b) {
        CHECK(phone.number == "555");
        return a + b;
    })(call);
    CHECK(call.answers == Words{"[3]"});
}

TEST_CASE("a handler of all events gets the name and all arguments") {
    Call call("call", R"([1,"two"])");
    Words heard;
    adapt_any_handler<Call>([&](Phone phone, std::string_view event, Arguments arguments) {
        heard = {phone.number, std::string(event), to_json(arguments.at(0)), to_json(arguments.at(1))};
    })(call);
    CHECK(heard == Words{"555", "call", "1", R"("two")"});
}

TEST_CASE("handlers are called in their order, and may add and remove themselves and others") {
    HandlerTable table;
    Words heard;
    const auto note = [&](const char* word) {
        return adapt_handler<Call>([&heard, word] { heard.emplace_back(word); });
    };
    const auto call = [&] {
        heard.clear();
        Call event("call", "[]", Expects::nothing);
        table.call_any(event);
        table.call(event);
        return heard;
    };
    CHECK(call().empty());

    table.add("call", note("first"), false);
    table.add("call", note("once"), true);
    table.add("other", note("other"), false);
    table.add("call", adapt_handler<Call>([&] {
                  heard.emplace_back("adds");
                  table.add("call", note("added"), true);
                  table.add_any(note("in front"), true);
                  table.remove("other");
              }),
              true);
    table.add_any(note("any"), false);
    CHECK(call() == Words{"any", "first", "once", "adds"});
    CHECK(call() == Words{"in front", "any", "first", "added"});
    CHECK(call() == Words{"in front", "any", "first"});
    CHECK_FALSE(table.contains("other"));

    table.add("call", adapt_handler<Call>([&] { table.clear(); }), false);
    table.add("call", note("behind"), false);
    CHECK(call() == Words{"in front", "any", "first"});
    CHECK(call().empty());
}

}  // namespace parley::contract
