// SPDX-License-Identifier: MIT
#include "parley/contract/emitter.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>

#include "parley/contract/kept_arguments.hpp"

namespace parley::contract {

namespace {

/// Keeps what was emitted last.
struct Sender {
    std::string& sent;
    AckCallback& callback;
    bool wanted = true;

    template <typename R, typename... Parameters>
    static constexpr bool takes_answer(Types<Parameters...> parameters) {
        return takes_answer_of<R>(parameters);
    }
    [[nodiscard]] bool wants_arguments() const { return wanted; }
    template <typename... Callback>
    bool operator()(std::string_view, const EncodedArguments& arguments, Callback&&... given) const {
        sent = arguments.json;
        if constexpr (sizeof...(given) > 0) callback = adapt_ack_callback(std::forward<Callback>(given)...);
        return true;
    }
};

struct Emitted {
    template <typename... Arguments>
    std::string emit(Arguments&&... arguments) {
        callback = {};
        emit_through(Sender{json, callback}, std::forward<Arguments>(arguments)...);
        return json;
    }
    // The peer answers with the array `text`; what the callback could not take.
    std::string answer(std::string_view text) {
        JsonReader reader(text);
        reader.enter_array_at(1);
        ArgumentReader arguments(std::move(reader));
        AckOutcome outcome;
        outcome.arguments = &arguments;
        callback(outcome);
        return outcome.mismatch;
    }
    void fail(const Error& error) {
        AckOutcome outcome;
        outcome.error = &error;
        callback(outcome);
    }

    std::string json;
    AckCallback callback;
};

inline constexpr Event<std::string(int, std::string)> greet{"greet"};

}  // namespace

TEST_CASE("an emit is its name and its arguments, and a function at the end is its callback") {
    Emitted emitted;
    CHECK(emitted.emit("none") == R"(["none"])");
    CHECK_FALSE(emitted.callback);
    CHECK(emitted.emit("some", 1, "two", Arguments{3, true}) == R"(["some",1,"two",3,true])");
    CHECK(emitted.emit("asks", 1, [](int) {}) == R"(["asks",1])");
    CHECK(emitted.callback);
    CHECK(emitted.emit(greet, 7, "you", [](std::string) {}) == R"(["greet",7,"you"])");
    CHECK(emitted.callback);

    AckCallback callback;
    std::string json;
    emit_through(Sender{json, callback, false}, "nobody", 1, 2);
    CHECK(json == R"(["nobody"])");
}

TEST_CASE("a callback takes the values, a result, or an outcome and the values") {
    Emitted emitted;
    std::string heard;
    emitted.emit("asks", [&](int number, const std::string& text) { heard = std::to_string(number) + text; });
    CHECK(emitted.answer(R"([1,"x"])").empty());
    CHECK(heard == "1x");
    CHECK(emitted.answer("[1]") == "argument 2 is missing");
    emitted.fail({ErrorCode::timed_out, "late"});
    CHECK(heard == "1x");

    emitted.emit("asks",
                 [&](Result<int> result) { heard = result ? std::to_string(*result) : result.error().message; });
    CHECK(emitted.answer("[2]").empty());
    CHECK(heard == "2");
    CHECK(emitted.answer("[]").empty());
    CHECK(heard == "argument 1 is missing");
    emitted.fail({ErrorCode::timed_out, "late"});
    CHECK(heard == "late");

    emitted.emit("asks", [&](Result<void> result, int number) {
        heard = result ? std::to_string(number) : result.error().message;
    });
    CHECK(emitted.answer("[3]").empty());
    CHECK(heard == "3");
    emitted.fail({ErrorCode::timed_out, "late"});
    CHECK(heard == "late");

    bool called = false;
    emitted.emit("asks", [&] { called = true; });
    CHECK(emitted.answer("[1,2]").empty());
    CHECK(called);
}

TEST_CASE("arguments that are kept own their binary values") {
    ArgumentWriter writer("event");
    Bytes bytes(3, std::byte{7});
    writer.write(bytes);
    KeptArguments kept(writer.finish());
    bytes.assign(3, std::byte{8});
    const EncodedArguments arguments = kept.take();
    CHECK(arguments.json == R"(["event",{"_placeholder":true,"num":0}])");
    REQUIRE(arguments.attachments.size() == 1);
    CHECK(as_chars(arguments.attachments.front()) == "\x07\x07\x07");
}

}  // namespace parley::contract
