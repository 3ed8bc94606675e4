// SPDX-License-Identifier: MIT
#include "apps/parley/bench_plan.hpp"

#include <CLI/CLI.hpp>
#include <array>
#include <utility>

#include "apps/parley/file_limit.hpp"
#include "parley/client/client_options.hpp"
#include "parley/net/endpoint.hpp"

namespace parley {

namespace {

constexpr std::array scenarios = {BenchScenario::echo,   BenchScenario::ack,     BenchScenario::broadcast,
                                  BenchScenario::room,   BenchScenario::connect, BenchScenario::idle,
                                  BenchScenario::polling};
constexpr std::size_t other_files = 32;  // that a process has open beside its connections
constexpr std::size_t send_buffer_bytes_max = 4'000'000;

[[noreturn]] void refuse(const std::string& option, const std::string& sentence) {
    throw CLI::ValidationError(option, sentence);
}

BenchScenario scenario_of(const std::string& name) {
    for (const BenchScenario scenario : scenarios)
        if (to_string(scenario) == name) return scenario;
    refuse("--scenario", "\"" + name + "\" is none. Give one of echo, ack, broadcast, room, connect, idle, polling.");
}

// Names could be anybody's, but for this one (RFC 6761 §6.3).
bool is_this_machine(const std::string& host) {
    const Result<net::Endpoint> endpoint = net::Endpoint::parse(host, 0);
    if (!endpoint || host.empty()) return false;
    return endpoint->is_ipv6() ? endpoint->address() == "::1" : endpoint->octets().front() == 127;
}

void check_target(const BenchCommand& command, const http::Url& url) {
    if (command.is_remote || is_this_machine(url.host)) return;
    refuse("URL", url.host +
                      " is not this machine. Load may look like an attack: give --remote if the server and the way "
                      "there are yours to load. Of this machine are localhost, 127.0.0.1 and [::1].");
}

void check_protocol(const BenchPlan& plan) {
    const BenchScenario scenario = plan.scenario;
    const bool needs_socketio =
        scenario == BenchScenario::ack || scenario == BenchScenario::room || scenario == BenchScenario::polling;
    if (!plan.is_socketio && needs_socketio) {
        refuse("--scenario", std::string(to_string(scenario)) +
                                 " is for Socket.IO. Over a plain WebSocket (ws:// and wss://) there are echo, "
                                 "broadcast, connect and idle.");
    }
    if (!plan.is_socketio && (!plan.command.event.empty() || !plan.command.answer.empty())) {
        refuse("--event", "A plain WebSocket has no events. Give a URL with http:// for Socket.IO.");
    }
}

// An option that would do nothing is a mistake.
void check_options(const BenchPlan& plan) {
    const BenchCommand& command = plan.command;
    const std::string name(to_string(plan.scenario));
    const auto check = [&](bool is_given, const char* option) {
        if (is_given) refuse(option, "The scenario " + name + " has no use for it.");
    };
    if (!plan.has_messages()) {
        check(command.window.has_value(), "--window");
        check(command.message_bytes.has_value(), "--size");
        check(!command.event.empty(), "--event");
        check(!command.answer.empty(), "--answer");
        check(command.takes_any_answer, "--any-answer");
    }
    check(command.warmup_seconds && plan.scenario == BenchScenario::idle, "--warmup");
    check(command.room_size && plan.scenario != BenchScenario::room, "--room-size");
    check(!command.answer.empty() && plan.scenario == BenchScenario::ack, "--answer");
    check(command.connect.transport == "websocket" && plan.scenario == BenchScenario::polling, "--transport websocket");
}

void check_files(const BenchPlan& plan) {
    // By polling a session has a request that waits, and one that brings something.
    const bool is_polling = plan.is_socketio && plan.engine.transports.front() == Transport::polling;
    const std::size_t needed = plan.connections() * (is_polling ? 2 : 1) + other_files;
    const auto allowed = raise_file_limit();
    if (!allowed || *allowed >= needed) return;
    refuse("--connections", "So many need " + std::to_string(needed) + " open files, and this process may have " +
                                std::to_string(*allowed) + ". Raise that with \"ulimit -n " + std::to_string(needed) +
                                "\", or take fewer.");
}

void plan_socketio(BenchPlan& plan) {
    ConnectOptions connect = plan.command.connect;
    if (connect.transport.empty()) connect.transport = "websocket";
    if (plan.scenario == BenchScenario::polling) connect.transport = "polling";
    ClientOptions options = client_options(connect);
    options.path = plan.command.path;
    plan.url = client::check_client_options(url_of(connect), options);
    plan.nsp = plan.url.path;
    if (const Json auth = options.auth.get(); !auth.is_null()) plan.auth_json = to_json(auth);
    plan.engine = client::engine_options(plan.url, options);
    plan.engine.session.send_buffer_bytes_max = send_buffer_bytes_max;
    plan.engine.websocket.send_buffer_bytes_max = send_buffer_bytes_max;
    plan.engine.polling.redirects_max = 0;  // they could lead to another machine
}

void plan_websocket(BenchPlan& plan) {
    WebSocketClientOptions options;
    options.headers = headers_of(plan.command.connect);
    options.dial.tls = plan.command.connect.tls;
    options.open_timeout = std::chrono::seconds(plan.command.connect.timeout_seconds);
    options.send_buffer_bytes_max = send_buffer_bytes_max;
    plan.url = client::check_websocket_options(plan.command.connect.url, options);
    plan.link = client::link_options(options);
}

}  // namespace

std::string_view to_string(BenchScenario scenario) noexcept {
    switch (scenario) {
        case BenchScenario::echo:
            return "echo";
        case BenchScenario::ack:
            return "ack";
        case BenchScenario::broadcast:
            return "broadcast";
        case BenchScenario::room:
            return "room";
        case BenchScenario::connect:
            return "connect";
        case BenchScenario::idle:
            return "idle";
        case BenchScenario::polling:
            return "polling";
    }
    return "";
}

std::string_view BenchPlan::transport() const {
    if (!is_socketio) return "a plain WebSocket";
    if (engine.transports.size() > 1) return "polling, then WebSocket";
    return engine.transports.front() == Transport::polling ? "polling" : "WebSocket";
}

BenchPlan make_bench_plan(const BenchCommand& command) {
    BenchPlan plan;
    plan.command = command;
    plan.scenario = scenario_of(command.scenario);
    const std::string& url = command.connect.url;
    plan.is_socketio = !url.starts_with("ws://") && !url.starts_with("wss://");
    check_protocol(plan);
    check_options(plan);
    plan.is_socketio ? plan_socketio(plan) : plan_websocket(plan);
    check_target(command, plan.url);
    check_files(plan);
    const bool is_polling = plan.scenario == BenchScenario::polling;
    const std::string usual(to_string(is_polling ? BenchScenario::echo : plan.scenario));
    plan.event = command.event.empty() ? usual : command.event;
    plan.answer = command.answer.empty() ? plan.event : command.answer;
    return plan;
}

}  // namespace parley
