// SPDX-License-Identifier: MIT
#include "parley/http/head_reader.hpp"

#include <algorithm>

#include "parley/base/text.hpp"
#include "parley/http/characters.hpp"

namespace parley::http::detail {
namespace {

constexpr std::size_t head_bytes_possible = 65'535;  // what a HeadPart can address

}  // namespace

HeadPart HeadReader::part(std::string_view text) const noexcept {
    return {static_cast<std::uint16_t>(text.data() - begin_), static_cast<std::uint16_t>(text.size())};
}

HeadReader::Outcome HeadReader::refuse(int status, std::string_view reason) {
    refusal_ = {status, reason};
    return Outcome::refused;
}

void HeadReader::reset(RequestHead& head) {
    *this = HeadReader{};
    head = RequestHead{};
}

HeadReader::Outcome HeadReader::read(const char* begin, std::size_t size, const Limits& limits, RequestHead& head) {
    const std::size_t head_bytes_max = std::min(limits.head_bytes_max, head_bytes_possible);
    begin_ = begin;
    head.base_ = begin;
    const Outcome outcome = read_lines({begin, std::min(size, head_bytes_max)}, limits, head);
    if (outcome == Outcome::more_needed && size >= head_bytes_max) return refuse(431, "the head is too large");
    return outcome;
}

HeadReader::Outcome HeadReader::read_lines(std::string_view octets, const Limits& limits, RequestHead& head) {
    while (true) {
        // A request line that is too long is refused where it becomes so, not where it ends.
        std::size_t search_end = octets.size();
        const bool limited = expected_ != Expected::header_line;
        const std::size_t longest_end = line_begin_ + limits.request_line_bytes_max;
        if (limited) search_end = std::min(search_end, longest_end + 1);
        const char* const end = find_control(octets.data() + searched_, octets.data() + search_end);
        searched_ = static_cast<std::uint32_t>(end - octets.data());
        if (limited && searched_ > longest_end) return refuse(414, "the request line is too long");
        if (searched_ == octets.size()) return Outcome::more_needed;
        if (*end != '\r') return refuse(400, "a control character, or a line that does not end with CR LF");
        if (searched_ + 1 == octets.size()) return Outcome::more_needed;
        if (end[1] != '\n') return refuse(400, "a CR without its LF");

        const std::string_view line = octets.substr(line_begin_, searched_ - line_begin_);
        searched_ += 2;
        line_begin_ = searched_;
        if (line.empty() && expected_ == Expected::header_line)
            return apply_rules(head) ? Outcome::complete : Outcome::refused;
        if (!take_line(line, limits, head)) return Outcome::refused;
    }
}

bool HeadReader::begins_with_empty_line(std::string_view octets) const noexcept {
    return expected_ == Expected::request_line && octets.starts_with("\r\n");
}

bool HeadReader::take_line(std::string_view line, const Limits& limits, RequestHead& head) {
    if (expected_ == Expected::header_line) return take_header(line, limits, head);
    expected_ = Expected::header_line;
    return take_request_line(line, limits, head);
}

bool HeadReader::take_request_line(std::string_view line, const Limits& limits, RequestHead& head) {
    const auto refused = [this](int status, std::string_view reason) {
        refuse(status, reason);
        return false;
    };
    const std::size_t method_end = line.find(' ');
    const std::size_t target_end = line.rfind(' ');
    if (method_end == std::string_view::npos || target_end == method_end)
        return refused(400, "the request line is not method, target and version");
    const std::string_view method = line.substr(0, method_end);
    const std::string_view target = line.substr(method_end + 1, target_end - method_end - 1);
    if (!is_token(method)) return refused(400, "the method is not a token");
    if (target.empty() || !is_request_target(target)) return refused(400, "the target has a character that no URL has");
    if (!take_version(line.substr(target_end + 1), head)) return false;

    // RFC 9112 §3: 501 for a method longer than any that the server knows. Programs may know any other one.
    if (method.size() > limits.method_bytes_max) return refused(501, "the method is too long");
    if (method == "CONNECT") return refused(405, "the method is not allowed here");
    head.method_ = part(method);
    head.target_ = part(target);
    return take_target(target, head);
}

bool HeadReader::take_version(std::string_view version, RequestHead& head) {
    constexpr std::string_view name = "HTTP/";
    const bool is_version = version.size() == 8 && version.starts_with(name) && is_digit(version[5]) &&
                            version[6] == '.' && is_digit(version[7]);
    if (!is_version) {
        refuse(400, "the version is malformed");
        return false;
    }
    if (version[5] == '1') {
        // RFC 9110 §2.5: a later minor version is read as the last one that is known.
        head.minor_version_ = version[7] == '0' ? 0 : 1;
        return true;
    }
    // HTTP/0.9 has no version in its requests, and HTTP/2 begins in another way: these are mistakes. The rest is news.
    if (version[5] == '0' || version[5] == '2') {
        refuse(400, "no request of this version looks like that");
    } else {
        refuse(505, "the version is not supported");
    }
    return false;
}

bool HeadReader::take_target(std::string_view target, RequestHead& head) {
    if (target.front() != '/' && target != "*") return take_absolute_target(target, head);
    if (target == "*" && head.method() != "OPTIONS") {
        refuse(400, "only OPTIONS asks for *");
        return false;
    }
    const std::size_t question = target.find('?');
    head.path_ = part(target.substr(0, question));
    if (question != std::string_view::npos) head.query_ = part(target.substr(question + 1));
    return true;
}

bool HeadReader::take_absolute_target(std::string_view target, RequestHead& head) {
    const std::size_t scheme_end = target.find("://");
    const std::string_view scheme = target.substr(0, scheme_end);
    is_https_ = equals_ignoring_case(scheme, "https");
    if (scheme_end == std::string_view::npos || (!is_https_ && !equals_ignoring_case(scheme, "http"))) {
        refuse(400, "the target is neither a path nor an http URL");
        return false;
    }
    const std::string_view rest = target.substr(scheme_end + 3);
    const std::string_view authority = rest.substr(0, rest.find_first_of("/?"));
    if (authority.empty()) {
        refuse(400, "the target names no host");
        return false;
    }
    authority_ = part(authority);
    const std::string_view path_and_query = rest.substr(authority.size());
    const std::size_t question = path_and_query.find('?');
    head.path_ = part(path_and_query.substr(0, question));
    if (question != std::string_view::npos) head.query_ = part(path_and_query.substr(question + 1));
    return true;
}

bool HeadReader::take_header(std::string_view line, const Limits& limits, RequestHead& head) {
    std::size_t name_size = 0;
    while (name_size < line.size() && is_character_of(token_character, line[name_size]))
        ++name_size;
    if (name_size == 0 || name_size == line.size() || line[name_size] != ':') {
        // Among these are folded lines and white space before the colon: the classics of request smuggling.
        refuse(400, "a header line is not a name, a colon and a value");
        return false;
    }
    const std::size_t index = head.header_count_;
    if (index >= limits.headers_max) {
        refuse(431, "too many header lines");
        return false;
    }
    const HeaderParts parts{part(line.substr(0, name_size)), part(trim_ows(line.substr(name_size + 1)))};
    if (index < RequestHead::inline_headers) {
        head.headers_[index] = parts;
    } else {
        head.more_headers_.push_back(parts);
    }
    ++head.header_count_;
    return true;
}

}  // namespace parley::http::detail
