// SPDX-License-Identifier: MIT
#include "parley/server/observer.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "parley/server.hpp"
#include "tests/support/loopback.hpp"
#include "tests/support/socketio_world.hpp"

using namespace parley;
using namespace parley::server::test;

namespace {

/// Writes down what it hears, each with the number of its loop in front.
struct Recorder : ServerObserver {
    void on_session_opened(std::size_t loop, Transport transport) override {
        add(loop, "opened " + std::string(to_string(transport)));
    }
    void on_session_upgraded(std::size_t loop) override { add(loop, "upgraded"); }
    void on_session_closed(std::size_t loop, DisconnectReason cause) override {
        add(loop, "closed " + std::string(to_string(cause)));
    }
    void on_message_received(std::size_t loop, std::size_t octets) override {
        add(loop, "received " + std::to_string(octets));
    }
    void on_message_sent(std::size_t loop, std::size_t octets) override { add(loop, "sent " + std::to_string(octets)); }
    void on_broadcast(std::size_t loop, const BroadcastSummary& broadcast) override {
        add(loop, "broadcast in " + std::string(broadcast.namespace_name) + " to " +
                      std::to_string(broadcast.recipients) + " of " + std::to_string(broadcast.octets));
    }
    void on_counted(std::size_t, ServerFact fact) override { ++facts[fact]; }

    void add(std::size_t loop, const std::string& what) { log.push_back(std::to_string(loop) + " " + what); }
    Words take() { return std::exchange(log, {}); }

    Words log;
    std::map<ServerFact, std::uint64_t> facts;
};

std::string sent(std::string_view packet) {
    return "0 sent " + std::to_string(packet.size());
}
std::string received(std::string_view packet) {
    return "0 received " + std::to_string(packet.size());
}

constexpr std::string_view welcome = R"(0{"sid":"01234567890123456789"})";

ServerOptions observed_by(ServerObserver& observer) {
    ServerOptions options;
    options.observer = &observer;
    return options;
}

}  // namespace

TEST_CASE("observer: it hears of a session, of each of its messages, and of its end with the cause") {
    Recorder recorder;
    World world(observed_by(recorder));
    world.io->on("echo", [](Socket socket, Json value) { socket.emit("echo", value); });
    world.io->on("binary", [] { return std::vector<std::uint8_t>{1, 2, 3}; });
    WebSocketClient client(world);
    CHECK(recorder.take() == Words{"0 opened websocket"});
    client.join();
    CHECK(recorder.take() == Words{received("0"), sent(welcome)});
    client.send(R"(42["echo","tea"])");
    CHECK(recorder.take() == Words{received(R"(2["echo","tea"])"), sent(R"(2["echo","tea"])")});
    client.send(R"(420["binary"])");
    CHECK(recorder.take() ==
          Words{received(R"(20["binary"])"), sent(R"(61-0[{"_placeholder":true,"num":0}])"), sent("123")});
    SUBCASE("the client leaves") {
        client.close_frame();
        CHECK(recorder.take() == Words{"0 closed transport close"});
    }
    SUBCASE("the client is silent") {
        world.pass(60s);
        CHECK(recorder.take() == Words{"0 closed ping timeout"});
    }
    SUBCASE("the server disconnects it") {
        world.io->disconnect_sockets(true);
        world.settle();
        CHECK(recorder.take() == Words{sent("1"), "0 closed forced close"});
    }
    SUBCASE("it breaks the protocol") {
        client.send("4x");
        CHECK(recorder.take() == Words{received("x"), "0 closed forced close"});
    }
}

