// SPDX-License-Identifier: MIT
#include "parley/http/conditional.hpp"

#include <cstddef>

#include "parley/base/text.hpp"
#include "parley/http/response.hpp"

namespace parley::http {
namespace {

constexpr std::string_view weak_mark = "W/";

struct EntityTag {
    bool is_weak = false;
    std::string_view opaque;  // with its quotes
};

EntityTag read_tag(std::string_view etag) {
    const bool is_weak = etag.starts_with(weak_mark);
    return {is_weak, is_weak ? etag.substr(weak_mark.size()) : etag};
}

// Calls `visit` for each tag of the list. Quotes are respected: a tag may hold a comma. Ends at what is no tag.
template <typename Visit>
bool any_tag(std::string_view tags, Visit&& visit) {
    while (true) {
        const std::size_t begin = tags.find_first_not_of(" \t,");
        if (begin == std::string_view::npos) return false;
        tags.remove_prefix(begin);
        const std::size_t opening = tags.starts_with(weak_mark) ? weak_mark.size() : 0;
        if (tags.size() <= opening || tags[opening] != '"') return false;
        const std::size_t closing = tags.find('"', opening + 1);
        if (closing == std::string_view::npos) return false;
        if (visit(read_tag(tags.substr(0, closing + 1)))) return true;
        tags.remove_prefix(closing + 1);
    }
}

// One header may come in several lines, which count as one list.
template <typename Matches>
bool any_line(const RequestHead& request, std::string_view name, Matches&& matches) {
    for (const Header header : request.headers()) {
        if (equals_ignoring_case(header.name, name) && matches(header.value)) return true;
    }
    return false;
}

std::optional<std::chrono::sys_seconds> find_date(const RequestHead& request, std::string_view name) {
    if (request.count(name) != 1) return std::nullopt;
    return parse_http_date(*request.find(name));
}

bool is_read(const RequestHead& request) {
    return request.method() == "GET" || request.method() == "HEAD";
}

bool demands_fail(const RequestHead& request, const Validators& validators) {
    if (request.find("If-Match")) {
        return !any_line(request, "If-Match",
                         [&](std::string_view tags) { return matches_strongly(tags, validators.etag); });
    }
    const auto unmodified_since = find_date(request, "If-Unmodified-Since");
    return unmodified_since && validators.last_modified && *validators.last_modified > *unmodified_since;
}

}  // namespace

bool matches_weakly(std::string_view tags, std::string_view etag) noexcept {
    if (trim_ows(tags) == "*") return true;
    if (etag.empty()) return false;
    const EntityTag own = read_tag(etag);
    return any_tag(tags, [&](EntityTag tag) { return tag.opaque == own.opaque; });
}

bool matches_strongly(std::string_view tags, std::string_view etag) noexcept {
    if (trim_ows(tags) == "*") return true;
    if (etag.empty()) return false;
    const EntityTag own = read_tag(etag);
    return any_tag(tags, [&](EntityTag tag) { return !tag.is_weak && !own.is_weak && tag.opaque == own.opaque; });
}

Precondition evaluate_preconditions(const RequestHead& request, const Validators& validators) {
    if (demands_fail(request, validators)) return Precondition::failed;
    if (request.find("If-None-Match")) {
        const bool matches = any_line(request, "If-None-Match",
                                      [&](std::string_view tags) { return matches_weakly(tags, validators.etag); });
        if (!matches) return Precondition::proceed;
        return is_read(request) ? Precondition::not_modified : Precondition::failed;
    }
    if (!is_read(request)) return Precondition::proceed;
    const auto modified_since = find_date(request, "If-Modified-Since");
    const bool is_unchanged =
        modified_since && validators.last_modified && *validators.last_modified <= *modified_since;
    return is_unchanged ? Precondition::not_modified : Precondition::proceed;
}

bool if_range_holds(const RequestHead& request, const Validators& validators) {
    const std::optional<std::string_view> condition = request.find("If-Range");
    if (!condition) return true;
    if (request.count("If-Range") != 1) return false;
    if (condition->starts_with('"')) return *condition == validators.etag;
    // A date must be exact: "not newer" would join parts of two versions.
    const auto date = parse_http_date(*condition);
    return date && validators.last_modified && *date == *validators.last_modified;
}

}  // namespace parley::http
