// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <stdexcept>

#include "tests/support/socketio_world.hpp"

using namespace parley;
using namespace parley::server::test;

namespace {

struct Point {
    int x = 0;
    std::optional<int> y;
};
PARLEY_JSON_FIELDS(Point, x, y)

inline constexpr Event<int(int, int)> add{"add"};
inline constexpr Event<void(std::string, Point)> place{"place"};

int triple(int number) {
    return 3 * number;
}

}  // namespace

TEST_CASE("handlers take what their parameters say, and what they return is the acknowledgement") {
    World world;
    world.io->on("sum", [](int a, double b) { return a + b; });
    world.io->on("triple", triple);
    world.io->on("point", [](const Point& point) { return Point{point.x + 1, point.y}; });
    world.io->on("text", [](Socket socket, std::string_view text) { return text == "x" && socket.connected(); });
    world.io->on("list", [](std::vector<std::string> list) { return list.size(); });
    world.io->on("any", [](Json value) { return value; });
    world.io->on("done", []() -> Result<void> { return {}; });
    world.io->on("result", [](bool good) -> Result<int> {
        if (good) return 1;
        return std::unexpected(Error{ErrorCode::not_found, "no such thing"});
    });
    world.io->on("pair", [](Json a, Json b) { return Json::array({b, a}); });
    WebSocketClient client(world);
    client.join();

    const struct {
        std::string_view sent, answer;
    } table[] = {
        {R"(421["sum",1,2.5])", "431[3.5]"},
        {R"(422["triple",14])", "432[42]"},
        {R"(423["point",{"x":1,"z":[]}])", R"(433[{"x":2}])"},
        {R"(424["point",{"y":null,"x":1}])", R"(434[{"x":2}])"},
        {R"(425["text","x"])", "435[true]"},
        {R"(426["list",["a","b"]])", "436[2]"},
        {R"(427["any",{"a":[1,null,"\u00e9"]}])", R"(437[{"a":[1,null,"é"]}])"},
        {R"(428["any"])", "438[null]"},
        {R"(429["done"])", "439[]"},
        {R"(4210["result",true])", "4310[1]"},
        {R"(4211["result",false])", R"(4311[{"error":"no such thing"}])"},
        {R"(4212["triple",1,"more",{}])", "4312[3]"},
        {R"(4213["pair",1])", "4313[[null,1]]"},
    };
    for (const auto& row : table) {
        CAPTURE(row.sent);
        CHECK(client.ask(row.sent) == Words{std::string(row.answer)});
    }
    CHECK(world.failures.empty());
}

TEST_CASE("a handler that returns nothing answers nothing, as with the official server") {
    World world;
    int calls = 0;
    world.io->on("nothing", [&] { ++calls; });
    world.io->on("one of two", [&] { ++calls; });
    world.io->on("one of two", [] { return 2; });
    WebSocketClient client(world);
    client.join();
    CHECK(client.ask(R"(421["nothing"])").empty());
    CHECK(client.ask(R"(422["one of two"])") == Words{"432[2]"});
    CHECK(calls == 2);
}

TEST_CASE("an answer with more binary values than a packet carries becomes an error, and is reported") {
    World world;
    const std::vector<Bytes> eleven(11, to_bytes("x"));
    world.io->on("returns", [&] { return eleven; });
    world.io->on("ten", [&] { return std::vector<Bytes>(10, to_bytes("x")); });
    world.io->on("answers", [&](Ack ack) { ack(eleven); });
    std::vector<EventFailure::Kind> kinds;
    world.io->on_error([&](const EventFailure& failure) { kinds.push_back(failure.kind); });
    WebSocketClient client(world);
    client.join();
    const std::string error = R"([{"error":"the answer has more than ten binary values"}])";
    CHECK(client.ask(R"(421["returns"])") == Words{"431" + error});
    CHECK(client.ask(R"(422["answers"])") == Words{"432" + error});
    CHECK(kinds == std::vector(2, EventFailure::Kind::answer_unsendable));
    CHECK(client.ask(R"(423["ten"])").size() == 11);
}

