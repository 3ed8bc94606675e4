// SPDX-License-Identifier: MIT
// A Socket.IO client that a test drives: each line of the standard input is a JSON command, each line of the output a
// JSON array of what happened. Ends with its input, or when the client is finished and was told to `finish`.
#include <chrono>
#include <cstdio>
#include <iostream>
#include <mutex>
#include <string>
#include <thread>

#include <parley/client.hpp>

namespace {

using parley::Arguments;
using parley::ClientSocket;
using parley::Json;

void print(const Json& line) {
    static std::mutex mutex;
    const std::lock_guard lock(mutex);
    std::puts(parley::to_json(line).c_str());
    std::fflush(stdout);
}

Arguments values(const Json& array, std::size_t from) {
    Arguments arguments;
    for (std::size_t i = from; i < array.size(); ++i) {
        const Json& value = array[i];
        // {"$binary": "text"} stands for octets, which JSON has none of.
        if (const auto text = value["$binary"].as_string()) {
            arguments.push_back(Json(parley::as_bytes(*text)));
        } else {
            arguments.push_back(value);
        }
    }
    return arguments;
}

Json shown(const Json& value) {
    const auto octets = value.as_binary();
    return octets ? Json::object({{"$binary", std::string(parley::as_chars(*octets))}}) : value;
}

bool with_outgoing = false;

void watch(ClientSocket socket) {
    const std::string nsp = socket.nsp();
    socket.on_connect([nsp](ClientSocket& s) { print(Json::array({"connect", nsp, s.id(), s.recovered()})); });
    socket.on_connect_error([nsp](parley::ConnectError error) { print(Json::array({"connect_error", nsp, error})); });
    socket.on_disconnect([nsp](std::string reason) { print(Json::array({"disconnect", nsp, reason})); });
    socket.on_any([nsp](std::string_view event, Arguments arguments) {
        Json line = Json::array({"event", nsp, event});
        for (const Json& value : arguments)
            line.push_back(shown(value));
        print(line);
    });
    if (with_outgoing) {
        socket.on_any_outgoing([nsp](std::string_view event, Arguments arguments) {
            print(Json::array({"outgoing", nsp, event, arguments.size()}));
        });
    }
    socket.on("sum", [](int a, int b) { return a + b; });
    socket.on("later",
              [](std::string text, parley::Ack ack) { std::thread([text, ack] { ack("later: " + text); }).detach(); });
    socket.on("throws", [] { throw std::runtime_error("on purpose"); });
}

parley::ClientOptions options_of(const Json& given) {
    parley::ClientOptions options;
    const auto milliseconds = [&](const char* name, parley::Milliseconds& time) {
        if (const auto count = given[name].as_int64()) time = parley::Milliseconds(*count);
    };
    milliseconds("reconnectionDelay", options.reconnection_delay);
    milliseconds("reconnectionDelayMax", options.reconnection_delay_max);
    milliseconds("timeout", options.timeout);
    milliseconds("ackTimeout", options.ack_timeout);
    options.retries = static_cast<std::uint32_t>(given["retries"].as_int64().value_or(0));
    options.retries_window = static_cast<std::size_t>(given["retriesWindow"].as_int64().value_or(1));
    if (const auto path = given["path"].as_string()) options.path = *path;
    if (const auto attempts = given["reconnectionAttempts"].as_int64())
        options.reconnection_attempts = static_cast<std::uint32_t>(*attempts);
    options.reconnection = given["reconnection"].as_bool().value_or(true);
    options.upgrade = given["upgrade"].as_bool().value_or(true);
    options.try_all_transports = given["tryAllTransports"].as_bool().value_or(false);
    options.remember_upgrade = given["rememberUpgrade"].as_bool().value_or(false);
    for (const auto& [name, value] : given["query"].members())
        options.query.emplace_back(name, std::string(value.as_string().value_or("")));
    for (const auto& [name, value] : given["extraHeaders"].members())
        options.extra_headers.push_back({name, std::string(value.as_string().value_or(""))});
    if (!given["perMessageDeflate"].is_null()) options.per_message_deflate = {.threshold = 64};
    if (!given["auth"].is_null()) options.auth = given["auth"];
    if (const auto wait = given["authAfter"].as_int64()) {
        options.auth = [auth = given["auth"], delay = std::chrono::milliseconds(*wait)](parley::AuthAnswer answer) {
            std::thread([auth, delay, answer] {
                std::this_thread::sleep_for(delay);
                answer(auth);
            }).detach();
        };
    }
    if (const auto packets = given["missedPacketsMax"].as_int64())
        options.missed_packets_max = static_cast<std::size_t>(*packets);
    if (const auto bytes = given["missedBytesMax"].as_int64())
        options.missed_bytes_max = static_cast<std::size_t>(*bytes);
    options.engineio_revision = static_cast<int>(given["engineioRevision"].as_int64().value_or(4));
    options.with_credentials = given["withCredentials"].as_bool().value_or(false);
    if (given["transports"].size() > 0) {
        options.transports.clear();
        for (std::size_t i = 0; i < given["transports"].size(); ++i)
            options.transports.push_back(given["transports"][i].as_string() == "websocket"
                                             ? parley::Transport::websocket
                                             : parley::Transport::polling);
    }
    return options;
}

void emit(const ClientSocket& socket, const Json& command) {
    ClientSocket target = socket;
    if (const auto timeout = command["timeout"].as_int64()) target = target.timeout(parley::Milliseconds(*timeout));
    if (command["volatile"].as_bool().value_or(false)) target = target.volatile_();
    const Json& emitted = command["emit"];
    const std::string event(emitted[0].as_string().value_or(""));
    if (command["ack"].is_null()) {
        const bool is_taken = target.emit(event, values(emitted, 1));
        if (!is_taken) print(Json::array({"refused", event}));
        return;
    }
    target.emit(event, values(emitted, 1), [tag = command["ack"]](parley::Result<void> result, Arguments answer) {
        Json line = Json::array({"ack", tag, result ? Json() : Json(result.error().message)});
        for (const Json& value : answer)
            line.push_back(shown(value));
        print(line);
    });
}

void run_command(parley::Client& client, const Json& command) {
    const auto name = command["nsp"].as_string();
    const ClientSocket socket = name ? client.of(*name) : ClientSocket(client);
    const bool compress = command["compress"].as_bool().value_or(true);
    if (!command["emit"].is_null()) emit(socket.compress(compress), command);
    if (!command["watch"].is_null()) watch(socket);
    if (!command["connect"].is_null()) name ? socket.connect() : client.connect();
    if (!command["disconnect"].is_null()) socket.disconnect();
    if (!command["close"].is_null()) client.close();
    if (!command["state"].is_null()) {
        client.post([&client, socket] {
            const auto transport = client.transport();
            print(Json::array({"state", socket.connected(), socket.active(),
                               transport ? Json(std::string(to_string(*transport))) : Json()}));
        });
    }
}

}  // namespace

int main(int argc, char** argv) {
    try {
        const Json options = argc > 2 ? parley::parse_json(argv[2]).value_or(Json()) : Json();
        with_outgoing = options["outgoing"].as_bool().value_or(false);
        parley::Client client(argc > 1 ? argv[1] : "", options_of(options));
        client.on_reconnect_attempt([](std::uint32_t attempt) { print(Json::array({"reconnect_attempt", attempt})); });
        client.on_reconnect([](std::uint32_t attempt) { print(Json::array({"reconnect", attempt})); });
        client.on_reconnect_error(
            [](const parley::ConnectError& e) { print(Json::array({"reconnect_error", e.message})); });
        client.on_reconnect_failed([] { print(Json::array({"reconnect_failed"})); });
        client.on_ping([] { print(Json::array({"ping"})); });
        client.on_error([](const parley::ClientFailure& failure) {
            print(Json::array({"failure", failure.event, failure.message}));
        });
        watch(client);
        client.connect();
        for (std::string line; std::getline(std::cin, line);) {
            const Json command = parley::parse_json(line).value_or(Json());
            if (!command["finish"].is_null()) return client.run();
            run_command(client, command);
        }
        return 0;
    } catch (const parley::SetupError& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 2;
    }
}
