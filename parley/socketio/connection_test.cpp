// SPDX-License-Identifier: MIT
#include "parley/socketio/connection.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "parley/json/codec.hpp"
#include "parley/socketio/arguments.hpp"

using namespace parley;
using namespace parley::socketio;

namespace {

constexpr TimePoint start{};
constexpr SocketHandle root{1};
constexpr SocketHandle admin{2};

// A connection and the time it lives in; every text lives as long as the peer.
struct Peer {
    explicit Peer(const Options& its_options = {}) : options(its_options), connection(options, start) {}

    std::optional<Event> text(std::string_view message) {
        connection.receive_text(message, now);
        return next();
    }
    std::optional<Event> binary(std::string_view octets) {
        connection.receive_binary(octets, now);
        return next();
    }
    // The only event of a message: asked for another one, the connection would end the views of this one.
    std::optional<Event> next() { return connection.next_event(); }
    void join(std::string_view name, SocketHandle socket) {
        names.push_back(name == "/" ? "0" : "0" + std::string(name) + ",");
        const auto event = text(names.back());
        REQUIRE(event);
        REQUIRE(event->kind == Event::Kind::connect_received);
        REQUIRE(connection.accept({.namespace_name = event->namespace_name, .sid = "sid", .socket = socket}, out));
    }
    std::string refuse(std::string_view name) {
        std::string answer;
        CHECK(connection.refuse({.namespace_name = name, .message = "no"}, answer));
        return answer;
    }

    const Options options;
    Connection connection;
    TimePoint now = start;
    std::string out;
    std::vector<std::string> names;
};

void check_failed(Peer& peer, const std::optional<Event>& event, FailureKind kind, std::string_view reason) {
    REQUIRE(event);
    REQUIRE(event->kind == Event::Kind::failed);
    CHECK(event->failure.kind == kind);
    CHECK(event->failure.reason == reason);
    CHECK(peer.connection.failed());
    CHECK(peer.connection.next_deadline() == no_deadline);
    CHECK_FALSE(peer.text("0/later"));
    CHECK_FALSE(peer.binary("x"));
    peer.connection.handle_deadline(start + std::chrono::hours(10));
    CHECK_FALSE(peer.next());
}

}  // namespace

