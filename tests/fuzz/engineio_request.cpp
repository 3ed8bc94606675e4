// SPDX-License-Identifier: MIT
// What a request to the engine is answered: queries, origins, preflights, refusals.
#include "parley/engineio/request.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "parley/http/authority.hpp"
#include "parley/http/request_parser.hpp"
#include "parley/json.hpp"
#include "tests/fuzz/support/input.hpp"

using namespace parley;
using fuzz::require;
using http::HeaderField;

namespace {

bool has_control(std::string_view text) {
    return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

engineio::Options options_of(std::uint8_t choice) {
    engineio::Options options;
    options.websocket = (choice & 1) == 0;
    options.allow_upgrades = (choice & 2) == 0;
    if ((choice & 4) == 0) return options;
    http::CorsRule cors;
    cors.any_origin = (choice & 8) != 0;
    cors.credentials = (choice & 16) != 0;
    if ((choice & 32) != 0) cors.origins = {"https://good.example"};
    if ((choice & 64) != 0) cors.origins = {"https://good.example", "http://b.example:8080"};
    if ((choice & 96) == 96) cors.any_origin = cors.reflects_origin = true;
    if ((choice & 128) != 0) {
        cors.allowed_headers = {"x-a", "x-b"};
        cors.exposed_headers = {"x-c"};
        cors.max_age = std::chrono::seconds(60);
    }
    options.cors = cors;
    return options;
}

std::string_view value_of(const std::vector<HeaderField>& headers, std::string_view name) {
    const auto found = std::ranges::find(headers, name, &HeaderField::name);
    return found == headers.end() ? std::string_view() : found->value;
}

void check_headers(const std::vector<HeaderField>& headers, const http::CorsRule& cors,
                   const http::OriginFacts& facts) {
    const std::string_view allowed = value_of(headers, "Access-Control-Allow-Origin");
    const bool is_listed = std::ranges::find(cors.origins, allowed) != cors.origins.end();
    const bool is_reflected = cors.reflects_origin && facts.origin == allowed;
    require(allowed.empty() || allowed == "*" || is_listed || is_reflected, "only what is listed is let in");
    require(allowed != "*" || (cors.any_origin && !cors.reflects_origin), "a star is never sent by itself");
    require(allowed != "*" || value_of(headers, "Access-Control-Allow-Credentials").empty(), "nor with credentials");
    if (cors.origins.size() > 1 && !cors.any_origin && !allowed.empty())
        require(facts.origin == allowed, "of several the one that asks is named");
    if (!cors.any_origin || cors.reflects_origin)
        require(value_of(headers, "Vary").starts_with("Origin"), "caches are told");
    for (const HeaderField& header : headers)
        require(!has_control(header.value), "no header is forged");
}

void check_origin(const http::CorsRule& cors, const http::OriginFacts& facts) {
    if (!http::is_origin_allowed(cors, facts) || cors.any_origin || !facts.origin) return;
    if (std::ranges::find(cors.origins, *facts.origin) != cors.origins.end()) return;
    // Then it is our own, whose authority is read strictly, and begins and ends where the header does.
    const std::size_t begin = facts.origin->find("://");
    require(begin != std::string_view::npos, "our own origin has a scheme");
    const auto page = http::parse_authority(facts.origin->substr(begin + 3));
    const auto host = http::parse_authority(facts.host);
    require(page && host && page->host.size() == host->host.size(), "and the host that was asked");
}

// Of one header that is what it says, of several it is what no page has.
void check_facts(std::string_view origin, std::string_view host) {
    std::string head = "GET / HTTP/1.1\r\nHost: " + std::string(host) + "\r\n";
    head.append("Origin: ").append(origin).append("\r\n");
    for (const bool is_repeated : {false, true}) {
        std::string octets = head + (is_repeated ? "origin: https://a.example\r\n\r\n" : "\r\n");
        http::RequestParser parser;
        parser.receive(octets);
        const auto event = parser.next_event();
        if (!event || event->kind != http::RequestEvent::Kind::head_received) return;
        const http::OriginFacts facts =
            http::origin_facts(parser.head(), parser.head().host(), http::ConnectionScheme::either);
        require(facts.origin.has_value() && facts.host == parser.head().host(), "an origin is found");
        require(!is_repeated || !http::is_origin_well_formed(*facts.origin), "several are none");
    }
}

void check_authority(std::string_view text) {
    const auto authority = http::parse_authority(text);
    if (!authority) return;
    std::string again(authority->host);
    if (authority->port) again.append(":").append(std::to_string(*authority->port));
    const auto second = http::parse_authority(again);
    require(second && second->host == authority->host && second->port == authority->port,
            "an authority that is written again is the same");
    require(text.find_first_of("@/\\ \t\r\n") == std::string_view::npos, "and holds nothing else");
    require(text.starts_with('[') || !text.contains(','), "no name is a list");
}

void check_answer(const engineio::RequestFacts& facts, engineio::RequestError error) {
    const engineio::Answer answer = engineio::answer_refusal(facts, error, {});
    require(answer.status >= 400 && answer.status < 600 && !answer.body.empty(), "a refusal says why");
    require(facts.is_upgrade || validate_json(answer.body).has_value(), "as JSON");
}

// The answers that are no refusals, and the cookie of a session that the program may name as it likes.
void check_good_answers(std::string_view text) {
    require(engineio::answer_poll(std::string(text)).body == text, "a poll is answered with its payload");
    require(engineio::answer_post().status == 200 && engineio::answer_empty(400).body.empty(), "a POST with a word");
    engineio::Options options;
    options.cookie = engineio::CookieOptions{.name = std::string(text), .path = std::string(text)};
    if (!engineio::check_options(options).empty()) return;
    const std::string cookie = engineio::session_cookie(*options.cookie, text);
    require(cookie.starts_with(text) && !has_control(cookie), "a cookie that was let through at set-up is one line");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const engineio::Options options = options_of(input.octet());
    const std::uint8_t choice = input.octet();
    const engineio::RequestQuery query = engineio::read_request_query(input.until('\n'));
    engineio::RequestFacts facts;
    facts.method = input.until('\n');
    facts.is_upgrade = (choice & 1) != 0;
    facts.cross_origin.scheme = (choice & 2) != 0 ? http::ConnectionScheme::https : http::ConnectionScheme::either;
    const std::string_view origin = input.until('\n');
    if ((choice & 4) != 0) facts.cross_origin.origin = origin;
    facts.cross_origin.host = input.until('\n');
    facts.requested_headers = input.until('\n');
    check_authority(facts.cross_origin.host);
    check_authority(origin);
    check_good_answers(facts.requested_headers);
    // The HTTP parser lets none of these through.
    if (has_control(origin) || has_control(facts.requested_headers)) return 0;
    check_facts(origin, facts.cross_origin.host);

    const engineio::SessionFacts session{(choice & 8) != 0 ? engineio::Transport::websocket
                                                           : engineio::Transport::polling};
    const auto error = engineio::check_request(options, facts, query, (choice & 16) != 0 ? &session : nullptr);
    if (error) check_answer(facts, *error);
    if (const auto refusal = engineio::check_revision(query)) check_answer(facts, *refusal);
    check_answer(facts, static_cast<engineio::RequestError>(choice >> 5));
    if (!error && query.sid.empty() && options.cors)
        require(http::is_origin_allowed(*options.cors, facts.cross_origin), "no handshake from a foreign origin");
    if (!options.cors) {
        require(engineio::cors_headers(options, facts).empty(), "without cors there is no such header");
        return 0;
    }
    check_origin(*options.cors, facts.cross_origin);
    const std::vector<HeaderField> headers = engineio::cors_headers(options, facts);
    check_headers(headers, *options.cors, facts.cross_origin);
    const auto preflight = engineio::answer_preflight(options, facts);
    require(preflight.has_value() == (facts.method == "OPTIONS"), "a preflight is an OPTIONS request");
    if (preflight) check_headers(preflight->headers, *options.cors, facts.cross_origin);
    return 0;
}
