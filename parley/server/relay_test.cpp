// SPDX-License-Identifier: MIT
// Several servers as one: each on a loop of its own, with a relay that passes values to the others in a later turn.
#include "parley/socketio/relay.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "parley/server/server_core.hpp"
#include "tests/support/socketio_world.hpp"

using namespace parley;
using namespace parley::server::test;
using server::detail::NamespaceCore;
using server::detail::ServerCore;
using socketio::AckCollector;
using socketio::Broadcast;
using socketio::Selection;
using socketio::SocketInfo;

namespace {

class TestRelay;

// What carries from one site to the other. A site that is deaf gets nothing, and its words get nowhere.
struct Bus {
    std::multimap<std::string, TestRelay*, std::less<>> relays;
    bool repeats = false;  // what it carries, once more
};

class TestRelay final : public socketio::Relay {
 public:
    TestRelay(Bus& bus, Application& app, std::string name, socketio::Node& node)
        : bus_(bus), app_(app), name_(std::move(name)), node_(node) {
        bus_.relays.emplace(name_, this);
    }
    ~TestRelay() override { leave(); }

    [[nodiscard]] std::size_t nodes() const override { return others().size(); }

    void publish(const Broadcast& broadcast, std::shared_ptr<AckCollector> acks) override {
        const std::uint64_t question = keep(acks_, acks);
        for (TestRelay* const other : others()) {
            carry(*other,
                  [this, other, broadcast, question] { other->node_.deliver(broadcast, words(*other, question)); });
        }
    }
    void list(const Selection& selection, std::shared_ptr<socketio::SocketCollector> sockets) override {
        const std::uint64_t question = keep(lists_, sockets);
        for (TestRelay* const other : others()) {
            carry(*other, [this, other, selection, question] {
                other->carry(*this, [this, question, infos = other->node_.list(selection)] {
                    const auto found = lists_.find(question);
                    if (found == lists_.end()) return;
                    found->second->expect(infos.size());
                    for (const SocketInfo& info : infos)
                        found->second->answer(info);
                });
            });
        }
    }
    void change_rooms(const Selection& selection, std::span<const std::string> rooms,
                      socketio::RoomChange change) override {
        const std::vector<std::string> names(rooms.begin(), rooms.end());
        for (TestRelay* const other : others())
            carry(*other, [other, selection, names, change] { other->node_.change_rooms(selection, names, change); });
    }
    void disconnect(const Selection& selection, socketio::DisconnectScope scope) override {
        for (TestRelay* const other : others())
            carry(*other, [other, selection, scope] { other->node_.disconnect(selection, scope); });
    }

    void server_side_emit(const socketio::SharedArguments& event, std::shared_ptr<AckCollector> answers) override {
        const std::uint64_t question = keep(acks_, answers);
        for (TestRelay* const other : others()) {
            carry(*other,
                  [this, other, event, question] { other->node_.handle_server_side(event, words(*other, question)); });
        }
    }

    /// The others learn that it is gone, and that it owes them its word.
    void leave() {
        std::erase_if(bus_.relays, [this](const auto& entry) { return entry.second == this; });
        for (TestRelay* const other : others()) {
            for (const auto& [question, acks] : std::exchange(other->acks_, {}))
                acks->miss_node({ErrorCode::disconnected, "a node has left"});
        }
    }

    bool is_deaf = false;

 private:
    // On its way back to the asker, whose collector stays there.
    class Words final : public socketio::AckSink {
     public:
        Words(TestRelay& asker, TestRelay& here, std::uint64_t question)
            : asker_(asker), here_(here), question_(question) {}
        void expect(std::size_t answers) override {
            say([answers](AckCollector& acks) { acks.expect(answers); });
        }
        void answer(Json answer) override {
            say([answer](AckCollector& acks) { acks.answer(answer); });
        }
        void miss(const Error& error) override {
            say([error](AckCollector& acks) { acks.miss(error); });
        }

     private:
        template <typename Word>
        void say(Word word) {
            here_.carry(asker_, [&asker = asker_, question = question_, word] {
                const auto found = asker.acks_.find(question);
                if (found == asker.acks_.end()) return;
                const std::shared_ptr<AckCollector> acks = found->second;
                word(*acks);
            });
        }

        TestRelay& asker_;
        TestRelay& here_;
        std::uint64_t question_;
    };

