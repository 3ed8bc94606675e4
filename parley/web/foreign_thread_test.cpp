// SPDX-License-Identifier: MIT
// Every member of the handles, called from another thread than the one that runs the application: those that belong to
// that thread are refused, all others go on.
#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/base/memory_budget.hpp"
#include "parley/web/body_source.hpp"
#include "parley/web/file_response.hpp"
#include "parley/web/mount.hpp"
#include "parley/web/websocket_server.hpp"
#include "tests/support/foreign_call.hpp"
#include "tests/support/web_site.hpp"

namespace parley::web::test {
namespace {

using parley::test::ForeignCall;
using parley::test::ForeignMember;

// What of an upgrade is undecided.
class Undecided final : public UpgradeHandler, public WebSocketListener {
 public:
    [[nodiscard]] bool matches(std::string_view path) const override { return path == "/undecided"; }
    void handle_upgrade(Request&, Upgrade upgrade) override { held.emplace(std::move(upgrade)); }
    void on_message(websocket::Message) override {}
    void on_closed(std::uint16_t, std::string_view, WebSocketCloseCause) override {}

    std::optional<Upgrade> held;
};

// A request that is held, a WebSocket, an undecided one, and all that may be called.
struct Foreign {
    Foreign() : live(site.app, "/live") {
        site.app.mount_upgrade(undecided);
        site.app.get("/held", [this](Request& its_request, Response its_response, Next its_next) {
            request = &its_request;
            response.emplace(its_response);
            next.emplace(its_next);
        });
        live.on_connection([this](WebSocket& opened) { socket = opened; });
        site.get("/held?q=1");
        site.ask(upgrade_request("/live"));
        site.ask(upgrade_request("/undecided"));
        REQUIRE(undecided.held);
        REQUIRE(socket);
    }
    ~Foreign() {
        undecided.held.reset();
        site.app.unmount_upgrade(undecided);
    }

    ForeignCall call(Function<bool()>& function) {
        return parley::test::call_from_elsewhere(
            site.network.loop(), [this] { site.network.run_until_idle(); }, function);
    }