TEST_CASE("a complete binary event gives its memory back when it has been handled, not with the next message") {
    const Options options;
    Connection connection(options, start);
    std::string out;
    connection.receive_text("0", start);
    REQUIRE(connection.next_event());
    REQUIRE(connection.accept({.namespace_name = "/", .sid = "s", .socket = root}, out));
    CHECK_FALSE(connection.next_event());
    connection.receive_text(R"(51-["x",{"_placeholder":true,"num":0}])", start);
    CHECK_FALSE(connection.next_event());
    connection.receive_binary(std::string(100'000, 'x'), start);
    const std::optional<Event> event = connection.next_event();
    REQUIRE(event);
    CHECK(event->attachments.front().size() == 100'000);
    CHECK(connection.buffered_bytes() >= 100'000);
    CHECK_FALSE(connection.next_event());
    CHECK(connection.buffered_bytes() == 0);
}

TEST_CASE("a peer asks for a namespace and is let in") {
    Peer peer;
    const auto event = peer.text(R"(0{"token":"123"})");
    REQUIRE(event);
    CHECK(event->kind == Event::Kind::connect_received);
    CHECK(event->namespace_name == "/");
    CHECK(event->data == R"({"token":"123"})");
    CHECK(peer.connection.socket("/") == SocketHandle::none);
    CHECK(peer.connection.accept({.namespace_name = "/", .sid = "abc", .socket = root}, peer.out));
    CHECK(peer.out == R"(0{"sid":"abc"})");
    CHECK(peer.connection.socket("/") == root);
}

TEST_CASE("each namespace has its own socket") {
    Peer peer;
    peer.join("/", root);
    peer.join("/admin", admin);
    CHECK(peer.out == R"(0{"sid":"sid"}0/admin,{"sid":"sid"})");
    CHECK(peer.connection.sockets() == std::vector{root, admin});
    CHECK(peer.text(R"(2["x"])")->socket == root);
    CHECK(peer.text(R"(2/admin,["x"])")->socket == admin);
}

TEST_CASE("a namespace without its comma is understood") {
    Peer peer;
    REQUIRE(peer.text("0/admin")->namespace_name == "/admin");
    CHECK(peer.connection.accept({.namespace_name = "/admin", .sid = "s", .socket = admin}, peer.out));
    CHECK(peer.text("1/admin")->kind == Event::Kind::disconnect_received);
}

TEST_CASE("a peer that is refused may ask again") {
    Peer peer;
    REQUIRE(peer.text("0/admin,"));
    CHECK(peer.connection.refuse({.namespace_name = "/admin", .message = "no", .data_json = "[1]"}, peer.out));
    CHECK(peer.out == R"(4/admin,{"message":"no","data":[1]})");
    CHECK(peer.text("0/admin,")->kind == Event::Kind::connect_received);
}

TEST_CASE("an event comes with the socket, the id and the arguments") {
    Peer peer;
    peer.join("/admin", admin);
    const auto event = peer.text(R"(2/admin,456["add",1,2])");
    REQUIRE(event);
    CHECK(event->kind == Event::Kind::event_received);
    CHECK(event->socket == admin);
    CHECK(event->namespace_name == "/admin");
    CHECK(event->event_name == "add");
    CHECK(event->ack_id == 456);

    JsonReader reader = open_arguments(*event);
    std::vector<std::int64_t> numbers;
    while (reader.next_element())
        reader.read(numbers.emplace_back());
    CHECK_FALSE(reader.failed());
    CHECK(reader.at_end());
    CHECK(numbers == std::vector<std::int64_t>{1, 2});
}

TEST_CASE("an ack comes with its arguments") {
    Peer peer;
    peer.join("/", root);
    const auto event = peer.text(R"(312["yes"])");
    REQUIRE(event);
    CHECK(event->kind == Event::Kind::ack_received);
    CHECK(event->socket == root);
    CHECK(event->ack_id == 12);
    std::string text;
    JsonReader reader = open_arguments(*event);
    REQUIRE(reader.next_element());
    CHECK(reader.read(text));
    CHECK(text == "yes");

    REQUIRE_FALSE(peer.text(R"(61-7[{"_placeholder":true,"num":0}])"));
    const auto binary = peer.binary("octets");
    REQUIRE(binary);
    CHECK(binary->kind == Event::Kind::ack_received);
    CHECK(binary->ack_id == 7);
    CHECK(as_chars(binary->attachments[0]) == "octets");
}

TEST_CASE("an ack without arguments has none, one without an id is dropped") {
    Peer peer;
    peer.join("/", root);
    for (const std::string_view text : {"312[]", "312"}) {
        const auto event = peer.text(text);
        REQUIRE(event);
        CHECK(event->ack_id == 12);
        JsonReader reader = open_arguments(*event);
        CHECK_FALSE(reader.next_element());
        CHECK_FALSE(reader.failed());
    }
    CHECK_FALSE(peer.text(R"(3["x"])"));
    CHECK_FALSE(peer.text("3"));
    CHECK(peer.text(R"(2["x"])"));
}

TEST_CASE("a peer leaves a namespace and may come back, its other namespaces unharmed") {
    Peer peer;
    peer.join("/", root);
    peer.join("/admin", admin);
    const auto event = peer.text("1/admin,");
    REQUIRE(event);
    CHECK(event->kind == Event::Kind::disconnect_received);
    CHECK(event->socket == admin);
    CHECK(event->namespace_name == "/admin");
    CHECK(peer.connection.sockets() == std::vector{root});
    CHECK(peer.text(R"(2["x"])")->kind == Event::Kind::event_received);
    peer.join("/admin", SocketHandle{3});
    CHECK(peer.text(R"(2/admin,["x"])")->socket == SocketHandle{3});
}

TEST_CASE("packets for a namespace that the peer is not in fail the connection") {
    for (const std::string_view text : {R"(2["x"])", R"(21["x"])", "30[]", R"(2/admin,["x"])"}) {
        CAPTURE(text);
        Peer peer;
        check_failed(peer, peer.text(text), FailureKind::invalid_state, "packet for a namespace not joined");
    }
    for (const std::string_view text : {"1", "1/admin,"}) {
        Peer peer;
        check_failed(peer, peer.text(text), FailureKind::invalid_state, "disconnect from a namespace not joined");
    }
    SUBCASE("while the answer is awaited") {
        Peer peer;
        REQUIRE(peer.text("0"));
        check_failed(peer, peer.text(R"(2["x"])"), FailureKind::invalid_state, "packet for a namespace not joined");
    }
    SUBCASE("after it was refused") {
        Peer peer;
        REQUIRE(peer.text("0"));
        peer.refuse("/");
        check_failed(peer, peer.text(R"(2["x"])"), FailureKind::invalid_state, "packet for a namespace not joined");
    }
    SUBCASE("after it left") {
        Peer peer;
        peer.join("/", root);
        REQUIRE(peer.text("1"));
        check_failed(peer, peer.text(R"(2["x"])"), FailureKind::invalid_state, "packet for a namespace not joined");
    }
    SUBCASE("an attachment later") {
        Peer peer;
        REQUIRE_FALSE(peer.text(R"(51-["x"])"));
        check_failed(peer, peer.binary("x"), FailureKind::invalid_state, "packet for a namespace not joined");
    }
}

TEST_CASE("a second CONNECT fails the connection, answered or not") {
    Peer connected;
    connected.join("/", root);
    check_failed(connected, connected.text("0"), FailureKind::invalid_state, "second connect to a namespace");

    Peer connecting;
    REQUIRE(connecting.text("0/admin,"));
    check_failed(connecting, connecting.text("0/admin,"), FailureKind::invalid_state, "second connect to a namespace");
    CHECK_FALSE(
        connecting.connection.accept({.namespace_name = "/admin", .sid = "s", .socket = admin}, connecting.out));
    CHECK_FALSE(connecting.connection.refuse({.namespace_name = "/admin", .message = "no"}, connecting.out));
    CHECK(connecting.out.empty());
}

TEST_CASE("a CONNECT_ERROR is not for clients to send") {
    Peer peer;
    peer.join("/", root);
    check_failed(peer, peer.text(R"(4{"message":"no"})"), FailureKind::invalid_state,
                 "only a server refuses a connect");
}

TEST_CASE("bad packets fail the connection with the decoder's words") {
    struct Row {
        std::string_view text;
        FailureKind kind;
        std::string_view reason;
    };
    const std::vector<Row> table{
        {"", FailureKind::malformed, "empty packet"},
        {"2[]", FailureKind::malformed, "invalid payload"},
        {"2{}", FailureKind::malformed, "invalid payload"},
        {"2[null]", FailureKind::malformed, "invalid payload"},
        {R"(2["connect"])", FailureKind::malformed, "invalid payload"},
        {R"(2["disconnecting"])", FailureKind::malformed, "invalid payload"},
        {R"(2abc["x"])", FailureKind::malformed, "invalid payload"},
        {R"(1{"a":1})", FailureKind::malformed, "invalid payload"},
        {"0[]", FailureKind::malformed, "invalid payload"},
        {R"(0"abc")", FailureKind::malformed, "invalid payload"},
        {"7", FailureKind::malformed, "unknown packet type"},
        {"abc", FailureKind::malformed, "unknown packet type"},
        {" ", FailureKind::malformed, "unknown packet type"},
        {R"(511-["x"])", FailureKind::limit, "too many attachments"},
        {R"(51-["x",{"_placeholder":true,"num":1}])", FailureKind::malformed, "illegal attachments"},
    };
    for (const Row& row : table) {
        CAPTURE(row.text);
        Peer peer;
        peer.join("/", root);
        check_failed(peer, peer.text(row.text), row.kind, row.reason);
    }
    SUBCASE("a stray binary message") {
        Peer peer;
        peer.join("/", root);
        check_failed(peer, peer.binary("x"), FailureKind::malformed,
                     "got binary data when not reconstructing a packet");
    }
    SUBCASE("text between attachments") {
        Peer peer;
        peer.join("/", root);
        REQUIRE_FALSE(peer.text(R"(52-["x"])"));
        CHECK(peer.connection.buffered_bytes() > 0);
        check_failed(peer, peer.text(R"(2["x"])"), FailureKind::malformed,
                     "got plaintext data when reconstructing a packet");
    }
}

TEST_CASE("numeric names, reserved-looking names and unknown acks are let through") {
    Peer peer;
    peer.join("/", root);
    CHECK(peer.text(R"(2[1,"a"])")->event_name == "1");
    CHECK(peer.text(R"(2["error",{}])")->event_name == "error");
    CHECK(peer.text(R"(399["x"])")->ack_id == 99);
}

TEST_CASE("packets that cross a disconnect are dropped, until the peer connects again") {
    Peer peer;
    peer.join("/", root);
    peer.join("/admin", admin);
    std::string out;
    CHECK(peer.connection.disconnect("/admin", peer.now, out));
    CHECK(out == "1/admin,");
    CHECK_FALSE(peer.connection.disconnect("/admin", peer.now, out));
    CHECK(out == "1/admin,");
    CHECK(peer.connection.socket("/admin") == SocketHandle::none);
    CHECK(peer.connection.sockets() == std::vector{root});

    CHECK_FALSE(peer.text(R"(2/admin,1["x"])"));
    CHECK_FALSE(peer.text("3/admin,1[]"));
    CHECK_FALSE(peer.text(R"(51-/admin,["x"])"));
    CHECK_FALSE(peer.binary("octets"));
    CHECK_FALSE(peer.text("1/admin,"));
    CHECK(peer.text(R"(2["x"])")->kind == Event::Kind::event_received);

    peer.join("/admin", SocketHandle{3});
    CHECK(peer.text(R"(2/admin,["x"])")->socket == SocketHandle{3});
    CHECK(peer.connection.sockets() == std::vector{root, SocketHandle{3}});
}

TEST_CASE("answers to what nobody asked do nothing") {
    Peer peer;
    CHECK_FALSE(peer.connection.accept({.namespace_name = "/", .sid = "s", .socket = root}, peer.out));
    CHECK_FALSE(peer.connection.refuse({.namespace_name = "/", .message = "no"}, peer.out));
    CHECK_FALSE(peer.connection.disconnect("/", peer.now, peer.out));
    CHECK(peer.out.empty());
    peer.join("/", root);
    peer.out.clear();
    CHECK_FALSE(peer.connection.accept({.namespace_name = "/", .sid = "s", .socket = admin}, peer.out));
    CHECK_FALSE(peer.connection.refuse({.namespace_name = "/", .message = "no"}, peer.out));
    CHECK(peer.out.empty());
    CHECK(peer.connection.socket("/") == root);

    REQUIRE(peer.text("0/admin,"));
    CHECK_FALSE(peer.connection.disconnect("/admin", peer.now, peer.out));
    CHECK(peer.out.empty());
}

TEST_CASE("a peer must join a namespace in time") {
    Peer peer({.connect_timeout = std::chrono::seconds(45)});
    CHECK(peer.connection.next_deadline() == start + std::chrono::seconds(45));
    peer.connection.handle_deadline(start + std::chrono::seconds(44));
    CHECK_FALSE(peer.next());

    SUBCASE("asking is not joining") {
        REQUIRE(peer.text("0"));
    }
    SUBCASE("being refused is not joining") {
        REQUIRE(peer.text("0"));
        peer.refuse("/");
    }
    SUBCASE("silence") {}
    peer.connection.handle_deadline(start + std::chrono::seconds(45));
    check_failed(peer, peer.next(), FailureKind::timeout, "no namespace joined in time");
}

TEST_CASE("a peer in a namespace has all the time, one that left the last has none") {
    Peer peer({.connect_timeout = std::chrono::seconds(45)});
    peer.join("/", root);
    peer.join("/admin", admin);
    CHECK(peer.connection.next_deadline() == no_deadline);
    peer.connection.handle_deadline(start + std::chrono::hours(1));
    CHECK_FALSE(peer.next());

    peer.now = start + std::chrono::hours(2);
    REQUIRE(peer.text("1"));
    CHECK(peer.connection.next_deadline() == no_deadline);
    SUBCASE("by itself") {
        REQUIRE(peer.text("1/admin,"));
    }
    SUBCASE("put out") {
        REQUIRE(peer.connection.disconnect("/admin", peer.now, peer.out));
    }
    CHECK(peer.connection.next_deadline() == peer.now + std::chrono::seconds(45));
    peer.connection.handle_deadline(peer.now + std::chrono::seconds(45));
    check_failed(peer, peer.next(), FailureKind::timeout, "no namespace joined in time");
}

TEST_CASE("a peer that left the last namespace may come back in time") {
    Peer peer({.connect_timeout = std::chrono::seconds(45)});
    peer.join("/", root);
    REQUIRE(peer.text("1"));
    CHECK(peer.connection.next_deadline() == start + std::chrono::seconds(45));
    peer.join("/", root);
    CHECK(peer.connection.next_deadline() == no_deadline);
}

TEST_CASE("attachments must come in time, whatever else is well") {
    Peer peer({.attachments_timeout = std::chrono::seconds(30)});
    peer.join("/", root);
    REQUIRE_FALSE(peer.text(R"(52-["x"])"));
    CHECK(peer.connection.next_deadline() == start + std::chrono::seconds(30));
    peer.connection.handle_deadline(start + std::chrono::seconds(30));
    check_failed(peer, peer.next(), FailureKind::timeout, "attachments did not come in time");
}

TEST_CASE("a namespace too many is refused, not fatal") {
    Peer peer({.limits = {.namespaces_max = 2}});
    peer.join("/", root);
    peer.join("/admin", admin);
    const auto event = peer.text(R"(0/third,{"a":1})");
    REQUIRE(event);
    CHECK(event->kind == Event::Kind::reply_ready);
    CHECK(event->data == R"(4/third,{"message":"Too many namespaces"})");
    CHECK(peer.text(R"(2["x"])")->socket == root);

    SUBCASE("one that the peer left makes space") {
        REQUIRE(peer.text("1/admin,"));
    }
    SUBCASE("one that it was put out of makes space") {
        REQUIRE(peer.connection.disconnect("/admin", peer.now, peer.out));
    }
    peer.join("/third", SocketHandle{3});
    CHECK(peer.connection.sockets() == std::vector{root, SocketHandle{3}});
}

TEST_CASE("sixteen namespaces are let in, pending ones counted") {
    Peer peer;
    for (int i = 0; i < 16; ++i) {
        peer.names.push_back("0/n" + std::to_string(i) + ",");
        CHECK(peer.text(peer.names.back())->kind == Event::Kind::connect_received);
    }
    CHECK(peer.text("0/one-more,")->kind == Event::Kind::reply_ready);
}

TEST_CASE("an auth object may have so many octets and no more") {
    const auto connect = [](std::size_t size) { return "0{\"t\":\"" + std::string(size - 8, 'x') + "\"}"; };
    for (const std::size_t size : {16'383UZ, 16'384UZ, 16'385UZ}) {
        Peer peer;
        const std::string text = connect(size);
        const auto event = peer.text(text);
        REQUIRE(event);
        CHECK(event->kind == (size <= 16'384 ? Event::Kind::connect_received : Event::Kind::reply_ready));
        if (size > 16'384) CHECK(event->data == R"(4{"message":"The auth object is too large"})");
        CHECK_FALSE(peer.connection.failed());
    }
}

TEST_CASE("refused CONNECTs are counted") {
    Peer peer({.limits = {.refused_connects_max = 3}});
    for (int i = 0; i < 3; ++i) {
        REQUIRE(peer.text("0/x")->kind == Event::Kind::connect_received);
        CHECK(peer.refuse("/x") == R"(4/x,{"message":"no"})");
    }
    check_failed(peer, peer.text("0/x"), FailureKind::limit, "too many refused connects");
}

TEST_CASE("sixteen refused CONNECTs are tolerated") {
    Peer peer;
    for (int i = 0; i < 16; ++i) {
        REQUIRE(peer.text("0/x")->kind == Event::Kind::connect_received);
        peer.refuse("/x");
    }
    check_failed(peer, peer.text("0/x"), FailureKind::limit, "too many refused connects");
}

TEST_CASE("an accepted CONNECT begins the count of refused ones anew") {
    Peer peer({.limits = {.refused_connects_max = 3, .connects_per_window_max = 100}});
    for (int round = 0; round < 3; ++round) {
        for (int i = 0; i < 2; ++i) {
            REQUIRE(peer.text("0/x")->kind == Event::Kind::connect_received);
            peer.refuse("/x");
        }
        peer.join("/n" + std::to_string(round), root);
    }
    for (int i = 0; i < 3; ++i) {
        REQUIRE(peer.text("0/x")->kind == Event::Kind::connect_received);
        peer.refuse("/x");
    }
    check_failed(peer, peer.text("0/x"), FailureKind::limit, "too many refused connects");
}

TEST_CASE("CONNECTs that are refused at once are counted with the others") {
    Peer peer({.limits = {.auth_bytes_max = 10, .namespaces_max = 1, .refused_connects_max = 3}});
    peer.join("/", root);
    CHECK(peer.text("0/x")->kind == Event::Kind::reply_ready);
    CHECK(peer.text(R"(0/x,{"t":"too long"})")->kind == Event::Kind::reply_ready);
    CHECK(peer.text("0/x")->kind == Event::Kind::reply_ready);
    check_failed(peer, peer.text("0/x"), FailureKind::limit, "too many refused connects");
}

TEST_CASE("joining and leaving over and over is a flood") {
    Peer peer({.limits = {.connects_per_window_max = 3}, .connect_window = std::chrono::seconds(10)});
    for (int i = 0; i < 3; ++i) {
        peer.join("/", root);
        REQUIRE(peer.text("1"));
    }
    SUBCASE("within the window") {
        peer.now = start + std::chrono::seconds(9);
        check_failed(peer, peer.text("0"), FailureKind::limit, "too many connects");
    }
    SUBCASE("not slowly") {
        for (int i = 1; i < 10; ++i) {
            peer.now = start + std::chrono::seconds(10) * i;
            peer.join("/", root);
            REQUIRE(peer.text("1"));
        }
    }
}

TEST_CASE("thirty-two CONNECTs in ten seconds are tolerated") {
    Peer peer;
    for (int i = 0; i < 32; ++i) {
        peer.join("/", root);
        REQUIRE(peer.text("1"));
    }
    check_failed(peer, peer.text("0"), FailureKind::limit, "too many connects");
}

TEST_CASE("a failure at every step of a conversation ends it") {
    const std::vector<std::string_view> script{"0",        "0/admin,", R"(2["x"])", R"(51-["x"])",
                                               "[binary]", "30[]",     "1/admin,"};
    for (std::size_t broken = 0; broken <= script.size(); ++broken) {
        CAPTURE(broken);
        Peer peer;
        for (std::size_t step = 0; step < broken; ++step) {
            const auto event = script[step] == "[binary]" ? peer.binary("octets") : peer.text(script[step]);
            if (!event || event->kind != Event::Kind::connect_received) continue;
            REQUIRE(peer.connection.accept({.namespace_name = event->namespace_name, .sid = "s", .socket = root},
                                           peer.out));
        }
        REQUIRE_FALSE(peer.connection.failed());
        REQUIRE(peer.text("7")->kind == Event::Kind::failed);
        CHECK(peer.connection.failed());
        CHECK(peer.connection.buffered_bytes() == 0);
    }
}