    std::shared_ptr<Words> words(TestRelay& other, std::uint64_t question) {
        return question == 0 ? nullptr : std::make_shared<Words>(*this, other, question);
    }
    template <typename Collector>
    std::uint64_t keep(std::map<std::uint64_t, Collector>& questions, Collector collector) {
        if (collector == nullptr) return 0;
        questions.emplace(++questions_, std::move(collector));
        return questions_;
    }
    [[nodiscard]] std::vector<TestRelay*> others() const {
        std::vector<TestRelay*> found;
        const auto [begin, end] = bus_.relays.equal_range(name_);
        for (auto at = begin; at != end; ++at) {
            if (at->second != this) found.push_back(at->second);
        }
        return found;
    }
    template <typename Act>
    void carry(TestRelay& to, Act act) {
        if (to.is_deaf || is_deaf) return;
        to.app_.post(act);
        if (bus_.repeats) to.app_.post(act);
    }

    Bus& bus_;
    Application& app_;
    const std::string name_;
    socketio::Node& node_;
    std::uint64_t questions_ = 0;
    std::map<std::uint64_t, std::shared_ptr<AckCollector>> acks_;
    std::map<std::uint64_t, std::shared_ptr<socketio::SocketCollector>> lists_;
};

struct Site {
    Site(net::Loop& loop, Bus& bus)
        : app(loop), owned_core(ServerCore::make(&app, ServerOptions{.ack_timeout = 5000ms})), core(*owned_core) {
        core.set_error_handler([this](const EventFailure& failure) {
            failures.push_back(std::string(failure.event) + ": " + std::string(failure.message));
        });
        root = Namespace(Reference<NamespaceCore>(&core.of("/")));
        core.set_relays([this, &bus](std::string_view name, socketio::Node& node) {
            auto relay = std::make_unique<TestRelay>(bus, app, std::string(name), node);
            relays[std::string(name)] = relay.get();
            return relay;
        });
        app.listen(ListenOptions{.port = 0, .host = "127.0.0.1"});
    }

    Application app;
    std::unique_ptr<ServerCore> owned_core;
    ServerCore& core;
    Namespace root;
    std::map<std::string, TestRelay*> relays;
    Words failures;
};

// Three sites on three loops of one world, a client at each.
struct Cluster {
    Cluster() : a_site(network.loop(), bus), b_site(network.add_loop(), bus), c_site(network.add_loop(), bus) {
        for (Site* const site : {&a_site, &b_site, &c_site}) {
            WebSocketClient& client = *clients.emplace_back(std::make_unique<WebSocketClient>(network, site->app));
            ids.push_back(client.join());
        }
    }

    void settle() { network.run_until_idle(); }

    // Who got what since the last time, one letter each.
    std::string heard() {
        std::string text;
        for (std::size_t i = 0; i < clients.size(); ++i) {
            for (const std::string& word : clients[i]->receive())
                text += static_cast<char>('a' + i) + word.substr(2);
        }
        return text;
    }

    [[nodiscard]] auto note() {
        return [this](Result<void> outcome, std::vector<Json> answers) {
            std::ranges::sort(answers, {}, [](const Json& json) { return to_json(json); });
            notes.push_back((outcome ? "all " : outcome.error().message + " ") + to_json(answers));
        };
    }

    net::SimulatedNetwork network{1};
    Bus bus;
    Site a_site, b_site, c_site;
    std::vector<std::unique_ptr<WebSocketClient>> clients;
    Words ids;
    Words notes;
};

}  // namespace

TEST_CASE("what one node emits reaches the sockets of all, in the order in which it was emitted") {
    Cluster cluster;
    const Namespace& io = cluster.a_site.root;
    io.emit("one");
    io.to(cluster.ids[1]).emit("two", to_bytes("xyz"));
    io.except(cluster.ids[2]).emit("three");
    io.emit("four");
    CHECK(cluster.heard() == R"(a["one"]a["three"]a["four"])"
                             R"(b["one"]b1-["two",{"_placeholder":true,"num":0}]byz>b["three"]b["four"])"
                             R"(c["one"]c["four"])");
}

TEST_CASE("what is local stays with its node") {
    Cluster cluster;
    cluster.b_site.root.local().emit("here");
    CHECK(cluster.heard() == R"(b["here"])");
    cluster.b_site.root.local().emit("who", cluster.note());
    CHECK(cluster.heard() == R"(b0["who"])");
    cluster.clients[1]->send("430[1]");
    CHECK(cluster.notes == Words{"all [1]"});
}