TEST_CASE("an event without an ack id is answered nothing, whatever its handler returns") {
    World world;
    world.io->on("triple", triple);
    WebSocketClient client(world);
    client.join();
    CHECK(client.ask(R"(42["triple",1])").empty());
}

TEST_CASE("a payload that does not fit is not handled: it is reported, counted and answered") {
    World world;
    int calls = 0;
    world.io->on("take", [&](int, std::string) { ++calls; });
    world.io->on("small", [&](std::uint8_t) { ++calls; });
    WebSocketClient client(world);
    client.join();
    const std::string_view misfits[] = {
        R"(["take"])",        R"(["take",1])",    R"(["take","1","x"])", R"(["take",1.5,"x"])", R"(["take",1,null])",
        R"(["take",{},"x"])", R"(["small",256])", R"(["small",-1])",     R"(["small",true])",
    };
    for (const std::string_view misfit : misfits) {
        CAPTURE(misfit);
        CHECK(client.ask("42" + std::string(misfit)).empty());
        const Words answer = client.ask("427" + std::string(misfit));
        REQUIRE(answer.size() == 1);
        CHECK(answer[0].starts_with(R"(437[{"error":")"));
        CHECK(answer[0].find(": argument ") != std::string::npos);
    }
    CHECK(calls == 0);
    CHECK(world.failures.size() == 18);
    CHECK(world.failures[0] == "take: argument 1 is missing");
    CHECK(world.failures[2] == "take: argument 2 is missing");
    CHECK(world.io->counters().payloads_mismatched == 18);
    CHECK(client.ask(R"(421["take",1,"x"])") == Words{});
    CHECK(calls == 1);
}

TEST_CASE("optional parameters may be missing or null") {
    World world;
    world.io->on("maybe", [](int a, std::optional<int> b, std::optional<std::string> c) {
        return std::to_string(a) + (b ? std::to_string(*b) : "-") + c.value_or("-");
    });
    WebSocketClient client(world);
    client.join();
    CHECK(client.ask(R"(421["maybe",1])") == Words{R"(431["1--"])"});
    CHECK(client.ask(R"(422["maybe",1,2])") == Words{R"(432["12-"])"});
    CHECK(client.ask(R"(423["maybe",1,null,"x"])") == Words{R"(433["1-x"])"});
    CHECK(client.ask(R"(424["maybe",1,"x"])").at(0).starts_with(R"(434[{"error":)"));
}

TEST_CASE("all arguments at once, and back again") {
    World world;
    world.io->on("message", [](Socket socket, Arguments arguments) { socket.emit("message-back", arguments); });
    world.io->on("message-with-ack", [](Arguments arguments, Ack ack) { ack(arguments); });
    world.io->on("rest", [](int first, Arguments rest) { return first + static_cast<int>(rest.size()); });
    WebSocketClient client(world);
    client.join();
    CHECK(client.ask(R"(42["message",1,"2",{"3":[true]}])") == Words{R"(42["message-back",1,"2",{"3":[true]}])"});
    CHECK(client.ask(R"(42["message"])") == Words{R"(42["message-back"])"});
    CHECK(client.ask(R"(42456["message-with-ack",1,"2"])") == Words{R"(43456[1,"2"])"});
    CHECK(client.ask(R"(421["rest",5,null,[]])") == Words{"431[7]"});
}

TEST_CASE("binary travels both ways, beside the text") {
    World world;
    world.io->on("message", [](Socket socket, Arguments arguments) { socket.emit("message-back", arguments); });
    world.io->on("size", [](Bytes bytes) { return bytes.size(); });
    world.io->on("view", [](BytesView bytes) { return Bytes(bytes.begin(), bytes.end()); });
    WebSocketClient client(world);
    client.join();
    client.send_soon(R"(452-["message",{"_placeholder":true,"num":0},{"a":{"_placeholder":true,"num":1}}])");
    client.send_binary("\x01\x02");
    client.send_binary("ab");
    CHECK(client.receive() ==
          Words{R"(452-["message-back",{"_placeholder":true,"num":0},{"a":{"_placeholder":true,"num":1}}])",
                "<\x01\x02>", "<ab>"});
    client.send_soon(R"(451-3["size",{"_placeholder":true,"num":0}])");
    client.send_binary("12345");
    CHECK(client.receive() == Words{"433[5]"});
    client.send_soon(R"(451-4["view",{"_placeholder":true,"num":0}])");
    client.send_binary("xyz");
    CHECK(client.receive() == Words{R"(461-4[{"_placeholder":true,"num":0}])", "<xyz>"});
    CHECK(client.ask(R"(425["size","text"])").at(0).starts_with(R"(435[{"error":)"));
}

TEST_CASE("what fits max_http_buffer_size is taken, however large that is: a text and ten attachments") {
    constexpr std::size_t large = 3'000'000;
    World world({.max_http_buffer_size = large});
    world.io->on("upload", [](std::string text, Arguments files) {
        std::size_t octets = text.size();
        for (const Json& file : files)
            octets += file.as_binary()->size();
        return octets;
    });
    WebSocketClient client(world);
    client.join();
    const std::size_t text_size = large - 500;
    std::string event = R"(4510-7["upload",")" + std::string(text_size, 'x') + '"';
    for (int i = 0; i < 10; ++i)
        event += R"(,{"_placeholder":true,"num":)" + std::to_string(i) + "}";
    client.send(event + "]");
    for (int i = 0; i < 10; ++i)
        client.send_binary(std::string(large, 'x'));
    CHECK(client.receive() == Words{"437[" + std::to_string(text_size + 10 * large) + "]"});
    CHECK(world.failures.empty());
}

