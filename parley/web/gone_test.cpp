// SPDX-License-Identifier: MIT
// Every member of a handle whose thing has gone, or that was moved from: a no-op with a neutral answer, or SetupError,
// and never more.
#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "parley/base/memory_budget.hpp"
#include "parley/net/endpoint.hpp"
#include "parley/web/file_response.hpp"
#include "parley/web/mount.hpp"
#include "parley/web/upload.hpp"
#include "parley/web/websocket_server.hpp"
#include "tests/support/web_site.hpp"

namespace parley::web::test {
namespace {

// A request that nobody can answer any more; `has_head` while its views are there still.
void check_gone(Request& request, bool has_head) {
    CHECK(request.method() == (has_head ? "POST" : ""));
    CHECK(request.url() == (has_head ? "/held/7?q=1" : ""));
    CHECK(request.path() == (has_head ? "/held/7" : "/"));
    CHECK(request.query_string() == (has_head ? "q=1" : ""));
    CHECK(request.query("q") == (has_head ? "1" : ""));
    CHECK(request.has_query("q") == has_head);
    CHECK(request.query().size() == (has_head ? 1 : 0));
    CHECK(request.form("f") == (has_head ? "2" : ""));
    CHECK(request.has_form("f") == has_head);
    CHECK(request.form().size() == (has_head ? 1 : 0));
    CHECK(request.file("f") == nullptr);
    CHECK(request.files().empty());
    CHECK(request.cookie("c") == (has_head ? "3" : ""));
    CHECK(request.parameter("id") == (has_head ? "7" : ""));
    CHECK(request.header("Host") == (has_head ? "a" : ""));
    CHECK(request.has_header("host") == has_head);
    CHECK((request.headers().begin() != request.headers().end()) == has_head);
    CHECK(request.head().path() == request.path());
    CHECK(request.body() == (has_head ? "f=2" : ""));
    CHECK_FALSE(request.json());
    CHECK_FALSE(request.json<int>());
    CHECK(request.remote_address() == "127.0.0.1");
    CHECK(request.remote_port() == request.peer().port());
    request.set_attribute("user", "ada");
    CHECK(request.attribute("user") == "ada");
    request.state<int>() += 1;
    CHECK(request.state<int>() > 0);
}

void check_gone(const Response& response) {
    CHECK_FALSE(response.is_open());
    response.status(404).set("A", "b").append("A", "c").cookie({.name = "a"}).cookie("a", "b").type("html").type("a/b");
    static_cast<void>(response.header("A"));
    const Upload upload(response);
    upload.on_data([](std::string_view) {});
    upload.on_end([] {});
    upload.pause();
    upload.resume();
    receive_form(response, {});
    response.send("late");
    response.send(SharedBuffer("late"));
    response.send(Json("late"));
    response.json("late");
    response.send_json_text("1");
    response.send_file("/nowhere");
    response.send_file("/nowhere", {});
    response.send_status(404);
    response.redirect("/");
    response.end();
    response.on_abort([] { FAIL("called"); });
    response.send_from(nullptr, 0);
    Response copy(response);
    copy = response;
    CHECK_FALSE(copy.is_open());
}

struct Listener final : WebSocketListener {
    void on_message(websocket::Message) override { FAIL("called"); }
    void on_closed(std::uint16_t, std::string_view, WebSocketCloseCause) override { FAIL("called"); }
};

void check_gone(Upgrade& upgrade) {
    Listener listener;
    CHECK_FALSE(upgrade.is_open());
    upgrade.on_abort([] { FAIL("called"); });
    CHECK_FALSE(upgrade.check());
    CHECK(upgrade.choose_subprotocol({}).empty());
    CHECK(upgrade.accept(std::make_shared<WebSocketConnectionOptions>(), listener) == nullptr);
    upgrade.refuse(404, "text/plain", "no");
}

void check_gone(const WebSocket& socket) {
    CHECK_FALSE(socket.send("late"));
    CHECK_FALSE(socket.send(WebSocketMessage{.data = "late"}));
    CHECK_FALSE(socket.send_binary("late"));
    CHECK_FALSE(socket.ping());
    socket.close();
    socket.close(3000, "late");
    socket.terminate();
    CHECK_FALSE(socket.is_open());
    CHECK(socket.buffered_bytes() == 0);
    static_cast<void>(socket.data());
    socket.on_message([](std::string_view) { FAIL("called"); });
    socket.on_close([] { FAIL("called"); });
    CHECK((socket.id() == 1) == static_cast<bool>(socket));
    CHECK(socket.url() == (socket ? "/live" : ""));
    CHECK(socket.remote_address() == (socket ? "127.0.0.1" : ""));
    CHECK(socket.subprotocol().empty());
    const WebSocket copy(socket);
    CHECK(copy == socket);
    CHECK(std::unordered_set<WebSocket>{copy}.contains(socket));
}

void check_gone(const ScheduledCall& call) {
    call.cancel();
    CHECK_FALSE(call.is_pending());
    const ScheduledCall copy(call);
    copy.cancel();
    CHECK_FALSE(copy.is_pending());
}

// Holds what comes.
struct Held {
    explicit Held(Application& app) {
        app.post("/held/:id", [this](Request& its_request, Response its_response, const Next& its_next) {
            request = &its_request;
            response.emplace(std::move(its_response));
            next.emplace(its_next);
        });
    }

