// SPDX-License-Identifier: MIT
// Paths: how a router sees one, what a pattern makes of it, how it is written into a Location header.
#include <algorithm>
#include <string>

#include "parley/web/content_type.hpp"
#include "parley/web/location.hpp"
#include "parley/web/path_pattern.hpp"
#include "parley/web/request_path.hpp"
#include "tests/fuzz/support/input.hpp"

using namespace parley;
using fuzz::require;

namespace {

bool has_control(std::string_view text) {
    return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

void check_location(std::string_view text) {
    const std::string encoded = web::encode_location(text);
    require(web::encode_location(encoded) == encoded, "what is encoded stays as it is");
    const auto is_legal = [](char c) { return c > 0x20 && c < 0x7F && c != '"' && c != '<' && c != '>'; };
    require(std::ranges::all_of(encoded, is_legal), "a Location header holds what a URL may");
}

void check_segments(const web::RequestPath& path, std::string_view sent) {
    std::size_t octets = 0;
    for (const std::string_view segment : path.segments())
        octets += segment.size();
    require(octets <= sent.size(), "decoding never grows");
    const auto slashes = static_cast<std::size_t>(std::ranges::count(sent, '/'));
    require(path.segments().size() <= slashes + 1, "an encoded slash separates nothing");
    for (std::size_t i = 0; i < path.segments().size(); ++i) {
        require(path.rest(i).starts_with(path.segments()[i]), "the rest begins where it says");
        require(sent.ends_with(web::path_behind(sent, i)), "what is behind is the end of it");
    }
}

void check_pattern(std::string_view text, web::PathPattern::Extent extent, const web::RequestPath& path) {
    const auto pattern = web::PathPattern::parse(text, extent);
    if (!pattern) {
        require(pattern.error().message.contains("cannot be used"), "a refusal says why");
        return;
    }
    web::PathParameters parameters;
    if (!pattern->matches(path, parameters)) return;
    require(pattern->size() <= path.segments().size(), "each segment of a pattern has one of the path");
    for (const auto& [name, value] : parameters)
        require(!name.empty(), "a parameter has a name");
    if (pattern->is_literal()) require(parameters.empty(), "a literal has no parameter");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const auto extent = input.flag() ? web::PathPattern::Extent::whole : web::PathPattern::Extent::prefix;
    const std::string pattern(input.until('\n'));
    const fuzz::Copy sent(input.rest());

    check_location(sent.view());
    require(!web::content_type_for_path(sent.view()).empty(), "every file has a type");
    if (!sent.view().starts_with('/')) return 0;
    web::RequestPath path;
    if (!path.parse(sent.view())) return 0;
    for (const std::string_view segment : path.segments())
        require(!has_control(segment) || has_control(sent.view()), "no control character is decoded");
    check_segments(path, sent.view());
    check_pattern(pattern, extent, path);
    return 0;
}
