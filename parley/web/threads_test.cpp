// SPDX-License-Identifier: MIT
//
// One application on several loops: in a simulated world, where a seed replays exactly, and on threads.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "parley/web/application.hpp"
#include "parley/web/application_state.hpp"
#include "parley/web/exchange.hpp"
#include "parley/web/http_connection.hpp"
#include "parley/web/websocket_server.hpp"
#include "tests/support/loopback.hpp"
#include "tests/support/web_site.hpp"

namespace parley::web::test {
namespace {

std::size_t loop_of(const Response& response) {
    return Exchange::of(response).connection()->application().index;
}

/// An application on three loops of a simulated world.
struct ManyLoops {
    explicit ManyLoops(std::uint64_t seed = 1, const net::SimulatedNetworkOptions& network_options = smooth,
                       const ApplicationOptions& options = {})
        : network(seed, network_options),
          loops{&network.loop(), &network.add_loop(), &network.add_loop()},
          app(LoopList(loops), options) {
        app.on_error([this](const HandlerFailure& failure) { failures.emplace_back(failure.message); });
        app.get("/loop", [](Response response) { response.send(std::to_string(loop_of(response))); });
    }

    std::string ask(net::SimulatedPeer& peer, std::string_view octets) {
        peer.received().clear();
        peer.send(octets);
        network.run_until_idle();
        return peer.received();
    }

    net::SimulatedNetwork network;
    std::array<net::Loop*, 3> loops;
    std::vector<std::string> failures;
    Application app;
};

/// Answers requests beneath `/at/` on the loop that the path names.
class HomeMount final : public Mount {
 public:
    explicit HomeMount(ApplicationState& part) : part_(part) { part.add_mount(*this); }

