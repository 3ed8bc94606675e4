// SPDX-License-Identifier: MIT
#include "parley/websocket/deflate.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <memory>
#include <string>

#include "parley/websocket/test_support.hpp"
#include "tests/support/every_cut.hpp"

namespace parley::websocket::test {
namespace {

using Role = DeflateExtension::Role;

constexpr PerMessageDeflate everything{.threshold = 1};
constexpr DeflateParameters with_takeover{};
constexpr DeflateParameters without_takeover{.server_no_context_takeover = true, .client_no_context_takeover = true};

// One end of a connection that compresses, and what the compressed connections beside it share.
struct Compressing {
    explicit Compressing(const DeflateParameters& parameters = with_takeover, const Options& options = {},
                         const PerMessageDeflate& deflate = everything)
        : pool(deflate), driver(options) {
        driver.connection.use_deflate(std::make_unique<DeflateExtension>(pool, parameters, Role::server));
    }
    DeflatePool pool;
    Driver driver;

    Lines receive(std::string_view octets) {
        driver.receive(octets);
        return std::exchange(driver.events, {});
    }
};

class SomeKeys final : public EntropySource {
 public:
    void fill(std::span<std::byte> bytes) override {
        for (std::byte& byte : bytes)
            byte = std::byte{next_ += 37};
    }