TEST_CASE("namespaces are relayed apart, also one that comes later") {
    Cluster cluster;
    const Namespace admin(Reference<NamespaceCore>(&cluster.a_site.core.of("/admin")));
    static_cast<void>(cluster.b_site.core.of("/admin"));
    cluster.clients[1]->join("/admin");
    admin.emit("e");
    CHECK(cluster.heard() == R"(b/admin,["e"])");
}

TEST_CASE("three nodes answer a broadcast with acks once") {
    Cluster cluster;
    WebSocketClient second(cluster.network, cluster.c_site.app);
    second.join();
    cluster.a_site.root.emit("who", cluster.note());
    CHECK(cluster.heard() == R"(a0["who"]b0["who"]c0["who"])");
    CHECK(second.receive() == Words{R"(420["who"])"});
    cluster.clients[2]->send(R"(430["c"])");
    cluster.clients[0]->send(R"(430["a"])");
    second.send(R"(430["d"])");
    CHECK(cluster.notes.empty());
    cluster.clients[1]->send(R"(430["b"])");
    CHECK(cluster.notes == Words{R"(all ["a","b","c","d"])"});
    cluster.network.run_for(10s);
    CHECK(cluster.notes.size() == 1);
}

TEST_CASE("where nobody is meant, the callback is told in a later turn") {
    Cluster cluster;
    cluster.a_site.root.to("nobody").emit("who", cluster.note());
    CHECK(cluster.notes.empty());
    cluster.settle();
    CHECK(cluster.notes == Words{"all []"});
}

TEST_CASE("a client that leaves another node is missing in the answers") {
    Cluster cluster;
    cluster.a_site.root.emit("who", cluster.note());
    cluster.settle();
    cluster.clients[0]->send("430[1]");
    cluster.clients[1]->vanish();
    CHECK(cluster.notes.empty());
    cluster.clients[2]->send("430[3]");
    CHECK(cluster.notes == Words{"socket has been disconnected [1,3]"});
}

TEST_CASE("a node that never answers is given up at the deadline, with what has come") {
    Cluster cluster;
    cluster.c_site.relays["/"]->is_deaf = true;
    cluster.a_site.root.timeout(1000ms).emit("who", cluster.note());
    cluster.settle();
    cluster.clients[0]->send("430[1]");
    cluster.clients[1]->send("430[2]");
    cluster.network.run_for(900ms);
    CHECK(cluster.notes.empty());
    cluster.network.run_for(200ms);
    CHECK(cluster.notes == Words{"operation has timed out [1,2]"});

    SUBCASE("and its late answers change nothing") {
        cluster.c_site.relays["/"]->is_deaf = false;
        cluster.a_site.root.timeout(1000ms).emit("again", cluster.note());
        cluster.settle();
        cluster.network.run_for(2s);
        cluster.clients[2]->send("430[3]");
        CHECK(cluster.notes == Words{"operation has timed out [1,2]", "operation has timed out []"});
    }
}

TEST_CASE("a node that leaves while it is asked is waited for no more") {
    Cluster cluster;
    cluster.c_site.relays["/"]->is_deaf = true;
    cluster.a_site.root.emit("who", cluster.note());
    cluster.settle();
    cluster.clients[0]->send("430[1]");
    cluster.clients[1]->send("430[2]");
    CHECK(cluster.notes.empty());
    cluster.c_site.core.set_relays({});
    CHECK(cluster.notes == Words{"a node has left [1,2]"});
    cluster.a_site.root.emit("again", cluster.note());
    CHECK(cluster.heard() == R"(a0["who"]a1["again"]b0["who"]b1["again"])");
}

TEST_CASE("what a bus carries twice is answered once") {
    Cluster cluster;
    cluster.bus.repeats = true;
    cluster.a_site.root.emit("who", cluster.note());
    for (const auto& client : cluster.clients)
        client->send("430[1]");
    cluster.network.run_for(10s);
    CHECK(cluster.notes.size() == 1);
}

