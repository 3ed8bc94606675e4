// SPDX-License-Identifier: MIT
#include "parley/http/head_reader.hpp"

#include <algorithm>
#include <vector>

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

template <typename Reader, typename Head>
HeadReader::Outcome HeadReader::read_head(Reader& reader, std::string_view octets, const Limits& limits, Head& head) {
    const std::size_t head_bytes_max = std::min(limits.head_bytes_max, head_bytes_possible);
    reader.begin_ = octets.data();
    move_head(head, octets.data());
    const Outcome outcome = read_lines(reader, octets.substr(0, head_bytes_max), limits, head);
    if (outcome == Outcome::more_needed && octets.size() >= head_bytes_max)
        return reader.refuse(431, "the head is too large");
    return outcome;
}

template <typename Reader, typename Head>
HeadReader::Outcome HeadReader::read_lines(Reader& reader, std::string_view octets, const Limits& limits, Head& head) {
    while (true) {
        // A start line that is too long is refused where it becomes so, not where it ends.
        std::size_t search_end = octets.size();
        const bool limited = reader.expected_ != Expected::header_line;
        const std::size_t longest_end = reader.line_begin_ + limits.request_line_bytes_max;
        if (limited) search_end = std::min(search_end, longest_end + 1);
        const char* const end = find_control(octets.data() + reader.searched_, octets.data() + search_end);
        reader.searched_ = static_cast<std::uint32_t>(end - octets.data());
        if (limited && reader.searched_ > longest_end) return reader.refuse(414, Reader::start_line_too_long);
        if (reader.searched_ == octets.size()) return Outcome::more_needed;
        if (*end != '\r') return reader.refuse(400, "a control character, or a line that does not end with CR LF");
        if (reader.searched_ + 1 == octets.size()) return Outcome::more_needed;
        if (end[1] != '\n') return reader.refuse(400, "a CR without its LF");

        const std::string_view line = octets.substr(reader.line_begin_, reader.searched_ - reader.line_begin_);
        reader.searched_ += 2;
        reader.line_begin_ = reader.searched_;
        if (!limited) {
            if (line.empty()) return reader.apply_rules(head) ? Outcome::complete : Outcome::refused;
            if (!reader.take_header(line, limits, head)) return Outcome::refused;
            continue;
        }
        reader.expected_ = Expected::header_line;
        if (!reader.take_start_line(line, limits, head)) return Outcome::refused;
    }
}

HeadReader::Outcome RequestHeadReader::read(std::string_view octets, const Limits& limits, RequestHead& head) {
    return read_head(*this, octets, limits, head);
}

HeadReader::Outcome ResponseHeadReader::read(std::string_view octets, const Limits& limits, ReceivedResponse& head) {
    return read_head(*this, octets, limits, head);
}

// Not the places of the header lines, which nobody looks at where there are none: for each request they would cost more
// than all the rest.
inline void HeadReader::forget(MessageHead& head) noexcept {
    head.base_ = "";
    head.header_count_ = 0;
    head.minor_version_ = 1;
    head.keep_alive_ = true;
    head.is_chunked_ = false;
    head.has_content_length_ = false;
    head.wants_upgrade_ = false;
    head.content_length_ = 0;
    if (head.more_headers_.capacity() > 0) std::vector<HeaderParts>().swap(head.more_headers_);
}

void RequestHeadReader::reset(RequestHead& head) {
    *this = RequestHeadReader{};
    forget(head);
    head.method_ = head.target_ = head.path_ = head.query_ = head.host_ = HeadPart();
    head.expects_continue_ = false;
}

void ResponseHeadReader::reset(ReceivedResponse& head) {
    *this = ResponseHeadReader();
    forget(head);
    head.status_ = 0;
    head.reason_phrase_ = HeadPart();
}

bool RequestHeadReader::begins_with_empty_line(std::string_view octets) const noexcept {
    return expected_ == Expected::start_line && octets.starts_with("\r\n");
}

