// SPDX-License-Identifier: MIT
//
// One server on several loops: in a simulated world, where a seed replays exactly, and on threads.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "parley/server.hpp"
#include "parley/server/server_core.hpp"
#include "parley/web/application_state.hpp"
#include "tests/support/loopback.hpp"
#include "tests/support/socketio_world.hpp"
#include "tests/support/web_site.hpp"

using namespace parley;
using namespace parley::server::test;

namespace {

constexpr std::size_t loop_count = 3;

struct ManyLoops : World {
    explicit ManyLoops(ServerOptions options = {}, std::uint64_t seed = 1)
        : World(std::move(options), seed, loop_count) {}

    // One client on each loop, and once more.
    void connect_clients(std::size_t count = 2 * loop_count) {
        while (clients.size() < count) {
            clients.push_back(std::make_unique<WebSocketClient>(*this));
            ids.push_back(clients.back()->join());
        }
    }
    void forget_what_came() {
        for (const auto& client : clients)
            client->receive();
    }

    std::vector<std::unique_ptr<WebSocketClient>> clients;
    Words ids;
};

std::size_t loop_of(const Socket& socket, const World& world) {
    for (std::size_t i = 0; i < world.loops.size(); ++i)
        if (world.loops[i]->is_current()) return i;
    static_cast<void>(socket);
    return world.loops.size();
}

}  // namespace

TEST_CASE("threads: an event of a socket is handled on its loop, and sockets are on all loops") {
    ManyLoops world;
    std::multiset<std::size_t> loops;
    world.io->on_connection([&](Socket& socket) {
        const std::size_t home = loop_of(socket, world);
        loops.insert(home);
        socket.on("where", [&, home] { CHECK(loop_of(socket, world) == home); });
    });
    world.connect_clients(9);
    for (const auto& client : world.clients)
        client->send(R"(42["where"])");
    for (std::size_t i = 0; i < loop_count; ++i)
        CHECK(loops.count(i) == 3);
    CHECK(world.io->clients_count() == 9);
    CHECK(world.io->sockets_count() == 9);
    CHECK(world.io->counters().events_received == 9);
    CHECK(world.failures.empty());
}

TEST_CASE("threads: a broadcast reaches the sockets of all loops, once, in the order of its handler's emits") {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        ManyLoops world({}, seed);
        world.io->on("say", [&](Socket socket, std::string text) {
            world.io->emit("first", text);
            socket.emit("mine", text);
            world.io->to("room").emit("second", text);
            socket.broadcast().emit("others", text);
            world.io->except(socket.id()).emit("third", text);
        });
        world.io->on("join", [](Socket socket) { socket.join("room"); });
        world.connect_clients();
        for (std::size_t i = 0; i < 4; ++i)
            world.clients[i]->send(R"(42["join"])");
        world.forget_what_came();
        world.clients[1]->send(R"(42["say","x"])");
        for (std::size_t i = 0; i < world.clients.size(); ++i) {
            CAPTURE(i);
            Words wanted{R"(42["first","x"])"};
            if (i == 1) wanted.push_back(R"(42["mine","x"])");
            if (i < 4) wanted.push_back(R"(42["second","x"])");
            if (i != 1) wanted.push_back(R"(42["others","x"])");
            if (i != 1) wanted.push_back(R"(42["third","x"])");
            CHECK(world.clients[i]->receive() == wanted);
        }
    }
}

TEST_CASE("threads: what one handler says to a socket of another loop keeps its order among broadcasts") {
    ManyLoops world;
    std::vector<Socket> sockets;
    world.io->on_connection([&](Socket socket) { sockets.push_back(socket); });
    world.io->on("say", [&] {
        for (int i = 0; i < 20; ++i) {
            world.io->emit("all", i);
            for (const Socket& socket : sockets)
                socket.emit("one", i);
        }
    });
    world.connect_clients(3);
    world.clients[0]->send(R"(42["say"])");
    std::string wanted;
    for (int i = 0; i < 20; ++i)
        wanted += "42[\"all\"," + std::to_string(i) + "] 42[\"one\"," + std::to_string(i) + "] ";
    for (const auto& client : world.clients) {
        std::string said;
        for (const std::string& word : client->receive())
            said += word + " ";
        CHECK(said == wanted);
    }
}

