// SPDX-License-Identifier: MIT
#include "parley/engineio/greeting.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "parley/json.hpp"

namespace parley::engineio {
namespace {

constexpr std::size_t sid_bytes_max = 256;
constexpr std::int64_t interval_milliseconds_max = 24LL * 60 * 60 * 1000;

bool is_sid(std::string_view text) {
    const auto stands_in_query = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
               c == '.' || c == '~';
    };
    return !text.empty() && text.size() <= sid_bytes_max && std::ranges::all_of(text, stands_in_query);
}

std::optional<std::chrono::milliseconds> interval(const Json& value) {
    const std::optional<std::int64_t> count = value.as_int64();
    if (!count || *count < 1 || *count > interval_milliseconds_max) return std::nullopt;
    return std::chrono::milliseconds(*count);
}

std::unexpected<Error> refuse(const char* reason) {
    return std::unexpected(Error{ErrorCode::invalid_input, std::string("the open packet of the server ") + reason});
}

}  // namespace

Result<Greeting> parse_greeting(std::string_view json) {
    const Result<Json> parsed = parse_json(json, {.depth_max = 8});
    if (!parsed || !parsed->is_object()) return refuse("is not a JSON object");
    const Json& greeting = *parsed;
    const std::optional<std::string_view> sid = greeting["sid"].as_string();
    if (!sid || !is_sid(*sid)) return refuse("has no session id");
    const auto ping_interval = interval(greeting["pingInterval"]);
    const auto ping_timeout = interval(greeting["pingTimeout"]);
    if (!ping_interval || !ping_timeout) return refuse("does not say how it pings");

    Greeting result{std::string(*sid), false, *ping_interval, *ping_timeout, 0};
    const Json& upgrades = greeting["upgrades"];
    for (std::size_t i = 0; i < upgrades.size(); ++i)
        result.offers_websocket = result.offers_websocket || upgrades[i].as_string() == "websocket";
    if (const auto max_payload = greeting["maxPayload"].as_int64(); max_payload && *max_payload > 0) {
        result.max_payload = static_cast<std::size_t>(*max_payload);
    }
    return result;
}

}  // namespace parley::engineio