TEST_CASE("joins, leaves and disconnects reach the sockets of all nodes") {
    Cluster cluster;
    cluster.a_site.root.sockets_join({"all", "some"});
    cluster.a_site.root.except(cluster.ids[1]).sockets_leave("some");
    cluster.settle();
    cluster.b_site.root.to("some").emit("e");
    CHECK(cluster.heard() == R"(b["e"])");
    cluster.b_site.root.to("all").except("some").emit("e");
    CHECK(cluster.heard() == R"(a["e"]c["e"])");
    cluster.c_site.root.in("some").disconnect_sockets();
    cluster.settle();
    CHECK(cluster.clients[1]->receive() == Words{"41"});
    CHECK_FALSE(cluster.clients[1]->is_closed());
    cluster.c_site.root.local().disconnect_sockets(true);
    CHECK(cluster.clients[2]->receive() == Words{"41", "closed"});
    CHECK(cluster.clients[0]->receive().empty());
}

TEST_CASE("the sockets of all nodes are fetched, and what is asked of them happens where they are") {
    Cluster cluster;
    cluster.b_site.root.local_sockets().front().data() = Json("of b");
    cluster.c_site.root.local_sockets().front().join("room");
    std::vector<RemoteSocket> sockets;
    CHECK(cluster.a_site.root.fetch_sockets([&](std::vector<RemoteSocket> found) { sockets = std::move(found); }));
    CHECK(sockets.empty());
    cluster.settle();
    REQUIRE(sockets.size() == 3);
    const auto find = [&](std::size_t which) {
        return *std::ranges::find(sockets, cluster.ids[which], [](const RemoteSocket& socket) { return socket.id(); });
    };
    CHECK(find(1).data() == Json("of b"));
    CHECK(find(2).rooms() == Words{cluster.ids[2], "room"});
    CHECK(find(0).handshake()["query"]["EIO"] == Json("4"));

    find(1).emit("hello", 1);
    find(2).join("other");
    find(2).leave("room");
    find(0).disconnect();
    CHECK(cluster.heard() == R"(ab["hello",1])");
    CHECK(cluster.c_site.root.local_sockets().front().rooms() == Words{cluster.ids[2], "other"});
    std::string answer;
    find(2).emit("who", [&](Result<std::string> name) { answer = name ? *name : name.error().message; });
    cluster.settle();
    cluster.clients[2]->send(R"(430["c"])");
    CHECK(answer == "c");
    find(0).timeout(10ms).emit("who", [&](Result<std::string> name) { answer = name ? *name : name.error().message; });
    cluster.settle();
    CHECK(answer == "socket has been disconnected");
}

TEST_CASE("a node that lists nothing in time is missing in what was fetched") {
    Cluster cluster;
    cluster.b_site.relays["/"]->is_deaf = true;
    std::size_t found = 0;
    cluster.a_site.root.timeout(100ms).fetch_sockets([&](Result<void> outcome, std::vector<RemoteSocket> sockets) {
        CHECK_FALSE(outcome);
        found = sockets.size();
    });
    bool has_failed = false;
    cluster.a_site.root.timeout(100ms).fetch_sockets(
        [&](Result<std::vector<RemoteSocket>> sockets) { has_failed = !sockets; });
    cluster.settle();
    CHECK(found == 0);
    cluster.network.run_for(200ms);
    CHECK(found == 2);
    CHECK(has_failed);
}

TEST_CASE("a callback that throws when a relay brings the last answer is contained") {
    Cluster cluster;
    cluster.a_site.root.to(cluster.ids[1]).emit("who", [](std::vector<Json>) { throw std::runtime_error("ouch"); });
    cluster.settle();
    cluster.clients[1]->send("430[]");
    CHECK(cluster.a_site.failures == Words{"acknowledgement: ouch"});
}

TEST_CASE("a server that goes away while others are asked calls nobody") {
    Bus bus;
    net::SimulatedNetwork network(1);
    Site here(network.loop(), bus);
    auto gone = std::make_unique<Site>(network.add_loop(), bus);
    network.run_until_idle();
    const Namespace root = gone->root;
    root.emit("who", [](Result<std::vector<Json>>) { FAIL("called"); });
    root.fetch_sockets([](Result<std::vector<RemoteSocket>>) { FAIL("called"); });
    gone.reset();
    CHECK_FALSE(root.fetch_sockets([](const std::vector<RemoteSocket>&) { FAIL("called"); }));
    network.run_for(10s);
}