TEST_CASE("threads: acknowledgements of a broadcast come together from all loops") {
    ManyLoops world;
    Words outcomes;
    world.io->on("ask", [&](std::string room) {
        world.io->to(room).timeout(1s).emit("question", [&](Result<void> result, std::vector<int> answers) {
            std::ranges::sort(answers);
            std::string outcome = result ? "all" : "some";
            for (const int answer : answers)
                outcome += " " + std::to_string(answer);
            outcomes.push_back(outcome);
        });
    });
    world.io->on("join", [](Socket socket) { socket.join("room"); });
    world.connect_clients();
    for (const auto& client : world.clients)
        client->send(R"(42["join"])");
    world.clients[2]->send(R"(42["ask","room"])");
    int number = 0;
    for (const auto& client : world.clients) {
        const Words question = client->receive();
        REQUIRE(question.size() == 1);
        CHECK(question.front().starts_with("42"));
        CHECK(outcomes.empty());
        const std::string id = question.front().substr(2, question.front().find('[') - 2);
        client->send("43" + id + "[" + std::to_string(++number) + "]");
    }
    CHECK(outcomes == Words{"all 1 2 3 4 5 6"});
    // Nobody there, on any loop.
    world.clients[1]->send(R"(42["ask","nowhere"])");
    CHECK(outcomes.back() == "all");
    // One of them keeps silent.
    world.clients[0]->send(R"(42["ask","room"])");
    for (std::size_t i = 0; i < world.clients.size(); ++i) {
        const Words question = world.clients[i]->receive();
        REQUIRE(question.size() == 1);
        const std::string id = question.front().substr(2, question.front().find('[') - 2);
        if (i != 4) world.clients[i]->send("43" + id + "[" + std::to_string(i) + "]");
    }
    CHECK(outcomes.size() == 2);
    world.pass(2s);
    CHECK(outcomes.back() == "some 0 1 2 3 5");
}

TEST_CASE("threads: sockets are fetched, moved between rooms and disconnected on all loops") {
    ManyLoops world;
    std::vector<RemoteSocket> fetched;
    world.io->on("fetch", [&] {
        world.io->in("room").fetch_sockets([&](std::vector<RemoteSocket> sockets) { fetched = std::move(sockets); });
    });
    world.io->on("gather", [&] { world.io->sockets_join("room"); });
    world.io->on("scatter", [&] { world.io->in("room").sockets_leave("room"); });
    world.io->on("end", [&] { world.io->in("room").disconnect_sockets(); });
    world.connect_clients();
    world.clients[0]->send(R"(42["fetch"])");
    CHECK(fetched.empty());
    world.clients[1]->send(R"(42["gather"])");
    world.clients[2]->send(R"(42["fetch"])");
    REQUIRE(fetched.size() == 6);
    Words ids;
    for (const RemoteSocket& socket : fetched)
        ids.push_back(socket.id());
    std::ranges::sort(ids);
    Words wanted = world.ids;
    std::ranges::sort(wanted);
    CHECK(ids == wanted);
    // Each of them is the way to its socket, from wherever it is used.
    for (const RemoteSocket& socket : fetched)
        socket.emit("found", socket.id());
    fetched.front().leave("room");
    world.settle();
    for (std::size_t i = 0; i < world.clients.size(); ++i)
        CHECK(world.clients[i]->receive() == Words{"42[\"found\",\"" + world.ids[i] + "\"]"});
    world.clients[3]->send(R"(42["fetch"])");
    CHECK(fetched.size() == 5);
    world.clients[3]->send(R"(42["scatter"])");
    world.clients[4]->send(R"(42["fetch"])");
    CHECK(fetched.empty());
    world.clients[4]->send(R"(42["gather"])");
    world.clients[5]->send(R"(42["end"])");
    for (const auto& client : world.clients)
        CHECK(client->receive() == Words{"41"});
    CHECK(world.io->sockets_count() == 0);
}

TEST_CASE("threads: other loops are no other servers") {
    ManyLoops world;
    int told = 0;
    std::optional<std::size_t> answers;
    world.io->on_server_side("news", [&] { ++told; });
    world.io->on("tell", [&] {
        world.io->server_side_emit("news", [&](std::vector<int> values) { answers = values.size(); });
        CHECK_FALSE(answers.has_value());
    });
    world.connect_clients();
    world.clients[1]->send(R"(42["tell"])");
    CHECK(told == 0);
    CHECK(answers == 0);
}