TEST_CASE("an event with more binary values than official clients take is not sent") {
    World world;
    WebSocketClient client(world);
    const std::string id = client.join();
    const Socket socket = world.io->find_socket(id);
    const Arguments ten(10, Json(to_bytes("x")));
    const Arguments eleven(11, Json(to_bytes("x")));
    CHECK(socket.emit("ten", ten));
    CHECK(client.receive().size() == 11);
    CHECK_FALSE(socket.emit("eleven", eleven));
    CHECK_FALSE(world.io->emit("eleven", eleven));
    CHECK(client.receive().empty());
}

TEST_CASE("a handler that throws is contained, reported, counted and answered") {
    World world;
    world.io->on("throw", [](std::string what) { throw std::runtime_error(what); });
    world.io->on("throw", [] { throw 42; });
    WebSocketClient client(world);
    WebSocketClient other(world);
    client.join();
    other.join();
    CHECK(client.ask(R"(42["throw","ouch"])").empty());
    CHECK(client.ask(R"(427["throw","ouch"])") == Words{R"(437[{"error":"internal error"}])"});
    CHECK(world.failures.size() == 4);
    CHECK(world.failures[0] == "throw: ouch");
    CHECK(world.io->counters().handlers_failed == 4);
    CHECK(world.io->sockets_count() == 2);
}

TEST_CASE("handlers of the namespace come first, then those of the socket, in their order") {
    World world;
    Words order;
    world.io->on("e", [&] { order.push_back("namespace 1"); });
    world.io->on_connection([&](Socket socket) {
        socket.on_any([&](std::string_view event, const Arguments& arguments) {
            order.push_back("any " + std::string(event) + " " + std::to_string(arguments.size()));
        });
        socket.on("e", [&] { order.push_back("socket 1"); });
        socket.once("e", [&] { order.push_back("socket once"); });
    });
    world.io->on("e", [&] { order.push_back("namespace 2"); });
    world.io->on_any([&](Socket, std::string_view, Arguments) { order.push_back("namespace any"); });
    WebSocketClient client(world);
    client.join();
    client.send(R"(42["e",1,2])");
    CHECK(order == Words{"namespace any", "any e 2", "namespace 1", "namespace 2", "socket 1", "socket once"});
    order.clear();
    client.send(R"(42["e"])");
    CHECK(order == Words{"namespace any", "any e 0", "namespace 1", "namespace 2", "socket 1"});
}