    static std::string text() {
        return "POST /held/7?q=1 HTTP/1.1\r\nHost: a\r\nCookie: c=3\r\nContent-Length: 3\r\n"
               "Content-Type: application/x-www-form-urlencoded\r\n\r\nf=2";
    }

    Request* request = nullptr;
    std::optional<Response> response;
    std::optional<Next> next;
};

class Undecided final : public UpgradeHandler {
 public:
    [[nodiscard]] bool matches(std::string_view path) const override { return path == "/undecided"; }
    void handle_upgrade(Request&, Upgrade upgrade) override { held.emplace(std::move(upgrade)); }

    std::optional<Upgrade> held;
};

}  // namespace

TEST_CASE("a request and its response that were answered, and whose next request has come, do nothing") {
    Site site;
    Held held(site.app);
    net::SimulatedPeer& peer = site.connect();
    peer.send(Held::text());
    site.network.run_until_idle();
    held.response->send("done");
    check_gone(*held.response);
    check_gone(*held.request, true);
    (*held.next)();
    peer.send("GET /other HTTP/1.1\r\nHost: a\r\n\r\n");
    site.network.run_until_idle();
    CHECK(count(peer.received(), "HTTP/1.1 ") == 2);
    check_gone(*held.response);
    check_gone(*held.request, false);
    (*held.next)();
    CHECK(site.failures.empty());
}

TEST_CASE("a request and its response whose peer has gone do nothing") {
    Site site;
    Held held(site.app);
    net::SimulatedPeer& peer = site.connect();
    peer.send(Held::text());
    site.network.run_until_idle();
    peer.reset();
    site.network.run_until_idle();
    check_gone(*held.response);
    check_gone(*held.request, true);
    (*held.next)();
    CHECK(site.failures.empty());
}

TEST_CASE("a request, its response and what comes next do nothing when the application has gone") {
    net::SimulatedNetwork network(1, smooth);
    std::optional<Application> app(std::in_place, network.loop());
    app->listen({.port = 80, .host = {}});
    Held held(*app);
    network.connect(80).send(Held::text());
    network.run_until_idle();
    app.reset();
    check_gone(*held.response);
    check_gone(*held.request, true);
    (*held.next)();
}

TEST_CASE("a response and what comes next that were moved from do nothing") {
    Site site;
    Held held(site.app);
    net::SimulatedPeer& peer = site.connect();
    peer.send(Held::text());
    site.network.run_until_idle();
    const Response response = std::move(*held.response);
    const Next next = std::move(*held.next);
    check_gone(*held.response);
    (*held.next)();
    CHECK(response.is_open());
    next();
    site.network.run_until_idle();
    CHECK(status_of(peer.received()) == 404);
}

TEST_CASE("an upgrade that was moved from, decided, or whose peer or application has gone, does nothing") {
    net::SimulatedNetwork network(1, smooth);
    std::optional<Application> app(std::in_place, network.loop());
    app->listen({.port = 80, .host = {}});
    Undecided undecided;
    app->mount_upgrade(undecided);
    const auto come = [&]() -> net::SimulatedPeer& {
        net::SimulatedPeer& peer = network.connect(80);
        peer.send(upgrade_request("/undecided"));
        network.run_until_idle();
        REQUIRE(undecided.held->is_open());
        return peer;
    };
    {
        net::SimulatedPeer& peer = come();
        Upgrade taken = std::move(*undecided.held);
        check_gone(*undecided.held);
        taken.refuse(403, "text/plain", "no");
        check_gone(taken);
        network.run_until_idle();
        CHECK(status_of(peer.received()) == 403);
    }
    {
        come().reset();
        network.run_until_idle();
        check_gone(*undecided.held);
    }
    {
        net::SimulatedPeer& peer = come();
        app->on_error([](const HandlerFailure&) {});
        undecided.held.reset();  // undecided
        network.run_until_idle();
        CHECK(status_of(peer.received()) == 500);
    }
    come();
    app.reset();
    check_gone(*undecided.held);
}

TEST_CASE("a WebSocket whose peer, server or application has gone, or that never was, does nothing") {
    check_gone(WebSocket());
    for (const std::string_view gone : {"peer", "server", "application"}) {
        CAPTURE(gone);
        net::SimulatedNetwork network(1, smooth);
        std::optional<Application> app(std::in_place, network.loop());
        std::optional<WebSocketServer> live(std::in_place, *app, "/live");
        app->listen({.port = 80, .host = {}});
        WebSocket socket;
        live->on_connection([&](WebSocket& opened) { socket = opened; });
        net::SimulatedPeer& peer = network.connect(80);
        peer.send(upgrade_request("/live"));
        network.run_until_idle();
        REQUIRE(socket.is_open());
        WebSocket moved = std::move(socket);
        CHECK(socket == moved);  // a handle that is moved is copied
        if (gone == "peer") peer.reset();
        if (gone == "server") live.reset();
        if (gone == "application") app.reset();
        network.run_until_idle();
        check_gone(socket);
        check_gone(moved);
    }
}

TEST_CASE("a scheduled call that was moved from, is over, or whose application has gone, does nothing") {
    check_gone(ScheduledCall());
    net::SimulatedNetwork network(1, smooth);
    std::optional<Application> app(std::in_place, network.loop());
    int calls = 0;
    ScheduledCall once = app->after(1ms, [&] { ++calls; });
    ScheduledCall again = app->every(1h, [&] { ++calls; });
    const ScheduledCall taken = std::move(again);
    check_gone(again);
    network.run_for(10ms);
    CHECK(calls == 1);
    check_gone(once);
    CHECK(taken.is_pending());
    app.reset();
    check_gone(taken);
    check_gone(once);
    CHECK(calls == 1);
}

TEST_CASE("an application that was stopped may be set up, asked, run and stopped again") {
    net::SimulatedNetwork network(1, smooth);
    Application app(network.loop());
    WebSocketServer live(app, "/live");
    app.listen({.port = 80, .host = {}});
    app.stop();
    CHECK(app.run() == 0);
    CHECK(app.port() == 0);
    net::SimulatedPeer& late = network.connect(80);
    network.run_until_idle();
    CHECK(late.is_closed());
    CHECK(app.memory_used() == 0);
    CHECK(app.peers_shed() == 0);
    CHECK_FALSE(app.is_mounted("/live"));
    app.report({.where = "here", .message = "nothing", .exception = nullptr});
    live.broadcast("to nobody");
    live.for_each([](const WebSocket&) { FAIL("called"); });
    int calls = 0;
    app.post([&] { ++calls; });
    app.after(1ms, [&] { ++calls; });
    const ScheduledCall call = app.every(1h, [&] { ++calls; });
    app.get("/new", [](Request&, const Response& response) { response.send("new"); });
    app.on_error([](const HandlerFailure&) {});
    app.listen({.port = 80, .host = {}});
    net::SimulatedPeer& peer = network.connect(80);
    peer.send("GET /new HTTP/1.1\r\nHost: a\r\n\r\n");
    network.run_for(10ms);
    CHECK(status_of(peer.received()) == 200);
    CHECK(calls == 2);
    call.cancel();
    app.stop();
    app.stop();
    CHECK(app.run() == 0);
    network.run_until_idle();
    CHECK(peer.is_closed());
}

}  // namespace parley::web::test