    [[nodiscard]] bool matches(std::string_view path) const override { return path.starts_with("/at/"); }
    [[nodiscard]] std::size_t body_bytes_max(const http::RequestHead&) const override { return 100'000; }
    [[nodiscard]] std::optional<std::size_t> home(const http::RequestHead& head) const override {
        return static_cast<std::size_t>(head.path()[4] - '0');
    }
    void handle_request(Request& request, Response response) override {
        const bool is_home = home(Exchange::of(request).head()) == part_.index;
        response.send((is_home ? "home " : "abroad ") + std::to_string(loop_of(response)) + ":" +
                      std::string(request.body()) + ".");
    }
    void handle_upgrade(Request&, Upgrade upgrade) override { upgrade.refuse(404, "text/plain", ""); }

 private:
    ApplicationState& part_;
};

struct HomeMounts {
    explicit HomeMounts(Application& app) {
        for (std::size_t i = 0; i < app.threads(); ++i)
            mounts.push_back(std::make_unique<HomeMount>(app.part(i)));
    }
    std::vector<std::unique_ptr<HomeMount>> mounts;
};

constexpr std::string_view get_loop = "GET /loop HTTP/1.1\r\nHost: a\r\n\r\n";

std::string request_at(int loop, std::string_view body) {
    return "POST /at/" + std::to_string(loop) +
           " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

}  // namespace

TEST_CASE("threads: connections are spread evenly, also when some stay for long") {
    ManyLoops site;
    site.app.listen(80);
    std::array<int, 3> counts{};
    std::vector<net::SimulatedPeer*> staying;
    for (int i = 0; i < 999; ++i) {
        net::SimulatedPeer& peer = site.network.connect(80);
        if (i % 40 == 0) site.network.run_until_idle();
        staying.push_back(&peer);
    }
    for (net::SimulatedPeer* const peer : staying)
        peer->send(get_loop);
    site.network.run_until_idle();
    for (net::SimulatedPeer* const peer : staying)
        ++counts.at(static_cast<std::size_t>(body_of(peer->received()).at(0) - '0'));
    for (const int count : counts) {
        CHECK(count >= 266);
        CHECK(count <= 400);
    }
    // Two thirds go; those who come next fill what has become empty.
    for (std::size_t i = 0; i < staying.size(); ++i)
        if (body_of(staying[i]->received()) != "1") staying[i]->close();
    site.network.run_until_idle();
    std::array<int, 3> next{};
    for (int i = 0; i < 300; ++i) {
        net::SimulatedPeer& peer = site.network.connect(80);
        ++next.at(static_cast<std::size_t>(body_of(site.ask(peer, get_loop)).at(0) - '0'));
    }
    CHECK(next[1] == 0);
    CHECK(std::abs(next[0] - next[2]) <= 30);
    CHECK(site.failures.empty());
}

TEST_CASE("threads: a request is answered on the loop that it is about, and its connection goes there") {
    for (const bool is_cut : {false, true}) {
        ManyLoops site(7, is_cut ? net::SimulatedNetworkOptions() : smooth);
        const HomeMounts mounts(site.app);
        site.app.listen(80);
        net::SimulatedPeer& peer = site.network.connect(80);
        for (const int loop : {2, 2, 0, 1, 0, 2, 1, 1}) {
            CAPTURE(loop);
            const std::string wanted = "home " + std::to_string(loop) + ":body.";
            CHECK(body_of(site.ask(peer, request_at(loop, "body"))) == wanted);
            CHECK(body_of(site.ask(peer, get_loop)) == std::to_string(loop));
        }
        CHECK_FALSE(peer.is_closed());
        CHECK(site.network.open_streams() == 1);
    }
}

TEST_CASE("threads: pipelined requests for many loops are answered in their order") {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        CAPTURE(seed);
        ManyLoops site(seed, {});
        const HomeMounts mounts(site.app);
        site.app.listen(80);
        net::SimulatedPeer& peer = site.network.connect(80);
        std::string requests;
        std::string wanted;
        for (int i = 0; i < 60; ++i) {
            const int loop = i * 7 % 3;
            const std::string body = std::string(static_cast<std::size_t>(i * 37 % 900), 'x') + std::to_string(i);
            requests += request_at(loop, body);
            wanted += "home " + std::to_string(loop) + ":" + body + ".";
        }
        const std::string received = site.ask(peer, requests);
        std::string bodies;
        for (std::size_t at = received.find("\r\n\r\n"); at != std::string::npos; at = received.find("\r\n\r\n", at)) {
            at += 4;
            bodies += received.substr(at, received.find("HTTP/1.1 ", at) - at);
        }
        CHECK(bodies == wanted);
        CHECK(count(received, "HTTP/1.1 200 OK") == 60);
    }
}

TEST_CASE("threads: a peer that takes no answers holds up its own move alone, and is cut") {
    ManyLoops site(3, {.cut = false, .delay = false, .window_bytes = 4096});
    const HomeMounts mounts(site.app);
    site.app.listen(80);
    net::SimulatedPeer& peer = site.network.connect(80);
    peer.stop_reading();
    peer.send(request_at(0, std::string(20'000, 'x')) + request_at(1, "a"));
    site.network.run_for(5s);
    CHECK(site.network.open_streams() == 1);
    net::SimulatedPeer& other = site.network.connect(80);
    CHECK(body_of(site.ask(other, request_at(1, "b"))) == "home 1:b.");
    SUBCASE("it takes them after all") {
        peer.resume_reading();
        site.network.run_until_idle();
        CHECK(peer.received().ends_with("home 1:a."));
    }
    SUBCASE("it takes nothing") {
        site.network.run_for(20s);
        CHECK(site.network.open_streams() == 1);
    }
}

TEST_CASE("threads: a connection that ends on its way leaves nothing behind") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        ManyLoops site(seed, {.resets = 6});
        const HomeMounts mounts(site.app);
        site.app.listen(80);
        for (int i = 0; i < 10; ++i) {
            net::SimulatedPeer& peer = site.network.connect(80);
            peer.send(request_at(i % 3, "x") + request_at((i + 1) % 3, "y"));
            if (i % 2 == 0) peer.close();
        }
        site.network.run_until_idle();
        site.network.run_for(100s);
        CHECK(site.network.open_streams() == 0);
    }
}

TEST_CASE("threads: the bound on connections is one for all loops") {
    ManyLoops site(1, smooth, {.connections_max = 10});
    site.app.listen(80);
    int served = 0;
    int refused = 0;
    for (int i = 0; i < 14; ++i) {
        net::SimulatedPeer& peer = site.network.connect(80);
        const int status = status_of(site.ask(peer, get_loop));
        served += status == 200 ? 1 : 0;
        refused += status == 503 ? 1 : 0;
    }
    CHECK(served == 10);
    CHECK(refused == 4);
}

TEST_CASE("threads: the bound on memory is one for all loops") {
    // A half of 32 MiB is left to peers.
    ManyLoops site(1, {.cut = false, .delay = false, .window_bytes = 1 << 21}, {.memory_max = 32 << 20});
    site.app.post("/body", WholeBody{.bytes_max = 2 << 20}, [](Response response) { response.send("!"); });
    site.app.listen(80);
    for (int i = 0; i < 40; ++i) {
        net::SimulatedPeer& peer = site.network.connect(80);
        peer.send("POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 1000001\r\n\r\n" + std::string(1'000'000, 'x'));
        site.network.run_for(10ms);
    }
    CHECK(site.app.memory_used() < (17 << 20));
    CHECK(site.app.memory_used() > (10 << 20));
}

TEST_CASE("threads: a run of several loops is replayed by its seed") {
    const auto play = [](std::uint64_t seed) {
        ManyLoops site(seed, {});
        const HomeMounts mounts(site.app);
        site.app.listen(80);
        for (int i = 0; i < 30; ++i) {
            net::SimulatedPeer& peer = site.network.connect(80);
            for (int j = 0; j < 5; ++j)
                peer.send(request_at((i + j) % 3, std::string(static_cast<std::size_t>(j * 300), 'x')));
            site.network.run_for(1ms);
        }
        site.network.run_until_idle();
        return site.network.trace_hash();
    };
    CHECK(play(5) == play(5));
    CHECK(play(5) != play(6));
}

TEST_CASE("threads: handlers run on all threads, those registered meanwhile, too") {
    std::atomic<int> answers = 0;
    std::atomic<bool> is_registered = false;
    Application app({.threads = 4});
    CHECK(app.threads() == 4);
    std::array<std::atomic<int>, 4> on{};
    app.use([&](Request&, Response response, Next next) {
        ++on[loop_of(response)];
        next();
    });
    app.get("/", [&](Response response) { response.send(std::to_string(++answers) + "!"); });
    app.get("/more", [&](Response response) {
        if (!is_registered.exchange(true)) app.get("/late", [](Response late) { late.send("late!"); });
        response.send("more!");
    });
    app.listen({.host = "127.0.0.1"});
    const Running running(app);
    std::vector<std::thread> clients;
    for (int i = 0; i < 12; ++i) {
        clients.emplace_back([&] {
            const Client client(app.port());
            for (int j = 0; j < 50; ++j) {
                client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
                CHECK(status_of(client.receive_until("!")) == 200);
            }
            client.send("GET /more HTTP/1.1\r\nHost: a\r\n\r\n");
            CHECK(status_of(client.receive_until("!")) == 200);
        });
    }
    for (std::thread& client : clients)
        client.join();
    CHECK(answers == 600);
    int all = 0;
    for (const std::atomic<int>& count : on) {
        CHECK(count >= 51);  // those of one connection at least
        all += count;
    }
    CHECK(all == 612);
    // The other loops hear of it in a turn of their own.
    const Client client(app.port());
    int status = 0;
    while (status != 200) {
        client.send("HEAD /late HTTP/1.1\r\nHost: a\r\n\r\n");
        status = status_of(client.receive_until("\r\n\r\n"));
    }
}

TEST_CASE("threads: connections move between running threads") {
    Application app({.threads = 3});
    const HomeMounts mounts(app);
    app.listen({.host = "127.0.0.1"});
    const Running running(app);
    std::vector<std::thread> clients;
    for (int i = 0; i < 6; ++i) {
        clients.emplace_back([&, i] {
            const Client client(app.port());
            for (int j = 0; j < 40; ++j) {
                const int loop = (i + j * j) % 3;
                client.send(request_at(loop, std::to_string(j)));
                const std::string wanted = "home " + std::to_string(loop) + ":" + std::to_string(j) + ".";
                CHECK(body_of(client.receive_until(".")) == wanted);
            }
        });
    }
    for (std::thread& client : clients)
        client.join();
}

TEST_CASE("threads: a handler that takes long holds up its own thread alone") {
    Application app({.threads = 2, .slow_turn = Milliseconds(20)});
    std::atomic<bool> may_go_on = false;
    std::atomic<bool> is_held = false;
    std::atomic<std::size_t> holding = 2;
    std::mutex mutex;
    std::vector<std::string> warnings;
    app.on_error([&](const HandlerFailure& failure) {
        const std::lock_guard lock(mutex);
        warnings.push_back(std::string(failure.where) + ": " + std::string(failure.message.substr(0, 9)));
    });
    app.get("/hold", [&](Response response) {
        holding = loop_of(response);
        is_held = true;
        while (!may_go_on)
            std::this_thread::yield();
        response.send("held!");
    });
    app.get("/", [](Response response) { response.send("here!"); });
    app.listen({.host = "127.0.0.1"});
    const Running running(app);
    const Client held(app.port());
    held.send("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n");
    while (!is_held)
        std::this_thread::yield();
    // Of four that come meanwhile, the thread which is free takes those that it keeps for itself.
    int served = 0;
    std::vector<std::unique_ptr<Client>> clients;
    while (served == 0) {
        clients.push_back(std::make_unique<Client>(app.port()));
        clients.back()->set_patience(200);
        clients.back()->send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        if (status_of(clients.back()->receive_until("!")) == 200) ++served;
    }
    CHECK(clients.size() <= 2);
    // Whoever looks from outside sees it meanwhile, and the program is told when it is over.
    while (app.loop_lag(holding).present < Milliseconds(25))
        std::this_thread::yield();
    may_go_on = true;
    CHECK(body_of(held.receive_until("!")) == "held!");
    for (bool is_told = false; !is_told; std::this_thread::yield()) {
        const std::lock_guard lock(mutex);
        is_told =
            std::ranges::find(warnings, "event loop " + std::to_string(holding) + ": busy for ") != warnings.end();
    }
    CHECK(app.loop_lag(holding).slow_turns >= 1);
    CHECK(app.loop_lag(holding).longest >= Milliseconds(25));
}

TEST_CASE("threads: a handler on any thread may destroy the application, and nobody is called any more") {
    for (int round = 0; round < 20; ++round) {
        auto app = std::make_unique<Application>(ApplicationOptions{.threads = 3});
        std::atomic<bool> is_gone = false;
        std::atomic<int> called_late = 0;
        app->get("/", [&](Response response) {
            if (is_gone) ++called_late;
            response.send("!");
        });
        std::atomic<bool> is_first = true;
        app->get("/end", [&](Response) {
            if (!is_first.exchange(false)) return;
            app.reset();
            is_gone = true;
        });
        app->listen({.host = "127.0.0.1"});
        std::array<std::optional<Client>, 6> connected;
        for (std::optional<Client>& client : connected)
            client.emplace(app->port());
        std::thread server([&running = *app] { running.run({.stop_on_signals = false}); });
        std::vector<std::thread> clients;
        for (int i = 0; i < 6; ++i) {
            clients.emplace_back([client = &connected.at(static_cast<std::size_t>(i)), i, round] {
                for (int j = 0; j < 20; ++j) {
                    const bool ends = i == round % 6 && j == 10;
                    (*client)->send(ends ? "GET /end HTTP/1.1\r\nHost: a\r\n\r\n"
                                         : "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
                    if ((*client)->receive_until("!").empty()) return;
                }
            });
        }
        for (std::thread& client : clients)
            client.join();
        server.join();
        CHECK(app == nullptr);
        CHECK(called_late == 0);
    }
}

TEST_CASE("threads: it stops when all loops have said goodbye, and runs again") {
    Application app({.threads = 3});
    app.get("/", [](Response response) { response.send("!"); });
    app.listen({.host = "127.0.0.1"});
    for (int round = 0; round < 3; ++round) {
        if (round > 0) app.listen({.host = "127.0.0.1"});
        Running running(app);
        std::vector<std::unique_ptr<Client>> clients;
        for (int i = 0; i < 9; ++i) {
            clients.push_back(std::make_unique<Client>(app.port()));
            clients.back()->send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            CHECK(status_of(clients.back()->receive_until("!")) == 200);
        }
        running.stop();
        for (const std::unique_ptr<Client>& client : clients)
            CHECK(client->receive_until("").empty());
        CHECK(app.port() == 0);
    }
}

TEST_CASE("threads: a WebSocket server is one on all loops") {
    Application app({.threads = 3});
    WebSocketServer server(app, "/live");
    std::atomic<int> closed = 0;
    server.on_message([&](WebSocket socket, WebSocketMessage message) {
        if (message.data == "all") {
            server.broadcast("to all");
        } else if (message.data == "each") {
            server.for_each([](const WebSocket& each) { each.send("to each"); });
        } else {
            socket.send(message);
        }
    });
    server.on_close([&] { ++closed; });
    app.listen({.host = "127.0.0.1"});
    Running running(app);
    std::vector<std::unique_ptr<Client>> clients;
    for (int i = 0; i < 9; ++i) {
        clients.push_back(std::make_unique<Client>(app.port()));
        clients.back()->send(upgrade_request("/live"));
        CHECK(status_of(clients.back()->receive_until("\r\n\r\n")) == 101);
        clients.back()->send(client_text("echo"));
        CHECK(clients.back()->receive_until(server_text("echo")).size() == 6);
    }
    CHECK(server.size() == 9);
    clients[4]->send(client_text("all"));
    for (const std::unique_ptr<Client>& client : clients)
        CHECK(client->receive_until(server_text("to all")) == server_text("to all"));
    clients[5]->send(client_text("each"));
    for (const std::unique_ptr<Client>& client : clients)
        CHECK(client->receive_until(server_text("to each")) == server_text("to each"));
    clients[0].reset();
    while (closed == 0)
        std::this_thread::yield();
    running.stop();
    CHECK(server.size() == 0);
    CHECK(closed == 9);
}

TEST_CASE("threads: a response is completed on any thread") {
    Application app({.threads = 2});
    std::vector<std::thread> workers;
    std::mutex mutex;
    const auto work = [&](Function<void()> function) {
        const std::lock_guard lock(mutex);
        workers.emplace_back(std::move(function));
    };
    app.get("/made", [&](Response response) {
        work([response] {
            if (response.is_open()) response.status(201).set("X-Made", "elsewhere").type("txt").send("made!");
            response.send("too late");
        });
    });
    app.get("/written", [&](Response response) {
        work([response] {
            response.write("a");
            response.write("b");
            response.end();
        });
    });
    app.get("/next", [&](Request&, Response, Next next) { work([next] { next(); }); });
    app.get("/next", [](Response response) { response.send("next!"); });
    app.get("/posted", [&](Response response) { app.post([response] { response.json({{"posted", true}}); }); });
    app.get("/dropped", [&](Response response) { work([response] {}); });
    app.listen({.host = "127.0.0.1"});
    {
        const Running running(app);
        for (int i = 0; i < 4; ++i) {
            const Client client(app.port());
            client.send("GET /made HTTP/1.1\r\nHost: a\r\n\r\n");
            const std::string made = client.receive_until("!");
            CHECK(status_of(made) == 201);
            CHECK(has_line(made, "X-Made: elsewhere"));
            client.send("GET /written HTTP/1.1\r\nHost: a\r\n\r\n");
            CHECK(client.receive_until("0\r\n\r\n").ends_with("1\r\na\r\n1\r\nb\r\n0\r\n\r\n"));
            client.send("GET /next HTTP/1.1\r\nHost: a\r\n\r\n");
            CHECK(body_of(client.receive_until("!")) == "next!");
            client.send("GET /posted HTTP/1.1\r\nHost: a\r\n\r\n");
            CHECK(body_of(client.receive_until("}")) == R"({"posted":true})");
            client.send("GET /dropped HTTP/1.1\r\nHost: a\r\n\r\n");
            CHECK(status_of(client.receive_until("Error")) == 500);
        }
    }
    for (std::thread& worker : workers)
        worker.join();
}

TEST_CASE("threads: more than there can be are refused, and 0 are as many as the machine has") {
    CHECK_THROWS_AS(Application({.threads = 1'025}), SetupError);
    net::SimulatedNetwork network(1);
    CHECK_THROWS_AS(Application(network.loop(), {.threads = 2}), SetupError);
    CHECK(Application({.threads = 0}).threads() == std::max(1U, std::thread::hardware_concurrency()));
}

}  // namespace parley::web::test