TEST_CASE("of several handlers the first answer counts, and one that took it over may answer later") {
    World world;
    Ack later;
    world.io->on("two", [] { return 1; });
    world.io->on("two", [] { return 2; });
    world.io->on("late", [&](Ack ack) { later = ack; });
    world.io->on("late", [] { return "never"; });
    world.io->on("void first", [] {});
    world.io->on("void first", [] { return "then this"; });
    WebSocketClient client(world);
    client.join();
    CHECK(client.ask(R"(421["two"])") == Words{"431[1]"});
    CHECK(client.ask(R"(422["late"])").empty());
    CHECK(later);
    later("now", 1);
    later("again");
    CHECK(client.receive() == Words{R"(432["now",1])"});
    CHECK(client.ask(R"(423["void first"])") == Words{R"(433["then this"])"});
    CHECK(client.ask(R"(42["late"])").empty());
    CHECK_FALSE(later);
    later("nobody waits");
    CHECK(client.receive().empty());
}

TEST_CASE("whoever is disconnected by an any-handler is not heard any more") {
    World world;
    Words heard;
    world.io->on_connection([&](Socket socket) {
        socket.on_any([socket](const std::string& name, Arguments) {
            if (name == "leave") socket.disconnect();
        });
        socket.on("leave", [&] { heard.emplace_back("of the socket"); });
    });
    world.io->on("leave", [&] { heard.emplace_back("of the namespace"); });
    WebSocketClient client(world);
    client.join();
    CHECK(client.ask(R"(42["leave"])") == Words{"41"});
    CHECK(heard.empty());
}

TEST_CASE("handlers may remove themselves and each other, and add new ones") {
    World world;
    Words order;
    world.io->on_connection([&](Socket socket) {
        socket.on("e", [&, socket] {
            order.push_back("a");
            socket.off("e");
            socket.on("e", [&] { order.push_back("c"); });
        });
        socket.on("e", [&] { order.push_back("b"); });
    });
    WebSocketClient client(world);
    client.join();
    client.send(R"(42["e"])");
    client.send(R"(42["e"])");
    CHECK(order == Words{"a", "c"});
}