bool RequestHeadReader::take_start_line(std::string_view line, const Limits& limits, RequestHead& head) {
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

// RFC 9112 §4. The space behind the status is missing where there are no words, which misleads nobody.
bool ResponseHeadReader::take_start_line(std::string_view line, const Limits&, ReceivedResponse& head) {
    const std::string_view version = line.substr(0, line.find(' '));
    if (!take_version(version, head)) return false;
    line.remove_prefix(version.size());
    const auto digit = [&](std::size_t at) { return line.size() > at && is_digit(line[at]); };
    if (!digit(1) || !digit(2) || !digit(3) || (line.size() > 4 && line[4] != ' '))
        return refused(400, "the status line is not version, status and words");
    head.status_ = static_cast<std::uint16_t>((line[1] - '0') * 100 + (line[2] - '0') * 10 + (line[3] - '0'));
    if (head.status_ < 100) return refused(400, "there is no such status");
    if (line.size() > 5) head.reason_phrase_ = part(line.substr(5));
    return true;
}

bool HeadReader::take_version(std::string_view version, MessageHead& head) {
    constexpr std::string_view name = "HTTP/";
    const bool is_version = version.size() == 8 && version.starts_with(name) && is_digit(version[5]) &&
                            version[6] == '.' && is_digit(version[7]);
    if (!is_version) return refused(400, "the version is malformed");
    if (version[5] == '1') {
        // RFC 9110 §2.5: a later minor version is read as the last one that is known.
        head.minor_version_ = version[7] == '0' ? 0 : 1;
        head.keep_alive_ = head.minor_version_ == 1;  // unless Connection says else
        return true;
    }
    // HTTP/0.9 has no version in its messages, and HTTP/2 begins in another way: these are mistakes. The rest is news.
    if (version[5] == '0' || version[5] == '2') return refused(400, "no message of this version looks like that");
    return refused(505, "the version is not supported");
}

bool RequestHeadReader::take_target(std::string_view target, RequestHead& head) {
    if (target.front() != '/' && target != "*") return take_absolute_target(target, head);
    if (target == "*" && head.method() != "OPTIONS") {
        return refused(400, "only OPTIONS asks for *");
    }
    const std::size_t question = target.find('?');
    head.path_ = part(target.substr(0, question));
    if (question != std::string_view::npos) head.query_ = part(target.substr(question + 1));
    return true;
}

bool RequestHeadReader::take_absolute_target(std::string_view target, RequestHead& head) {
    const std::size_t scheme_end = target.find("://");
    const std::string_view scheme = target.substr(0, scheme_end);
    is_https_ = equals_ignoring_case(scheme, "https");
    if (scheme_end == std::string_view::npos || (!is_https_ && !equals_ignoring_case(scheme, "http"))) {
        return refused(400, "the target is neither a path nor an http URL");
    }
    const std::string_view rest = target.substr(scheme_end + 3);
    const std::string_view authority = rest.substr(0, rest.find_first_of("/?"));
    if (authority.empty()) {
        return refused(400, "the target names no host");
    }
    authority_ = part(authority);
    const std::string_view path_and_query = rest.substr(authority.size());
    const std::size_t question = path_and_query.find('?');
    head.path_ = part(path_and_query.substr(0, question));
    if (question != std::string_view::npos) head.query_ = part(path_and_query.substr(question + 1));
    return true;
}

bool HeadReader::take_header(std::string_view line, const Limits& limits, MessageHead& head) {
    std::size_t name_size = 0;
    while (name_size < line.size() && is_character_of(token_character, line[name_size]))
        ++name_size;
    if (name_size == 0 || name_size == line.size() || line[name_size] != ':') {
        // Among these are folded lines and white space before the colon: the classics of request smuggling.
        return refused(400, "a header line is not a name, a colon and a value");
    }
    const std::size_t index = head.header_count_;
    if (index >= limits.headers_max) {
        return refused(431, "too many header lines");
    }
    const HeaderParts parts{part(line.substr(0, name_size)), part(trim_ows(line.substr(name_size + 1)))};
    if (index < MessageHead::inline_headers) {
        head.headers_[index] = parts;
    } else {
        head.more_headers_.push_back(parts);
    }
    ++head.header_count_;
    return true;
}

}  // namespace parley::http::detail