TEST_CASE("threads: a polling session is found over whichever connection its requests come") {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        ManyLoops world({}, seed);
        world.io->on("echo", [](std::string text) { return text; });
        // Every request of theirs comes over a connection of its own.
        std::vector<std::unique_ptr<PollingClient>> clients;
        for (int i = 0; i < 9; ++i) {
            clients.push_back(std::make_unique<PollingClient>(world));
            CHECK(clients.back()->post("40") == "ok");
            CHECK(clients.back()->get().starts_with("40{"));
        }
        for (int round = 0; round < 4; ++round) {
            for (const auto& client : clients)
                client->start_get();
            for (std::size_t i = 0; i < clients.size(); ++i)
                CHECK(clients[i]->post("42" + std::to_string(i) + "[\"echo\",\"hi\"]") == "ok");
            for (std::size_t i = 0; i < clients.size(); ++i)
                CHECK(clients[i]->take_get() == "43" + std::to_string(i) + "[\"hi\"]");
        }
        CHECK(world.io->clients_count() == 9);
    }
}

TEST_CASE("threads: sids that are nobody's are unknown on every loop") {
    ManyLoops world;
    for (const std::string_view sid : {"AAAAAAAAAAAAAAAAAAAA", "BBBBBBBBBBBBBBBBBBBB", "CC", "D", "%41", "+/==", "x"}) {
        net::SimulatedPeer& peer = world.network.connect(static_cast<std::uint16_t>(world.app.port()));
        peer.send("GET /socket.io/?EIO=4&transport=polling&sid=" + std::string(sid) +
                  " HTTP/1.1\r\nHost: simulated\r\n\r\n");
        world.settle();
        CHECK(peer.received().starts_with("HTTP/1.1 400"));
        CHECK(peer.received().find(R"({"code":1,"message":"Session ID unknown"})") != std::string::npos);
    }
}

TEST_CASE("threads: handlers, namespaces and middlewares that are registered meanwhile are there on all loops") {
    ManyLoops world;
    int once = 0;
    world.io->on("register", [&] {
        world.io->on("late", [](Socket socket) { socket.emit("late"); });
        world.io->once("once", [&] { ++once; });
        Namespace late = world.io->of("late");
        late.use([](Socket, SocketNext next) { next(); });
        late.on("there", [](Socket socket) { socket.emit("here"); });
    });
    world.io->on("unregister", [&] { world.io->off("late"); });
    world.connect_clients();
    world.clients[1]->send(R"(42["register"])");
    world.forget_what_came();
    for (const auto& client : world.clients) {
        CHECK(client->ask(R"(42["late"])") == Words{R"(42["late"])"});
        client->send(R"(42["once"])");
        client->join("/late");
        CHECK(client->ask(R"(42/late,["there"])") == Words{R"(42/late,["here"])"});
    }
    CHECK(once == 1);
    CHECK(world.io->of("late").sockets_count() == 6);
    world.clients[2]->send(R"(42["unregister"])");
    for (const auto& client : world.clients)
        CHECK(client->ask(R"(42["late"])").empty());
}

TEST_CASE("threads: the bounds on sessions are those of all loops") {
    ManyLoops world({.sessions_max = 5});
    std::vector<std::unique_ptr<WebSocketClient>> clients;
    int refused = 0;
    for (int i = 0; i < 9; ++i) {
        clients.push_back(std::make_unique<WebSocketClient>(world));
        if (clients.back()->answer.starts_with("HTTP/1.1 503")) ++refused;
    }
    CHECK(refused == 4);
    CHECK(world.io->clients_count() == 5);
    CHECK(world.io->counters().sessions_refused == 4);
}

TEST_CASE("threads: a session that has not begun to poll makes room for one on another loop") {
    ManyLoops world({.sessions_max = 3});
    std::vector<std::unique_ptr<PollingClient>> clients;
    for (int i = 0; i < 6; ++i) {
        clients.push_back(std::make_unique<PollingClient>(world));
        CHECK(clients.back()->sid.size() == 20);
    }
    world.settle();
    CHECK(world.io->clients_count() == 3);
    CHECK(world.io->counters().sessions_made_room == 3);
    CHECK(world.io->counters().sessions_refused == 0);
}

TEST_CASE("threads: a server may be destroyed by a handler of any loop, and made again") {
    for (std::size_t who = 0; who < loop_count; ++who) {
        ManyLoops world;
        int called = 0;
        world.io->on("end", [&] {
            ++called;
            world.io.reset();
        });
        world.io->on_disconnect([&] { ++called; });
        world.connect_clients(3);
        world.clients[who]->send(R"(42["end"])");
        CHECK(called == 1);
        world.pass(20s);
        for (const auto& client : world.clients)
            CHECK(client->is_closed());
        world.io.emplace(world.app);
        world.io->on("hello", [](Socket socket) { socket.emit("again"); });
        WebSocketClient client(world);
        client.join();
        CHECK(client.ask(R"(42["hello"])") == Words{R"(42["again"])"});
    }
}