TEST_CASE("observer: by polling, and from there to a WebSocket, it is the same session") {
    Recorder recorder;
    World world(observed_by(recorder));
    PollingClient polling(world);
    CHECK(recorder.take() == Words{"0 opened polling"});
    polling.post("40");
    CHECK(recorder.take() == Words{received("0"), sent(welcome)});
    net::SimulatedPeer& peer = world.network.connect(static_cast<std::uint16_t>(world.app.port()));
    peer.send("GET /socket.io/?EIO=4&transport=websocket&sid=" + polling.sid +
              " HTTP/1.1\r\nHost: simulated\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
              "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    world.settle();
    const std::string no_mask(4, '\0');
    peer.send("\x81\x86" + no_mask + "2probe");
    world.settle();
    peer.send("\x81\x81" + no_mask + "5");
    world.settle();
    CHECK(recorder.take() == Words{"0 upgraded"});
    world.io->emit("news");
    world.settle();
    CHECK(recorder.take() == Words{sent(R"(2["news"])"), "0 broadcast in / to 1 of 9"});
}

TEST_CASE("observer: a broadcast is told on each loop that has recipients, with how many and how much") {
    Recorder recorder;
    World world(observed_by(recorder), 1, 2);
    static_cast<void>(world.io->of("/news"));
    std::vector<std::unique_ptr<WebSocketClient>> clients;
    for (int i = 0; i < 3; ++i) {
        clients.push_back(std::make_unique<WebSocketClient>(world));
        clients.back()->join("/news");
    }
    const Words opened = recorder.take();
    const auto on_first = std::ranges::count(opened, "0 opened websocket");
    const auto on_second = std::ranges::count(opened, "1 opened websocket");
    CHECK(on_first + on_second == 3);
    REQUIRE(on_first > 0);
    REQUIRE(on_second > 0);
    world.io->of("/news").emit("said", "tea");
    world.settle();
    const std::string packet = R"(2/news,["said","tea"])";
    Words heard = recorder.take();
    std::ranges::sort(heard);
    Words wanted;
    for (const auto& [loop, count] : {std::pair("0 ", on_first), std::pair("1 ", on_second)}) {
        const std::string size = std::to_string(packet.size());
        wanted.push_back(loop + ("broadcast in /news to " + std::to_string(count)) + " of " + size);
        wanted.insert(wanted.end(), static_cast<std::size_t>(count), loop + ("sent " + size));
    }
    CHECK(heard == wanted);
    world.io->of("/news").to("nobody").emit("said", "tea");
    world.settle();
    CHECK(recorder.take().empty());
}

TEST_CASE("observer: what counters() counts it hears of at the same place, each once") {
    Recorder recorder;
    ServerOptions options = observed_by(recorder);
    options.sessions_max = 4;
    options.polling_requests_per_second_max = 3;
    World world(std::move(options));
    world.io->on("throw", [] { throw std::runtime_error("oh"); });
    world.io->on("number", [](int) {});
    world.io->on("lose", [](Ack) {});

    WebSocketClient client(world);
    const Socket socket = world.io->find_socket(client.join());
    for (const char* const packet :
         {R"(42["nobody"])", R"(42["throw"])", R"(42["number","x"])", R"(420["lose"])", R"(43999["late"])"})
        client.send(packet);
    socket.timeout(50ms).emit("ask", [](Result<std::string>) {});
    world.pass(1s);
    client.peer().stop_reading();
    socket.emit("large", std::string(100'000, 'x'));
    world.settle();
    socket.emit("large", std::string(100'000, 'x'));
    socket.volatile_().emit("dropped");
    world.io->volatile_().emit("dropped");
    WebSocketClient broken(world);
    broken.send("4x");

    const PollingClient newcomer(world);  // will have to go
    PollingClient busy(world);
    for (int i = 0; i < 5; ++i)
        busy.post("3");
    WebSocketClient third(world);
    WebSocketClient fourth(world);
    WebSocketClient fifth(world);
    WebSocketClient sixth(world);

    const ServerCounters counters = world.io->counters();
    const std::pair<ServerFact, std::uint64_t> all[] = {
        {ServerFact::event_received, counters.events_received},
        {ServerFact::event_unhandled, counters.events_unhandled},
        {ServerFact::handler_failed, counters.handlers_failed},
        {ServerFact::payload_mismatched, counters.payloads_mismatched},
        {ServerFact::answer_lost, counters.answers_lost},
        {ServerFact::packet_refused, counters.packets_refused},
        {ServerFact::ack_unexpected, counters.acks_unexpected},
        {ServerFact::ack_timed_out, counters.acks_timed_out},
        {ServerFact::volatile_dropped, counters.volatile_dropped},
        {ServerFact::session_refused, counters.sessions_refused},
        {ServerFact::session_made_room, counters.sessions_made_room},
        {ServerFact::request_refused, counters.requests_refused},
    };
    for (const auto& [fact, count] : all) {
        CAPTURE(to_string(fact));
        CHECK(count > 0);
        CHECK(recorder.facts[fact] == count);
    }
    CHECK(recorder.facts.size() == std::size(all));
    CHECK(to_string(ServerFact::session_made_room) == "sessions_made_room");
    CHECK(to_string(static_cast<ServerFact>(99)).empty());
}

TEST_CASE("observer: what it throws goes to on_error, and no further") {
    struct Thrower : ServerObserver {
        void on_message_sent(std::size_t, std::size_t) override { throw std::runtime_error("no disk"); }
        void on_session_closed(std::size_t, DisconnectReason) override { throw 7; }
    } thrower;
    World world(observed_by(thrower));
    Words reports;
    world.app.on_error([&](const HandlerFailure& failure) {
        reports.push_back(std::string(failure.where) + ": " + std::string(failure.message));
    });
    WebSocketClient client(world);
    client.join();
    CHECK(reports == Words{"an observer: no disk"});
    world.io->emit("news");
    CHECK(client.receive() == Words{R"(42["news"])"});
    client.close_frame();
    CHECK(reports.size() == 3);
    CHECK(world.io->clients_count() == 0);
}

TEST_CASE("observer: it hears nothing once the server is destroyed, also by one of its handlers") {
    for (const bool in_handler : {false, true}) {
        auto recorder = std::make_unique<Recorder>();
        World world(observed_by(*recorder));
        WebSocketClient client(world);
        client.join();
        world.io->on("end", [&] {
            world.io.reset();
            recorder.reset();
        });
        if (in_handler) {
            client.send(R"(42["end"])");
        } else {
            world.io.reset();
            CHECK(recorder->log.back() == sent(welcome));
            recorder.reset();
        }
        world.settle();
        CHECK(recorder == nullptr);
    }
}

TEST_CASE("observer: with threads it is called on several at a time, and each loop says its own number") {
    struct Counts : ServerObserver {
        void on_session_opened(std::size_t loop, Transport) override { ++opened.at(loop); }
        void on_session_closed(std::size_t loop, DisconnectReason) override { ++closed.at(loop); }
        void on_message_received(std::size_t loop, std::size_t) override { ++received.at(loop); }
        std::array<int, 2> opened{};  // of one thread each: no atomics
        std::array<int, 2> closed{};
        std::array<int, 2> received{};
    } counts;
    {
        Application app({.threads = 2});
        ServerOptions options = observed_by(counts);
        const Server io(app, std::move(options));
        app.listen({.host = "127.0.0.1"});
        const web::test::Running running(app);
        std::vector<std::thread> clients;
        for (int i = 0; i < 8; ++i) {
            clients.emplace_back([&] {
                const web::test::Client client(app.port());
                client.send(
                    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\n"
                    "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
                CHECK(client.receive_until("\"maxPayload\":1000000}").find("101 ") != std::string::npos);
                client.send(std::string("\x81\x82\0\0\0\0", 6) + "40");
                CHECK(client.receive_until("\"}").find("sid") != std::string::npos);
            });
        }
        for (std::thread& client : clients)
            client.join();
        while (io.clients_count() > 0)
            std::this_thread::yield();
    }
    CHECK(counts.opened[0] + counts.opened[1] == 8);
    CHECK(counts.opened == counts.closed);
    CHECK(counts.opened == counts.received);
}