TEST_CASE("servers talk to each other, and not to themselves") {
    Cluster cluster;
    Words heard;
    int letter = 'a';
    for (Site* const site : {&cluster.a_site, &cluster.b_site, &cluster.c_site}) {
        site->root.on_server_side("hello", [&heard, name = std::string(1, static_cast<char>(letter++))](
                                               const std::string& text, std::optional<Bytes> octets) {
            heard.push_back(name + " " + text + (octets ? std::to_string(octets->size()) : ""));
        });
    }
    CHECK(cluster.a_site.root.server_side_emit("hello", "one", to_bytes("xyz")));
    CHECK(cluster.a_site.root.server_side_emit("hello", "two"));
    CHECK(heard.empty());
    cluster.settle();
    std::ranges::sort(heard);
    CHECK(heard == Words{"b one3", "b two", "c one3", "c two"});
    CHECK(cluster.heard().empty());
    CHECK_FALSE(cluster.a_site.root.server_side_emit("disconnect"));
}

TEST_CASE("other servers answer what they are asked, now or later, each once") {
    Cluster cluster;
    Ack kept;
    cluster.a_site.root.on_server_side("count", [] { return 1; });
    cluster.b_site.root.on_server_side("count", [] { return 2; });
    cluster.c_site.root.on_server_side("count", [&](const Ack& ack) { kept = ack; });
    cluster.a_site.root.server_side_emit("count", cluster.note());
    cluster.settle();
    CHECK(cluster.notes.empty());
    kept(3, "and more");
    kept(4);
    cluster.settle();
    CHECK(cluster.notes == Words{"all [2,3]"});

    SUBCASE("one without a handler is not waited for") {
        cluster.a_site.root.server_side_emit("nothing", cluster.note());
        cluster.settle();
        CHECK(cluster.notes.back() == "all []");
    }
    SUBCASE("one that drops its right to answer is missing") {
        cluster.a_site.root.server_side_emit("count", cluster.note());
        cluster.settle();
        kept = Ack();
        cluster.settle();
        CHECK(cluster.notes.back() == "no answer was given [2]");
    }
    SUBCASE("one that throws says that something went wrong, and tells its own program what") {
        cluster.a_site.root.on_server_side("bad", []() -> int { throw std::runtime_error("ouch"); });
        cluster.b_site.root.on_server_side("bad", [](int) { return 1; });
        cluster.c_site.root.server_side_emit("bad", cluster.note());
        cluster.settle();
        CHECK(cluster.notes.back() == R"(all [{"error":"bad: argument 1 is missing"},{"error":"internal error"}])");
        CHECK(cluster.a_site.failures == Words{"bad: ouch"});
        CHECK(cluster.b_site.failures == Words{"bad: argument 1 is missing"});
    }
    SUBCASE("one that does not answer in time is missing") {
        cluster.b_site.relays["/"]->is_deaf = true;
        cluster.c_site.root.server_side_emit("count", cluster.note());
        cluster.network.run_for(6s);
        CHECK(cluster.notes.back() == "operation has timed out [1]");
    }
}

TEST_CASE("a server that is alone talks to nobody, and hears so in a later turn") {
    World world;
    bool is_told = false;
    world.io->on_server_side("count", []() -> int {
        FAIL("called");
        return 1;
    });
    CHECK(world.io->server_side_emit("count"));
    CHECK(
        world.io->server_side_emit("count", 1, [&](Result<std::vector<int>> answers) { is_told = answers->empty(); }));
    CHECK_FALSE(is_told);
    world.settle();
    CHECK(is_told);
    CHECK_THROWS_AS(world.io->on_server_side("e", Function<void()>()), SetupError);
}

TEST_CASE("what servers say to each other may have a contract, and objects in braces") {
    static constexpr Event<int(int, int)> add{"add"};
    Cluster cluster;
    cluster.b_site.root.on_server_side(add, [](int a, int b) { return a + b; });
    Json heard;
    cluster.c_site.root.on_server_side("note", [&](const Json& note) { heard = note; });
    std::vector<int> sums;
    cluster.a_site.root.server_side_emit(add, 2, 3, [&](std::vector<int> answers) { sums = std::move(answers); });
    cluster.a_site.root.server_side_emit("note", {{"from", "a"}});
    cluster.a_site.root.server_side_emit("bare");
    cluster.settle();
    CHECK(sums == std::vector<int>{5});
    CHECK(heard == Json{{"from", "a"}});
}

TEST_CASE("a handler of what servers say that names a socket gets none") {
    Cluster cluster;
    bool is_nobody = false;
    cluster.b_site.root.on_server_side("e", [&](Socket& socket, int) { is_nobody = !socket && !socket.emit("x"); });
    cluster.a_site.root.server_side_emit("e", 1);
    cluster.settle();
    CHECK(is_nobody);
}
