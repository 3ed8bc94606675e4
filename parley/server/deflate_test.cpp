// SPDX-License-Identifier: MIT
// What a Socket.IO server makes of permessage-deflate: one option, flags of emits, and broadcasts that are made once.
#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "parley/base/outbox.hpp"
#include "parley/websocket/connection.hpp"
#include "parley/websocket/test_support.hpp"
#include "tests/support/socketio_world.hpp"

namespace parley::server::test {
namespace {

using websocket::DeflateExtension;
using websocket::DeflatePool;

constexpr PerMessageDeflate from_200{.threshold = 200};
constexpr std::string_view offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n";
constexpr std::string_view modest = "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover\r\n";

class SomeKeys final : public EntropySource {
 public:
    void fill(std::span<std::byte> bytes) override {
        for (std::byte& byte : bytes)
            byte = std::byte{7};
    }
};

// A client that joins, and then reads what comes with the WebSocket machine of the library.
class CompressingClient {
 public:
    explicit CompressingClient(World& world, std::string_view headers = offer)
        : client(world, "EIO=4&transport=websocket", headers), pool_({}), driver_(websocket::Options{}, keys_) {
        client.join();
        if (client.answer.find("permessage-deflate") != std::string::npos)
            driver_.connection.use_deflate(std::make_unique<DeflateExtension>(pool_, websocket::DeflateParameters{},
                                                                              DeflateExtension::Role::client));
    }

    /// The octets that have come.
    std::string take(World& world) {
        world.settle();
        return std::exchange(client.peer().received(), {});
    }
    /// What they say; a message that came compressed has a star in front.
    Words read(std::string octets) {
        Words words;
        while (!octets.empty()) {
            const websocket::DecodedFrameHeader decoded = websocket::decode_frame_header(octets);
            REQUIRE(decoded.status == websocket::DecodedFrameHeader::Status::complete);
            const std::size_t size = decoded.header.size + decoded.header.payload_size;
            driver_.receive(octets.substr(0, size));
            REQUIRE(driver_.events.size() == 1);
            words.push_back((decoded.header.rsv1 ? "*" : "") + driver_.events.front());
            driver_.events.clear();
            octets.erase(0, size);
        }
        return words;
    }
    Words receive(World& world) { return read(take(world)); }

    WebSocketClient client;