TEST_CASE("threads: closing it says goodbye to the clients of all loops") {
    ManyLoops world;
    std::multiset<DisconnectReason> reasons;
    world.io->on_disconnect([&](Socket&, DisconnectReason reason) { reasons.insert(reason); });
    world.connect_clients();
    world.io->close();
    world.settle();
    CHECK(reasons.count(DisconnectReason::server_shutting_down) == 6);
    for (const auto& client : world.clients)
        CHECK(client->receive() == Words{"closed"});
}

TEST_CASE("threads: real threads emit, join, ask, fetch and leave at the same time") {
    Application app({.threads = 4});
    Server io(app);
    std::atomic<int> connected = 0;
    std::atomic<int> said = 0;
    std::atomic<int> fetched = 0;
    io.on_connection([&](Socket& socket) {
        ++connected;
        socket.state<int>() = 0;
        socket.on("say", [&](int number) {
            socket.state<int>() += number;
            io.emit("said", number);
            socket.to("room").emit("room said", number);
            ++said;
            return socket.state<int>();
        });
        socket.on("join", [&] { socket.join("room"); });
        socket.on("leave", [&] { io.in(socket.id()).sockets_leave("room"); });
        socket.on("fetch", [&] {
            io.in("room").fetch_sockets([&](std::vector<RemoteSocket> sockets) {
                for (const RemoteSocket& each : sockets)
                    each.emit("fetched");
                ++fetched;
            });
        });
    });
    app.listen({.host = "127.0.0.1"});
    const web::test::Running running(app);
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t) {
        threads.emplace_back([&] {
            const web::test::Client client(app.port());
            const auto say = [&](std::string_view text) { client.send(web::test::client_text(text)); };
            client.send(web::test::upgrade_request("/socket.io/?EIO=4&transport=websocket"));
            client.receive_until("\"maxPayload\":1000000}");
            say("40");
            say(R"(42["join"])");
            for (int i = 1; i <= 40; ++i) {
                say(R"(42["say",1])");
                if (i % 10 == 0) say(R"(42["fetch"])");
                if (i % 16 == 0) say(R"(42["leave"])");
            }
            say(R"(421["say",1])");
            std::string received;
            while (received.find("431[41]") == std::string::npos) {
                const std::string more = client.receive_until("]");
                if (more.empty()) break;
                received += more;
            }
            CHECK(received.find("431[41]") != std::string::npos);
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    CHECK(connected == 8);
    CHECK(said == 8 * 41);
    while (io.clients_count() > 0)
        std::this_thread::yield();
    CHECK(fetched <= 32);
    CHECK(io.counters().events_received > 8 * 41);
}

TEST_CASE("threads: a handler on any thread destroys the server while the others work") {
    for (int round = 0; round < 10; ++round) {
        Application app({.threads = 3});
        auto io = std::make_unique<Server>(app);
        std::atomic<bool> is_gone = false;
        std::atomic<int> late = 0;
        std::atomic<bool> is_first = true;
        io->on("say", [&] {
            if (is_gone) ++late;
        });
        io->on("end", [&] {
            if (!is_first.exchange(false)) return;
            io.reset();
            is_gone = true;
        });
        app.listen({.host = "127.0.0.1"});
        const web::test::Running running(app);
        std::vector<std::unique_ptr<web::test::Client>> clients;
        for (int t = 0; t < 6; ++t) {
            clients.push_back(std::make_unique<web::test::Client>(app.port()));
            clients.back()->send(web::test::upgrade_request("/socket.io/?EIO=4&transport=websocket"));
            clients.back()->receive_until("\"maxPayload\":1000000}");
        }
        std::vector<std::thread> threads;
        for (int t = 0; t < 6; ++t) {
            threads.emplace_back([&, t] {
                const web::test::Client& client = *clients.at(static_cast<std::size_t>(t));
                client.send(web::test::client_text("40"));
                for (int i = 0; i < 30; ++i)
                    client.send(web::test::client_text(t == round % 6 && i == 15 ? R"(42["end"])" : R"(42["say"])"));
                client.receive_until("");
            });
        }
        for (std::thread& thread : threads)
            thread.join();
        CHECK(io == nullptr);
        CHECK(late == 0);
    }
}