    Site site;
    Undecided undecided;
    WebSocketServer live;
    WebSocket socket;
    Request* request = nullptr;
    std::optional<Response> response;
    std::optional<Next> next;
};

// A call that returns: nothing, or what does not matter.
template <typename F>
Function<bool()> returns(F function) {
    return [function]() mutable {
        static_cast<void>(function());
        return true;
    };
}

template <typename F>
Function<bool()> throws_setup_error(F function) {
    return [function]() mutable {
        try {
            static_cast<void>(function());
        } catch (const SetupError&) {
            return true;
        }
        return false;
    };
}

// Collects members; `more` are those that a build with NDEBUG does not look at, because that would cost something.
struct Members {
    void add(std::string_view name, Function<bool()> call) { all.push_back({name, std::move(call)}); }
    void add_unchecked([[maybe_unused]] std::string_view name, [[maybe_unused]] Function<bool()> call) {
#if !defined(NDEBUG)
        add(name, std::move(call));
#endif
    }
    std::vector<ForeignMember> all;
};

constexpr std::string_view any_route = "Application::get() or another of the routes";

void list_application(Members& members, Foreign& foreign) {
    Application& app = foreign.site.app;
    const auto handler = [](Request&, Response) {};
    members.add(any_route, throws_setup_error([&] { return &app.get("/a", handler); }));
    members.add(any_route, throws_setup_error([&] { return &app.head("/a", handler); }));
    members.add(any_route, throws_setup_error([&] { return &app.post("/a", handler); }));
    members.add(any_route, throws_setup_error([&] { return &app.put("/a", handler); }));
    members.add(any_route, throws_setup_error([&] { return &app.patch("/a", handler); }));
    members.add(any_route, throws_setup_error([&] { return &app.del("/a", handler); }));
    members.add(any_route, throws_setup_error([&] { return &app.options("/a", handler); }));
    members.add(any_route, throws_setup_error([&] { return &app.all("/a", handler); }));
    members.add("Application::use()", throws_setup_error([&] { return &app.use(handler); }));
    members.add("Application::use()", throws_setup_error([&] { return &app.use("/a", handler); }));
    members.add("Application::use()",
                throws_setup_error([&] { return &app.use([](const HandlerFailure&, Request&, Response) {}); }));
    members.add("Application::use()", throws_setup_error([&] { return &app.serve_static("."); }));
    members.add("Application::use()", throws_setup_error([&] { return &app.serve_static(".", StaticOptions{}); }));
    members.add("Application::use()", throws_setup_error([&] { return &app.serve_static("/a", "."); }));
    members.add_unchecked("Application::now()", returns([&] { return app.now() > TimePoint(); }));
    members.add_unchecked("Application::wall_time()",
                          returns([&] { return app.wall_time().time_since_epoch().count(); }));
    members.add("Application::on_error()", returns([&] { return app.on_error([](const HandlerFailure&) {}), 0; }));
    members.add("Application::listen()", throws_setup_error([&] { return app.listen(0), 0; }));
    members.add("Application::listen()", throws_setup_error([&] { return app.listen(ListenOptions{}), 0; }));
    members.add("Application::listen()", [&] { return !app.try_listen({}); });
    members.add("Application::mount_upgrade()",
                throws_setup_error([&] { return app.mount_upgrade(foreign.undecided), 0; }));
    members.add_unchecked("Application::unmount_upgrade()",
                          returns([&] { return app.unmount_upgrade(foreign.undecided), 0; }));
    members.add_unchecked("Application::memory_used()", returns([&] { return app.memory_used(); }));
    members.add_unchecked("Application::peers_shed()", returns([&] { return app.peers_shed(); }));
    members.add_unchecked("Application::memory()", returns([&] { return app.memory().bytes(); }));
    members.add_unchecked("Application::report()", returns([&] { return app.report({}), 0; }));
    members.add_unchecked("Application::is_mounted()", returns([&] { return app.is_mounted("/a"); }));
    members.add_unchecked("Application::report_current_exception()",
                          returns([&] { return app.report_current_exception("here"), 0; }));
}

void list_request(Members& members, Foreign& foreign) {
    Request& request = *foreign.request;
    members.add_unchecked("Request::method()", returns([&] { return request.method(); }));
    members.add_unchecked("Request::url()", returns([&] { return request.url(); }));
    members.add_unchecked("Request::path()", returns([&] { return request.path(); }));
    members.add_unchecked("Request::query_string()", returns([&] { return request.query_string(); }));
    members.add_unchecked("Request::query()", returns([&] { return request.query("q"); }));
    members.add_unchecked("Request::query()", returns([&] { return request.query().size(); }));
    members.add_unchecked("Request::has_query()", returns([&] { return request.has_query("q"); }));
    members.add_unchecked("Request::form()", returns([&] { return request.form("q"); }));
    members.add_unchecked("Request::form()", returns([&] { return request.form().size(); }));
    members.add_unchecked("Request::has_form()", returns([&] { return request.has_form("q"); }));
    members.add_unchecked("Request::cookie()", returns([&] { return request.cookie("q"); }));
    members.add_unchecked("Request::parameter()", returns([&] { return request.parameter("q"); }));
    members.add_unchecked("Request::header()", returns([&] { return request.header("Host"); }));
    members.add_unchecked("Request::has_header()", returns([&] { return request.has_header("Host"); }));
    members.add_unchecked("Request::head()",
                          returns([&] { return request.headers().begin() == request.headers().end(); }));
    members.add_unchecked("Request::head()", returns([&] { return request.head().path(); }));
    members.add_unchecked("Request::body()", returns([&] { return request.body(); }));
    members.add_unchecked("Request::json()", returns([&] { return request.json().has_value(); }));
    members.add_unchecked("Request::remote_address()", returns([&] { return request.remote_address(); }));
    members.add_unchecked("Request::remote_port()", returns([&] { return request.remote_port(); }));
    members.add_unchecked("Request::peer()", returns([&] { return request.peer().port(); }));
    members.add_unchecked("Request::set_attribute()", returns([&] { return request.set_attribute("a", "b"), 0; }));
    members.add_unchecked("Request::attribute()", returns([&] { return request.attribute("a"); }));
    members.add_unchecked("Request::state()", returns([&] { return request.state<int>(); }));
}

void list_response(Members& members, Foreign& foreign) {
    const Response& response = *foreign.response;
    members.add_unchecked("Response::header()", returns([&] { return response.header("a"); }));
    members.add_unchecked("Response::on_finish()", returns([&] { return response.on_finish([] {}), 0; }));
    members.add_unchecked("Response::on_abort()", returns([&] { return response.on_abort([] {}), 0; }));
    members.add_unchecked("Response::send_from()", returns([&] { return response.send_from(nullptr, 0), 0; }));
}

void list_websockets(Members& members, Foreign& foreign) {
    WebSocketServer& live = foreign.live;
    const WebSocket& socket = foreign.socket;
    Upgrade& upgrade = *foreign.undecided.held;
    const auto options = [] { return std::make_shared<WebSocketConnectionOptions>(); };
    members.add("WebSocketServer::verify()",
                returns([&] { return live.verify([](const Request&) { return true; }), 0; }));
    members.add("WebSocketServer::on_connection()", returns([&] { return live.on_connection([](WebSocket) {}), 0; }));
    members.add("WebSocketServer::on_message()",
                returns([&] { return live.on_message([](WebSocket, std::string_view) {}), 0; }));
    members.add("WebSocketServer::on_close()", returns([&] { return live.on_close([] {}), 0; }));
    members.add("WebSocketServer::on_error()", returns([&] { return live.on_error([](const HandlerFailure&) {}), 0; }));
    members.add("WebSocketServer::for_each()", [&] {
        bool is_called = false;
        live.for_each([&](const WebSocket&) { is_called = true; });
        return !is_called;
    });
    members.add("Application::listen()", throws_setup_error([&] { return live.listen(0), 0; }));
    members.add("Application::listen()", [&] { return !live.try_listen({}); });
    members.add("WebSocket::buffered_bytes()", [&] { return socket.buffered_bytes() == 0; });
    members.add_unchecked("WebSocket::data()", returns([&] { return socket.data().is_null(); }));
    members.add("WebSocket::on_message()", returns([&] { return socket.on_message([](std::string_view) {}), 0; }));
    members.add("WebSocket::on_close()", returns([&] { return socket.on_close([] {}), 0; }));
    members.add_unchecked("Upgrade::check()", returns([&] { return upgrade.check(); }));
    members.add_unchecked("Upgrade::choose_subprotocol()", returns([&] { return upgrade.choose_subprotocol({}); }));
    members.add_unchecked("Upgrade::accept()",
                          returns([&, options] { return upgrade.accept(options(), foreign.undecided); }));
    members.add_unchecked("Upgrade::refuse()", returns([&] { return upgrade.refuse(404, "", ""), 0; }));
}

void list_any_thread(Members& members, Foreign& foreign) {
    Application& app = foreign.site.app;
    WebSocketServer& live = foreign.live;
    const WebSocket& socket = foreign.socket;
    members.add("Application", [&] { return app.port() == 80 && live.port() == 80; });
    members.add("Application", returns([&] { return &app.loop(); }));
    members.add("Application", returns([&] { return app.post([] {}), app.stop(), 0; }));
    members.add("Application", [&] { return app.after(1h, [] {}).is_pending() && app.every(1h, [] {}).is_pending(); });
    members.add("ScheduledCall", [&] {
        const ScheduledCall call = live.after(1h, [] {});
        call.cancel();
        return !call.is_pending() && live.every(1h, [] {}).is_pending();
    });
    members.add("WebSocketServer", [&] { return live.size() == 1; });
    members.add("WebSocketServer", [&] { return live.broadcast("a") && &live.application() == &app; });
    members.add("WebSocketServer",
                returns([&] { return live.broadcast_binary("a"), live.post([] {}), live.stop(), 0; }));
    members.add("WebSocket", [&] {
        return socket.send("a") && socket.send(WebSocketMessage{.data = "a"}) && socket.send_binary("a") &&
               socket.ping() && socket.is_open();
    });
    members.add("WebSocket", [&] {
        return socket.id() == 1 && socket.url() == "/live" && !socket.remote_address().empty() &&
               socket.subprotocol().empty() && socket == WebSocket(socket);
    });
    members.add("WebSocket", returns([&] { return socket.close(), socket.terminate(), 0; }));
    const Response& response = *foreign.response;
    members.add("Response", returns([&] { return &response.status(404); }));
    members.add("Response", returns([&] { return &response.set("a", "b"); }));
    members.add("Response", returns([&] { return &response.append("a", "b"); }));
    members.add("Response", returns([&] { return &response.cookie({.name = "a"}); }));
    members.add("Response", returns([&] { return &response.cookie("a", "b"); }));
    members.add("Response", returns([&] { return &response.type("html"); }));
    members.add("Response", returns([&] { return response.send("a"), 0; }));
    members.add("Response", returns([&] { return response.send(SharedBuffer("a")), 0; }));
    members.add("Response", returns([&] { return response.send(Json(1)), 0; }));
    members.add("Response", returns([&] { return response.json(1), 0; }));
    members.add("Response", returns([&] { return response.send_json_text("1"), 0; }));
    members.add("Response", returns([&] { return response.send_file("a"), 0; }));
    members.add("Response", returns([&] { return response.send_file("a", {}), 0; }));
    members.add("Response", returns([&] { return response.send_status(404), 0; }));
    members.add("Response", returns([&] { return response.redirect("/"), 0; }));
    members.add("Response", returns([&] { return response.end(), 0; }));
    members.add("Response", returns([&] { return response.is_open(); }));
    members.add("Next", returns([&] { return (*foreign.next)(), 0; }));
    members.add("Response", returns([&] { return foreign.response = Response(*foreign.response), 0; }));
    members.add("Response", returns([&] { return foreign.response.reset(), foreign.next.reset(), 0; }));
}

TEST_CASE("another thread that calls what belongs to the application's is told so by name, and breaks nothing") {
    Foreign foreign;
    Members members;
    list_application(members, foreign);
    list_request(members, foreign);
    list_response(members, foreign);
    list_websockets(members, foreign);
    for (ForeignMember& member : members.all) {
        const ForeignCall call = foreign.call(member.call);
        CAPTURE(member.name);
        CAPTURE(call.says);
        CHECK(parley::test::is_refused(call, member.name));
    }
}

#if !defined(NDEBUG)
TEST_CASE("another thread that destroys an application or a WebSocket server which runs is told so") {
    net::SimulatedNetwork network(1, smooth);
    std::optional<Application> app(std::in_place, network.loop());
    std::optional<WebSocketServer> live(std::in_place, *app, "/live");
    Function<bool()> destroy_server = returns([&] { return live.reset(), 0; });
    Function<bool()> destroy_app = returns([&] { return app.reset(), 0; });
    const auto run = [&] { network.run_until_idle(); };
    CHECK(parley::test::is_refused(parley::test::call_from_elsewhere(network.loop(), run, destroy_server),
                                   "~WebSocketServer()"));
    CHECK(parley::test::is_refused(parley::test::call_from_elsewhere(network.loop(), run, destroy_app),
                                   "~Application()"));
}
#endif

TEST_CASE("what any thread may call is not refused to one, whatever runs") {
    Foreign foreign;
    Members members;
    list_any_thread(members, foreign);
    for (ForeignMember& member : members.all) {
        const ForeignCall call = foreign.call(member.call);
        CAPTURE(member.name);
        CHECK(call.says == "");
        CHECK(call.is_neutral);
    }
}

}  // namespace
}  // namespace parley::web::test