 private:
    SomeKeys keys_;
    DeflatePool pool_;
    websocket::test::Driver driver_;
};

const std::string long_text(300, 'a');
const std::string said = R"(text 42["said",")" + long_text + R"("])";

}  // namespace

TEST_CASE("compression is off unless it is asked for, and agreed to with those who can") {
    World off;
    CHECK(CompressingClient(off).client.answer.find("Sec-WebSocket-Extensions") == std::string::npos);
    World on(ServerOptions{.per_message_deflate = {}});
    CHECK(CompressingClient(on).client.answer.find(
              "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=12\r\n") != std::string::npos);
    CHECK(CompressingClient(on, "").client.answer.find("Sec-WebSocket-Extensions") == std::string::npos);
}

TEST_CASE("long packets are compressed, short ones are not, in both directions") {
    World world(ServerOptions{.per_message_deflate = from_200});
    world.io->on("echo", [](Json any) { return any; });
    CompressingClient client(world);
    DeflatePool pool(PerMessageDeflate{.threshold = 1});
    const std::string packet = R"(421["echo",")" + long_text + R"("])";
    const std::string payload(pool.compress({}, packet, 12).value());
    client.client.peer().send(websocket::test::client_frame(0xC1, payload));
    CHECK(client.receive(world) == Words{R"(*text 431[")" + long_text + R"("])"});
    client.client.send(R"(422["echo","short"])");
    CHECK(client.receive(world) == Words{R"(text 432["short"])"});
}

TEST_CASE("compress(false) lets one event go as it is, beside the other flags") {
    World world(ServerOptions{.per_message_deflate = from_200});
    std::optional<Socket> socket;
    world.io->on_connection([&](Socket its_socket) { socket = its_socket; });
    CompressingClient client(world);
    const auto sent = [&](auto emit) {
        emit();
        return client.receive(world);
    };
    const Words compressed{"*" + said};
    const Words plain{said};
    CHECK(sent([&] { socket->emit("said", long_text); }) == compressed);
    CHECK(sent([&] { socket->compress(false).emit("said", long_text); }) == plain);
    CHECK(sent([&] { socket->volatile_().compress(false).emit("said", long_text); }) == plain);
    CHECK(sent([&] { socket->compress(false).compress(true).emit("said", long_text); }) == compressed);
    CHECK(sent([&] { world.io->emit("said", long_text); }) == compressed);
    CHECK(sent([&] { world.io->compress(false).emit("said", long_text); }) == plain);
    CHECK(sent([&] { world.io->to(socket->id()).compress(false).volatile_().emit("said", long_text); }) == plain);
    const Socket plainly = socket->compress(false);
    CHECK(sent([&] { plainly.emit("said", long_text); }) == plain);
    CHECK(sent([&] { socket->emit("said", long_text); }) == compressed);

    // Those that its socket sends to others have the flag, too.
    CompressingClient other(world);
    const Socket second = *socket;
    CHECK(sent([&] { second.broadcast().emit("said", long_text); }) == compressed);
    CHECK(sent([&] { second.compress(false).broadcast().emit("said", long_text); }) == plain);
    CHECK(other.receive(world).empty());
}

TEST_CASE("attachments are compressed as their event is, each by its own length") {
    World world(ServerOptions{.per_message_deflate = from_200});
    CompressingClient client(world);
    CompressingClient without_takeover(world, modest);
    const std::string octets(400, '\x01');
    for (CompressingClient* const each : {&client, &without_takeover}) {
        world.io->emit("file", as_bytes("short"), as_bytes(octets));
        const Words words = each->receive(world);
        REQUIRE(words.size() == 3);
        CHECK(words[0].starts_with(R"(text 452-["file",)"));
        CHECK(words[1] == "binary short");
        CHECK(words[2] == "*binary " + octets);
        static_cast<void>(client.receive(world));
        static_cast<void>(without_takeover.receive(world));
    }
    world.io->compress(false).emit("file", as_bytes(octets));
    CHECK(client.receive(world).back() == "binary " + octets);
    CHECK(without_takeover.receive(world).back() == "binary " + octets);
}

TEST_CASE("a broadcast of large attachments that do not become smaller reaches those that keep no context whole") {
    World world(ServerOptions{.per_message_deflate = from_200});
    CompressingClient client(world, modest);
    std::string noise(400'000, '\0');
    std::uint32_t state = 1;
    for (char& octet : noise) {
        state = state * 1'664'525 + 1'013'904'223;
        octet = static_cast<char>(state >> 24);
    }
    world.io->emit("files", as_bytes(noise), as_bytes(noise.substr(1)), as_bytes("end"));
    const Words words = client.receive(world);
    REQUIRE(words.size() == 4);
    CHECK(words[1] == "*binary " + noise);
    CHECK(words[2] == "*binary " + noise.substr(1));
    CHECK(words[3] == "binary end");
}

TEST_CASE("a broadcast is the same octets for all that keep no context, and each has its own otherwise") {
    World world(ServerOptions{.per_message_deflate = from_200});
    CompressingClient first(world, modest);
    CompressingClient second(world, modest);
    CompressingClient keeping(world);
    CompressingClient plain(world, "");
    std::string once;
    for (int round = 0; round < 3; ++round) {
        world.io->emit("said", long_text);
        const std::string octets = first.take(world);
        CHECK(second.take(world) == octets);
        if (round == 0) once = octets;
        CHECK(octets == once);
        CHECK(first.read(octets) == Words{"*" + said});
        CHECK(keeping.receive(world) == Words{"*" + said});
        CHECK(plain.receive(world) == Words{said});
    }
    world.io->emit("said", "short");
    CHECK(first.receive(world) == Words{R"(text 42["said","short"])"});
    CHECK(keeping.receive(world) == Words{R"(text 42["said","short"])"});
}

TEST_CASE("on several loops a broadcast keeps its flag, and each loop has its part of contexts_max") {
    World world(ServerOptions{.per_message_deflate = {.threshold = 200, .contexts_max = 2}}, 1, 2);
    std::vector<std::unique_ptr<CompressingClient>> clients;
    int with_takeover = 0;
    for (int i = 0; i < 6; ++i) {
        clients.push_back(std::make_unique<CompressingClient>(world));
        if (clients.back()->client.answer.find("no_context_takeover") == std::string::npos) ++with_takeover;
    }
    CHECK(with_takeover == 2);
    world.io->emit("said", long_text);
    for (const auto& client : clients)
        CHECK(client->receive(world) == Words{"*" + said});
    world.io->compress(false).emit("said", long_text);
    for (const auto& client : clients)
        CHECK(client->receive(world) == Words{said});
}

TEST_CASE("a heartbeat gives a compressor back that had nothing to do") {
    World world(ServerOptions{.ping_interval = 10s, .per_message_deflate = from_200});
    CompressingClient client(world);
    const std::size_t idle = world.app.memory_used();
    world.io->emit("said", long_text);
    world.settle();
    CHECK(world.app.memory_used() > idle + 30'000);
    for (int beat = 0; beat < 2; ++beat) {
        world.pass(10s);
        client.client.send("3");
    }
    CHECK(world.app.memory_used() == idle);
    CHECK(client.receive(world) == Words{"*" + said, "text 2", "text 2"});
}

TEST_CASE("a bomb ends its client, and options that cannot be are refused by name") {
    World world(ServerOptions{.max_http_buffer_size = 10'000, .per_message_deflate = {}});
    CompressingClient client(world);
    DeflatePool pool(PerMessageDeflate{.threshold = 1});
    const std::string payload(pool.compress("4", std::string(5'000'000, ' '), 12).value());
    client.client.peer().send(websocket::test::client_frame(0xC1, payload));
    CHECK(client.client.receive() == Words{"closed 1009"});
    try {
        World refused(ServerOptions{.per_message_deflate = {.server_max_window_bits = 16}});
        FAIL("it was taken");
    } catch (const SetupError& error) {
        CHECK(std::string(error.what()) == "per_message_deflate.server_max_window_bits must be 9 to 15");
    }
}

}  // namespace parley::server::test
