// SPDX-License-Identifier: MIT
#include "parley/engine/message.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <string_view>

#include "parley/engine/message_queue.hpp"
#include "tests/support/engine_site.hpp"

namespace parley::engine {
namespace {

using namespace test;
using engineio::packet_of;
using engineio::Transport;

constexpr std::string_view two_octets("\x01\x02", 2);

Reference<KeptMessage> kept(std::string_view text) {
    const engineio::Packet packet = packet_of({text});
    return KeptMessage::make({&packet, 1});
}

TEST_CASE("a message for many is encoded once for each wire") {
    const std::array packets{packet_of({"2[\"x\"]"}), packet_of({two_octets, true}), packet_of({"", true})};
    MessageForms forms;
    const SharedBuffer& frames = forms.frames(packets, {Transport::websocket, true});
    CHECK(frames.view() == server_text("42[\"x\"]") + server_frame(websocket::Opcode::binary, two_octets) +
                               server_frame(websocket::Opcode::binary, ""));
    CHECK(forms.frames(packets, {Transport::websocket, true}).view().data() == frames.view().data());
    const SharedBuffer& texts = forms.frames(packets, {Transport::websocket, false});
    CHECK(texts.view() == server_text("42[\"x\"]") + server_text("bAQI=") + server_text("b"));
    CHECK(forms.frames(packets, {Transport::websocket, false}).view().data() == texts.view().data());
    CHECK(forms.kept(packets).get() == forms.kept(packets).get());

    EngineSite site;
    const std::string sid = site.open();
    net::SimulatedPeer& websocket = site.open_websocket();
    net::SimulatedPeer& without_binary = site.dial("EIO=4&transport=websocket&b64=1");
    static_cast<void>(EngineSite::frames(without_binary));
    for (Session* session : site.sessions)
        session->send({packets, forms});
    site.site.network.run_until_idle();
    CHECK(EngineSite::frames(websocket) == Words{"text 42[\"x\"]", "binary \x01\x02", "binary "});
    CHECK(EngineSite::frames(without_binary) == Words{"text 42[\"x\"]", "text bAQI=", "text b"});
    CHECK(site.poll(sid) == "42[\"x\"]\036bAQI=\036b");
}

TEST_CASE("a message that waits keeps what it says, and knows its octets in a payload") {
    std::string text = "a text that is not short";
    std::string octets = "\x01\x02";
    const std::array packets{packet_of({text}), packet_of({octets, true})};
    const Reference<KeptMessage> message = KeptMessage::make(packets);
    text.assign(text.size(), '-');
    octets.clear();
    for (const Reference<KeptMessage>& holder : {message, message}) {
        std::string payload;
        holder->append_records(payload);
        CHECK(payload == "4a text that is not short\036bAQI=");
        CHECK(payload.size() == message->size());
    }
    REQUIRE(message->packets().size() == 2);
    CHECK(message->packets()[1].data == two_octets);
}

TEST_CASE("a queue counts its octets as they are in a payload, and what has left") {
    MessageQueue queue;
    CHECK(queue.empty());
    CHECK(queue.take_payload().empty());
    queue.push(kept("a"), MessageKey::none);
    queue.push(kept("bc"), MessageKey::none);
    CHECK(queue.size() == 6);
    CHECK(queue.take_payload() == "4a\0364bc");
    CHECK(queue.empty());
    CHECK(queue.size() == 0);
    CHECK(queue.passed() == 6);
}

TEST_CASE("what has a key may be dropped while it waits") {
    const engineio::Packet ping = engineio::Session::ping;
    MessageQueue queue;
    queue.push(KeptMessage::make({&ping, 1}), MessageKey::ping);
    queue.push(kept("a"), MessageKey::none);
    CHECK(queue.size() == 4);
    queue.drop(MessageKey::ping);
    CHECK(queue.size() == 2);
    CHECK(queue.passed() == 2);
    Words words;
    queue.take_all([&](const KeptMessage& message) { words.emplace_back(message.packets().front().data); });
    CHECK(words == Words{"a"});
    CHECK(queue.empty());
    CHECK(queue.passed() == 4);
    queue.drop(MessageKey::ping);
    CHECK(queue.size() == 0);
}

TEST_CASE("a ping that nobody fetched before an upgrade is left out: the heartbeat begins anew") {
    EngineSite site;
    const std::string sid = site.open();
    CHECK(site.post(sid, "6") == "ok");
    site.pass(20s);
    net::SimulatedPeer& probe = site.dial(EngineSite::websocket(sid));
    CHECK(site.tell(probe, "2probe") == Words{"text 3probe"});
    site.pass(5'100ms);
    site.sessions.front()->send(packet_of({"news"}));
    CHECK(site.tell(probe, "5") == Words{"text 4news"});
    site.pass(25'100ms);
    CHECK(EngineSite::frames(probe) == Words{"text 2"});
}

TEST_CASE("what one turn puts into the empty queue is free, what comes behind it is bounded") {
    engineio::Options options;
    options.queue_bytes_max = 10;
    for (const std::size_t size : {8, 9, 10}) {  // and a separator in front of each
        EngineSite site(options);
        site.open();
        Session& session = *site.sessions.front();
        session.send(packet_of({std::string(1000, 'x')}));
        session.send(packet_of({std::string(1000, 'x')}));
        site.pass(1ms);
        session.send(packet_of({std::string(size - 1, 'x')}));
        CHECK(session.is_open());
        site.pass(1ms);
        session.send(packet_of({""}));
        CHECK(session.is_open() == (size < 10));
        site.pass(1ms);
        CHECK(site.log == (size < 10 ? Words{"session"} : Words{"session", "closed: slow consumer"}));
    }
}

TEST_CASE("what one turn says beyond its share is bounded, too, but one message may be of any length") {
    engineio::Options options;
    options.queue_bytes_max = 10;
    options.turn_bytes_max = 1000;
    EngineSite site(options);
    const std::string sid = site.open();
    Session& session = *site.sessions.front();
    site.on_text = [&](std::string_view) {
        session.send(packet_of({std::string(5000, 'x')}));
        session.send(packet_of({std::string(20, 'x')}));
        CHECK(session.is_open());
        session.send(packet_of({""}));
        CHECK_FALSE(session.is_open());
    };
    site.post(sid, "4now");
    CHECK(site.log == Words{"session", "text now", "closed: slow consumer"});
}

TEST_CASE("a client that polls may be told any amount") {
    engineio::Options options;
    options.queue_bytes_max = 10;
    EngineSite site(options);
    const std::string sid = site.open();
    for (int i = 0; i < 100; ++i) {
        site.sessions.front()->send(packet_of({std::string(999, 'x')}));
        CHECK(site.poll(sid).size() == 1000);
    }
    CHECK(site.sessions.front()->is_open());
}

}  // namespace
}  // namespace parley::engine
