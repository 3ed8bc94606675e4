// SPDX-License-Identifier: MIT
#include "apps/parley/bench.hpp"

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "apps/chat/wording.hpp"
#include "apps/parley/bench_arrivals.hpp"
#include "apps/parley/bench_messages.hpp"
#include "apps/parley/bench_plan.hpp"
#include "apps/parley/bench_report.hpp"

namespace parley {

namespace {

constexpr int exit_not_connected = 3;

constexpr const char* what_servers_do =
    "What the server is to do, on each connection:\n"
    "  echo       answer the event \"echo\" with the event \"echo\" and the same value\n"
    "  ack        acknowledge the event \"ack\" with the value that it carries\n"
    "  broadcast  send the value of \"broadcast\" to everybody, the sender too, as \"broadcast\";\n"
    "             the first connection sends, all receive\n"
    "  room       on \"join\" let the socket join the room of that name, and acknowledge; send the\n"
    "             second value of \"room\" to the room that the first one names, the sender too, as \"room\"\n"
    "  polling    as echo, over HTTP long-polling\n"
    "  connect    nothing: connections come and go, no more at once than --connections\n"
    "  idle       nothing: connections stay, and are silent but for the heartbeat\n"
    "Other events are named with --event and --answer. A plain WebSocket (ws://) has echo, broadcast,\n"
    "connect and idle; there the message itself comes back. examples/bench_server is such a server.\n"
    "\n"
    "With --rate each message has its moment, whatever has become of those before, and its time counts\n"
    "from then; without it the next one goes when one has come back.\n"
    "\n"
    "Status: 0 all was well; 1 something was lost, altered, out of order, or a connection broke;\n"
    "2 wrong command line; 3 no connection.";

std::unique_ptr<BenchRun> make_run(const BenchPlan& plan) {
    if (plan.scenario == BenchScenario::connect) return std::make_unique<BenchComings>(plan);
    if (plan.scenario == BenchScenario::idle) return std::make_unique<BenchIdle>(plan);
    return std::make_unique<BenchMessages>(plan);
}

void add_load(CLI::App& bench, BenchCommand& command) {
    const auto number = [&](const char* name, auto& value, const char* what) {
        return bench.add_option(name, value, what)->type_name("NUMBER");
    };
    number("--connections", command.connections, "Connections")->check(CLI::Range(1, 50'000))->capture_default_str();
    CLI::Option* const rate =
        number("--rate", command.rate, "Messages, or connections, a second (default: as soon as answers come)")
            ->check(CLI::Range(1, 1'000'000));
    number("--window", command.window, "Messages under way of each sender, where there is no rate (default: 1)")
        ->check(CLI::Range(1, 10'000))
        ->excludes(rate);
    number("--size", command.message_bytes, "Octets of each message (default: 64)")
        ->check(CLI::Range(static_cast<int>(BenchPayload::bytes_min), 1'000'000));
    number("--room-size", command.room_size, "Connections in each room (default: 10)")->check(CLI::Range(1, 50'000));
    bench.add_option("--duration", command.duration_seconds, "Seconds that are measured")
        ->type_name("SECONDS")
        ->check(CLI::Range(1, 3'600))
        ->capture_default_str();
    bench.add_option("--warmup", command.warmup_seconds, "Seconds of load before (default: 1)")
        ->type_name("SECONDS")
        ->check(CLI::Range(0, 600));
}

}  // namespace

int bench(const BenchCommand& command) {
    const BenchPlan plan = make_bench_plan(command);
    const BenchOutcome outcome = make_run(plan)->run();
    if (!outcome.has_begun && !outcome.was_interrupted) {
        std::cerr << "parley: " << chat::printable(outcome.first_failure) << std::endl;
    }
    if (command.as_json) {
        std::cout << bench_json(plan, outcome) << std::endl;
    } else if (outcome.has_begun) {
        std::cout << bench_text(plan, outcome) << std::endl;
    }
    if (!outcome.has_begun) return exit_not_connected;
    return outcome.is_well() ? 0 : 1;
}

void add_bench(CLI::App& program, Chosen& chosen) {
    const auto command = std::make_shared<BenchCommand>();
    command->connect.timeout_seconds = 5;
    command->connect.transport.clear();
    CLI::App* bench = program.add_subcommand("bench", "Load a Socket.IO or WebSocket server, and measure and check it");
    add_socketio_connect(*bench, command->connect);
    bench->get_option("--transport")->default_str("")->description("any, polling or websocket (default: websocket)");
    bench->add_option("--path", command->path, "Path of the engine on the server")
        ->type_name("PATH")
        ->capture_default_str();
    bench
        ->add_option("--scenario", command->scenario, "echo, ack, broadcast, room, connect, idle or polling; see below")
        ->type_name("NAME")
        ->capture_default_str();
    add_load(*bench, *command);
    bench->add_option("--event", command->event, "Event to send (default: the name of the scenario)")
        ->type_name("NAME");
    bench->add_option("--answer", command->answer, "Event that brings it back (default: the same)")->type_name("NAME");
    bench->add_flag("--any-answer", command->takes_any_answer,
                    "Take whatever comes as the answer to the oldest message: for servers that answer something else");
    bench->add_flag("--remote", command->is_remote, "Let the server be on another machine");
    bench->add_flag("--json", command->as_json, "Print one JSON object for programs");
    bench->footer(what_servers_do);
    choose(*bench, chosen, [command] { return parley::bench(*command); });
}

}  // namespace parley