TEST_CASE("typed events are read and written as their contract says") {
    World world;
    std::string placed;
    world.io->on(add, [](auto a, auto b) { return a + b; });
    world.io->on(place, [&](Socket, const std::string& name, Point point) { placed = name + std::to_string(point.x); });
    WebSocketClient client(world);
    const std::string id = client.join();
    CHECK(client.ask(R"(421["add",1,2])") == Words{"431[3]"});
    CHECK(client.ask(R"(422["add",1,"2"])").at(0).starts_with(R"(432[{"error":"add: argument 2)"));
    client.send(R"(42["place","home",{"x":7}])");
    CHECK(placed == "home7");

    const Socket socket = world.io->find_socket(id);
    CHECK(socket.emit(place, "here", Point{1, 2}));
    int sum = 0;
    CHECK(socket.emit(add, short{1}, 2, [&](int answer) { sum = answer; }));
    CHECK(client.receive() == Words{R"(42["place","here",{"x":1,"y":2}])", R"(420["add",1,2])"});
    client.send("430[3]");
    CHECK(sum == 3);
}

TEST_CASE("names that belong to the library cannot be emitted; all others can") {
    World world;
    WebSocketClient client(world);
    const std::string id = client.join();
    const Socket socket = world.io->find_socket(id);
    for (const char* name :
         {"connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"}) {
        CAPTURE(name);
        CHECK_FALSE(socket.emit(name));
        CHECK_FALSE(world.io->emit(name, 1));
    }
    CHECK(client.receive().empty());
    CHECK(socket.emit("error", 1));
    CHECK(world.io->emit("__proto__"));
    CHECK(world.io->emit(""));
    CHECK(client.receive() == Words{R"(42["error",1])", R"(42["__proto__"])", R"(42[""])"});
}

TEST_CASE("a client cannot reach the handlers of the connection's own moments") {
    World world;
    int connections = 0;
    world.io->on("connection", [&](Socket) { ++connections; });
    world.io->on("error", [](Json what) { return what; });
    WebSocketClient client(world);
    client.join();
    CHECK(client.ask(R"(42["connection"])").empty());
    CHECK(connections == 1);
    CHECK(client.ask(R"(421["error",1])") == Words{"431[1]"});
    CHECK(world.io->counters().events_unhandled == 1);
}

TEST_CASE("an event may have a number for a name, or none") {
    World world;
    int any = 0;
    world.io->on("7", [](std::string text) { return text; });
    world.io->on_any([&](std::string_view, const Arguments&) { ++any; });
    WebSocketClient client(world);
    client.join();
    CHECK(client.ask(R"(421[7,"seven"])") == Words{R"(431["seven"])"});
    client.send("42");
    CHECK(any == 2);
    CHECK(client.receive().empty());
}

TEST_CASE("handlers of all events come in front or behind, and go together") {
    World world;
    Words heard;
    const auto note = [&](std::string_view who) {
        return [&heard, who](std::string_view, const Arguments&) { heard.emplace_back(who); };
    };
    WebSocketClient client(world);
    const Socket socket = world.io->find_socket(client.join());
    world.io->on_any(note("2"));
    world.io->prepend_any(note("1"));
    socket.on_any(note("4"));
    socket.prepend_any(note("3"));
    client.send(R"(42["e"])");
    CHECK(heard == Words{"1", "2", "3", "4"});
    world.io->off_any();
    client.send(R"(42["e"])");
    CHECK(heard == Words{"1", "2", "3", "4", "3", "4"});
    socket.off_any();
    client.send(R"(42["e"])");
    CHECK(heard.size() == 6);
}

TEST_CASE("a handler of all events may put others in front, and remove them") {
    World world;
    int calls = 0;
    world.io->on_any([&](std::string_view, const Arguments&) {
        ++calls;
        world.io->prepend_any([&](std::string_view, const Arguments&) {
            calls += 10;
            world.io->off_any();
        });
    });
    WebSocketClient client(world);
    client.join();
    client.send(R"(42["e"])");
    CHECK(calls == 1);
    client.send(R"(42["e"])");
    CHECK(calls == 11);
    client.send(R"(42["e"])");
    CHECK(calls == 11);
}

TEST_CASE("once on a namespace is once for all of its sockets") {
    World world;
    int calls = 0;
    world.io->once("e", [&] { ++calls; });
    int joined = 0;
    world.io->once("connection", [&] { ++joined; });
    WebSocketClient first(world);
    WebSocketClient second(world);
    first.join();
    second.join();
    first.send(R"(42["e"])");
    second.send(R"(42["e"])");
    CHECK(calls == 1);
    CHECK(joined == 1);
}

TEST_CASE("what stands for a moment may leave its parameter types open") {
    World world;
    Words heard;
    world.io->on_connection([&](auto socket) {
        heard.push_back("joined " + socket.id());
        socket.on_disconnecting([&](auto, auto reason) { heard.emplace_back(to_string(reason)); });
    });
    world.io->on_disconnect([&](const auto& gone, auto reason) {
        heard.push_back("gone " + gone.id() + " " + std::string(to_string(reason)));
    });
    WebSocketClient client(world);
    const std::string id = client.join();
    client.send("41");
    CHECK(heard == Words{"joined " + id, "client namespace disconnect", "gone " + id + " client namespace disconnect"});
}
