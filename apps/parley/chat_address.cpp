// SPDX-License-Identifier: MIT
#include "apps/parley/chat_address.hpp"

#include "parley/base/error.hpp"
#include "parley/base/utf8.hpp"
#include "parley/http/query.hpp"
#include "parley/http/url.hpp"

namespace parley {

namespace {

constexpr std::string_view before_room = "/r/";

SetupError no_room() {
    return SetupError({ErrorCode::invalid_argument, "There can be no room of the name that the address ends in."});
}

}  // namespace

ChatAddress read_chat_address(std::string_view url) {
    Result<http::Url> parsed = http::parse_url(url);
    if (!parsed) throw SetupError(parsed.error());
    std::string path = parsed->path;
    ChatAddress address;
    const std::size_t at = path.rfind(before_room);
    std::string_view room = at == std::string::npos ? std::string_view() : std::string_view(path).substr(at + 3);
    while (room.ends_with('/'))
        room.remove_suffix(1);
    if (!room.empty() && !room.contains('/')) {
        auto decoded = http::percent_decode(room);
        if (!decoded || !is_valid_utf8(*decoded)) throw no_room();
        address.room = std::move(*decoded);
        path.resize(at);
    }
    while (path.ends_with('/'))
        path.pop_back();
    address.engine_path = path + "/socket.io/";
    parsed->path = "/";
    parsed->query.reset();
    address.server = parsed->to_string();
    return address;
}

}  // namespace parley