 private:
    unsigned char next_ = 0;
};

struct CompressingClient {
    explicit CompressingClient(const DeflateParameters& parameters = with_takeover,
                               const PerMessageDeflate& deflate = everything)
        : pool(deflate), driver(Options{}, keys) {
        driver.connection.use_deflate(std::make_unique<DeflateExtension>(pool, parameters, Role::client));
    }
    SomeKeys keys;
    DeflatePool pool;
    Driver driver;
};

constexpr int text = 0xC1;        // FIN, RSV1
constexpr int binary = 0xC2;      // the same
constexpr int first_text = 0x41;  // RSV1
constexpr int last_piece = 0x80;  // FIN
constexpr int middle_piece = 0x00;

// "Hello" as in RFC 7692 §7.2.3.1.
const std::string hello = octets({0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00});

const char* const not_deflate_line = "closed 1007 protocol_error: a compressed message that is not DEFLATE";
const char* const too_big_line = "closed 1009 protocol_error: the message is too big";

// The compressed payload of a message, by an end that has said nothing before.
std::string compressed(std::string_view message, const PerMessageDeflate& options = everything) {
    DeflatePool pool(options);
    const std::optional<std::string_view> payload = pool.compress({}, message, options.server_max_window_bits);
    REQUIRE(payload.has_value());
    return std::string(*payload);
}

// Text that neither repeats itself at once nor is random.
std::string prose(std::size_t size, unsigned seed = 1) {
    static constexpr const char* words[] = {"parley",  "socket", "room", "event", "answer",
                                            "message", "frame",  "of",   "to"};
    std::string made;
    while (made.size() < size) {
        seed = seed * 1'103'515'245 + 12'345;
        made.append(words[seed / 65'536 % 9]).append(std::to_string(seed / 7 % 1'000)).push_back(' ');
    }
    made.resize(size);
    return made;
}

}  // namespace

TEST_CASE("the examples of RFC 7692 7.2.3 are read as they are meant") {
    const std::string fragment_1 = octets({0xf2, 0x48, 0xcd});
    const std::string fragment_2 = octets({0xc9, 0xc9, 0x07, 0x00});
    struct Row {
        const char* section;
        std::string frames;
        Lines events;
    };
    const Row rows[] = {
        {"7.2.3.1 one block", client_frame(text, hello), {"text Hello"}},
        {"7.2.3.1 in fragments",
         client_frame(first_text, fragment_1) + client_frame(last_piece, fragment_2),
         {"text Hello"}},
        {"7.2.3.2 sharing the window",
         client_frame(text, hello) + client_frame(text, octets({0xf2, 0x00, 0x11, 0x00, 0x00})),
         {"text Hello", "text Hello"}},
        {"7.2.3.3 a block without compression",
         client_frame(text, octets({0x00, 0x05, 0x00, 0xfa, 0xff, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x00})),
         {"text Hello"}},
        {"7.2.3.4 a final block",
         client_frame(text, octets({0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00})),
         {"text Hello"}},
        {"7.2.3.5 two blocks in one message",
         client_frame(text, octets({0xf2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xff, 0xff, 0xca, 0xc9, 0xc9, 0x07, 0x00})),
         {"text Hello"}},
        {"7.2.3.6 an empty message", client_frame(text, octets({0x00})), {"text "}},
        {"7.2.3.6 an empty last fragment",
         client_frame(first_text, hello + octets({0x00, 0x00, 0xff, 0xff})) + client_frame(last_piece, octets({0x00})),
         {"text Hello"}},
    };
    for (const Row& row : rows) {
        CAPTURE(row.section);
        parley::test::for_every_cut(row.frames, [&](const auto& pieces) {
            Compressing server;
            for (const auto& piece : pieces)
                server.driver.receive(piece);
            CHECK(server.driver.events == row.events);
        });
    }
}

TEST_CASE("what is compressed here is the example of RFC 7692 7.2.3.1, and shares the window as in 7.2.3.2") {
    Compressing server;
    Connection& connection = server.driver.connection;
    CHECK(connection.send_text("Hello", server.driver.outbox));
    CHECK(server.driver.take_sent() == octets({text, 7}) + hello);
    CHECK(connection.send_text("Hello", server.driver.outbox));
    CHECK(server.driver.take_sent() == octets({text, 5, 0xf2, 0x00, 0x11, 0x00, 0x00}));

    Compressing other;
    CHECK(other.driver.connection.send_text('H', "ello", other.driver.outbox));
    CHECK(other.driver.take_sent() == octets({text, 7}) + hello);
    Compressing third;
    CHECK(third.driver.connection.send_binary("Hello", third.driver.outbox));
    CHECK(third.driver.take_sent() == octets({binary, 7}) + hello);
}

TEST_CASE("without takeover each message is compressed as if it were the first") {
    Compressing server(without_takeover);
    for (int round = 0; round < 3; ++round) {
        CHECK(server.driver.connection.send_text("Hello", server.driver.outbox));
        CHECK(server.driver.take_sent() == octets({text, 7}) + hello);
    }
    CHECK(server.driver.connection.deflate()->bytes() == 0);
    CHECK(server.receive(client_frame(text, hello)) == Lines{"text Hello"});
    // It refers to what was there before, which is forgotten.
    CHECK(server.receive(client_frame(text, octets({0xf2, 0x00, 0x11, 0x00, 0x00}))) == Lines{not_deflate_line});
}

TEST_CASE("messages below the threshold, and those that are not to be compressed, go as they are") {
    Compressing server(with_takeover, {}, {.threshold = 6});
    Connection& connection = server.driver.connection;
    Outbox& outbox = server.driver.outbox;
    CHECK(connection.send_text("Hello", outbox));
    CHECK(server.driver.take_sent() == server_frame(Opcode::text, "Hello"));
    CHECK(connection.send_text('4', "Hello", outbox));
    CHECK(server.driver.take_sent().starts_with(octets({text})));
    CHECK(connection.send_text("Hello!", outbox, Compress::no));
    CHECK(server.driver.take_sent() == server_frame(Opcode::text, "Hello!"));
    CHECK(connection.send_text('H', "ello!", outbox, Compress::no));
    CHECK(server.driver.take_sent() == server_frame(Opcode::text, "Hello!"));
    CHECK(connection.send_binary("Hello!", outbox, Compress::no));
    CHECK(server.driver.take_sent() == server_frame(Opcode::binary, "Hello!"));
    CHECK(connection.ping("Hello!", outbox));
    CHECK(server.driver.take_sent() == server_frame(Opcode::ping, "Hello!"));

    Compressing eager(with_takeover, {}, {.threshold = 0});
    CHECK(eager.driver.connection.send_text("", eager.driver.outbox));
    CHECK(eager.driver.take_sent() == server_frame(Opcode::text, ""));
}

TEST_CASE("compressed and plain messages may alternate, with control frames between the fragments") {
    Compressing server;
    CHECK(server.receive(client_text("plain") + client_frame(text, hello) + client_binary("\x01") +
                         client_frame(binary, hello)) ==
          Lines{"text plain", "text Hello", "binary \x01", "binary Hello"});
    CHECK(server.receive(client_frame(first_text, hello.substr(0, 2)) + client_ping("x") +
                         client_frame(middle_piece, hello.substr(2, 2)) + client_frame(middle_piece, "") +
                         client_frame(last_piece, hello.substr(4))) == Lines{"text Hello"});
    CHECK(server.driver.take_sent() == server_frame(Opcode::pong, "x"));
    // No message is none of a compressor's: nothing to inflate.
    CHECK(server.receive(client_frame(text, "") + client_frame(text, hello)) == Lines{"text ", "text Hello"});
}

TEST_CASE("RSV1 says it with the first frame of a message, and nowhere else (RFC 7692 6)") {
    const Lines misplaced{"closed 1002 protocol_error: RSV1 is set on a frame that begins no message"};
    CHECK(Compressing().receive(client_frame(first_text, hello) + client_frame(0xC0, "")) == misplaced);
    CHECK(Compressing().receive(client_frame(0x01, "a") + client_frame(0x40, "")) == misplaced);
    CHECK(Compressing().receive(client_frame(0xC9, "ping")) == misplaced);
    CHECK(Compressing().receive(client_frame(0xCA, "pong")) == misplaced);
    CHECK(Compressing().receive(client_frame(0xC8, "")) == misplaced);
    CHECK(Compressing().receive(client_frame(0xA1, "")) == Lines{"closed 1002 protocol_error: a reserved bit is set"});
    CHECK(Compressing().receive(client_frame(0xD1, hello)) ==
          Lines{"closed 1002 protocol_error: a reserved bit is set"});
    Driver plain;
    CHECK(plain.receive(client_frame(text, hello)).events ==
          Lines{"closed 1002 protocol_error: RSV1 is set without an extension"});
}

TEST_CASE("what is no DEFLATE, and what is not all of a message, closes with 1007") {
    const std::string long_one = compressed(prose(3'000));
    for (const std::string& payload : {
             octets({0xff}),                               // a block of a type that there is not
             octets({0x00, 0x01, 0x00, 0x00, 0x00, 'x'}),  // a length that is not repeated
             octets({0xf2, 0x00, 0x11, 0x00}),             // before the beginning
             hello.substr(0, 3),                           // cut within a block
             long_one.substr(0, long_one.size() / 2),      // the same
             octets({0x00, 0x06, 0x00, 0xf9, 0xff, 'H'}),  // cut within a block that is not compressed
             octets({0x05}),                               // cut within the tables of a block
             hello + octets({0x01}),                       // more than there should be
         }) {
        CAPTURE(payload);
        Compressing server;
        CHECK(server.receive(client_frame(binary, payload)) == Lines{not_deflate_line});
        CHECK(server.driver.sent() == server_close(1007));
    }
}

TEST_CASE("a final block is not the end of what may be referred to") {
    const std::string final_hello = octets({0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00});
    Compressing server;
    CHECK(
        server.receive(client_frame(text, final_hello) + client_frame(text, octets({0xf2, 0x00, 0x11, 0x00, 0x00}))) ==
        Lines{"text Hello", "text Hello"});
    // The octet behind the final block is missing, as some leave it out.
    CHECK(server.receive(client_frame(text, final_hello.substr(0, 7)) + client_frame(text, hello)) ==
          Lines{"text Hello", "text Hello"});
    // Several in one message, the last of them empty.
    CHECK(server.receive(client_frame(text, final_hello.substr(0, 7) + final_hello.substr(0, 7) +
                                                octets({0x03, 0x00}))) == Lines{"text HelloHello"});
}

TEST_CASE("text is checked for UTF-8 when it is inflated") {
    CHECK(Compressing().receive(client_frame(text, compressed("K\xC3\xB6ln"))) == Lines{"text K\xC3\xB6ln"});
    const Lines not_utf8{"closed 1007 protocol_error: text that is not UTF-8"};
    CHECK(Compressing().receive(client_frame(text, compressed("K\xC3"))) == not_utf8);
    const std::string bad = compressed("\xFF");
    CHECK(Compressing().receive(client_frame(text, bad)) == not_utf8);
    CHECK(Compressing().receive(client_frame(first_text, bad.substr(0, 1)) + client_frame(last_piece, bad.substr(1))) ==
          not_utf8);
    CHECK(Compressing().receive(client_frame(binary, bad)) == Lines{"binary \xFF"});
}

TEST_CASE("the bound on a message is one on what is inflated: at it a message is taken, one octet above it is not") {
    const Options options{.message_bytes_max = 100'000};
    for (const std::size_t size : {std::size_t{99'999}, std::size_t{100'000}, std::size_t{100'001}}) {
        CAPTURE(size);
        for (const std::string& message : {std::string(size, 'x'), prose(size)}) {
            const Lines expected{size <= 100'000 ? "binary " + message : std::string(too_big_line)};
            const std::string payload = compressed(message);
            Compressing server(with_takeover, options);
            CHECK(server.receive(client_frame(binary, payload)) == expected);
            Compressing other(with_takeover, options);
            CHECK(other.receive(client_frame(0x42, payload.substr(0, 10)) + client_frame(0x80, payload.substr(10))) ==
                  expected);
        }
    }
    // What cannot be compressed becomes longer by it.
    std::string noise(100'000, '\0');
    unsigned seed = 7;
    for (char& octet : noise)
        octet = static_cast<char>((seed = seed * 1'103'515'245 + 12'345) >> 16);
    const std::string payload = compressed(noise);
    CHECK(payload.size() > noise.size());
    Compressing server(with_takeover, options);
    CHECK(server.receive(client_frame(binary, payload)) == Lines{"binary " + noise});
}

TEST_CASE("a bomb ends within its inflating, however it is packed, and nothing of it is kept") {
    const std::string bomb = compressed(std::string(64 * 1024 * 1024, '\0'));
    REQUIRE(bomb.size() < 300'000);
    const Options options{.message_bytes_max = 1'000'000};
    for (const std::size_t piece : {bomb.size(), std::size_t{20'000}}) {
        Compressing server(with_takeover, options);
        std::string frames;
        for (std::size_t at = 0; at < bomb.size(); at += piece)
            frames += client_frame((at == 0 ? 0x42 : 0x00) | (at + piece >= bomb.size() ? 0x80 : 0),
                                   std::string_view(bomb).substr(at, piece));
        CHECK(server.receive(frames) == Lines{too_big_line});
        CHECK(server.driver.sent() == server_close(1009));
        CHECK(server.driver.connection.deflate()->bytes() < 64 * 1024);
    }
}

TEST_CASE("both ends understand each other with every window, takeover and size") {
    for (int bits = 8; bits <= 15; ++bits) {
        for (const bool has_takeover : {true, false}) {
            CAPTURE(bits);
            CAPTURE(has_takeover);
            const DeflateParameters parameters{.server_no_context_takeover = !has_takeover,
                                               .client_no_context_takeover = !has_takeover,
                                               .server_max_window_bits = std::max(bits, 9),
                                               .client_max_window_bits = bits};
            Compressing server(parameters);
            CompressingClient client(parameters);
            unsigned seed = static_cast<unsigned>(bits);
            for (const std::size_t size : {1U, 2U, 16U, 126U, 1'000U, 4'096U, 65'536U, 200'000U, 3U, 40'000U}) {
                const std::string message = prose(size, ++seed);
                CHECK(server.driver.connection.send_text(message, server.driver.outbox));
                const std::string sent = server.driver.take_sent();
                CHECK(static_cast<unsigned char>(sent[0]) == text);
                client.driver.receive(sent);
                CHECK(client.driver.events == Lines{"text " + message});
                client.driver.events.clear();
                CHECK(client.driver.connection.send_binary(message, client.driver.outbox));
                const std::string answered = client.driver.take_sent();
                // With 8 bits zlib cannot compress, and nothing says that a client must.
                CHECK(static_cast<unsigned char>(answered[0]) == (bits == 8 ? 0x82 : binary));
                CHECK(server.receive(answered) == Lines{"binary " + message});
            }
        }
    }
}

TEST_CASE("a context is made when a message needs it, and one that compresses nothing is given back") {
    CompressingClient client;
    Compressing server;
    DeflateExtension& deflate = *server.driver.connection.deflate();
    CHECK(deflate.bytes() == 0);
    const std::string message = prose(2'000);
    CHECK(server.driver.connection.send_text(message, server.driver.outbox));
    const std::string first = server.driver.take_sent();
    const std::size_t with_compressor = deflate.bytes();
    CHECK(with_compressor > 30'000);
    CHECK(server.receive(client_frame(text, hello)) == Lines{"text Hello"});
    CHECK(deflate.bytes() > with_compressor);

    deflate.trim();
    CHECK(deflate.bytes() > with_compressor);
    deflate.trim();
    CHECK(deflate.bytes() < with_compressor);
    // A new one knows nothing of what was said, and is understood by who does.
    CHECK(server.driver.connection.send_text(message, server.driver.outbox));
    client.driver.receive(first + server.driver.take_sent());
    CHECK(client.driver.events == Lines{"text " + message, "text " + message});
}

TEST_CASE("a pool knows how many connections keep contexts, and counts their memory") {
    MemoryBudget memory(0);
    DeflatePool pool({.threshold = 1, .contexts_max = 2});
    pool.set_memory(memory);
    CHECK(pool.contexts() == DeflateContexts::own);
    auto first = std::make_unique<DeflateExtension>(pool, with_takeover, Role::server);
    CHECK(pool.contexts() == DeflateContexts::own);
    const DeflateExtension shared(pool, without_takeover, Role::server);
    CHECK(shared.is_shared());
    CHECK(pool.contexts_count() == 1);
    const DeflateExtension half(pool, {.server_no_context_takeover = true}, Role::server);
    CHECK(half.is_shared());
    CHECK(pool.contexts() == DeflateContexts::shared);

    CHECK(first->compress({}, prose(100)).has_value());
    CHECK(memory.bytes() == first->bytes());
    CHECK(memory.bytes() > 30'000);
    first.reset();
    CHECK(memory.bytes() == 0);
    CHECK(pool.contexts() == DeflateContexts::own);
    CHECK(DeflatePool({.contexts_max = 0}).contexts() == DeflateContexts::shared);
}

TEST_CASE("where memory is scarce no compressor is made, and messages go as they are") {
    MemoryBudget memory(100'000);
    DeflatePool pool(everything);
    pool.set_memory(memory);
    DeflateExtension deflate(pool, with_takeover, Role::server);
    memory.count(0, 90'000);
    CHECK_FALSE(deflate.compress({}, prose(100)).has_value());
    CHECK(deflate.bytes() == 0);
    memory.count(90'000, 0);
    CHECK(deflate.compress({}, prose(100)).has_value());
}

}  // namespace parley::websocket::test
