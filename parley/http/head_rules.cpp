// SPDX-License-Identifier: MIT
//
// What the headers of a message mean together: where its body ends, whom it is for, what becomes of the connection.
// Every way in which two readers could understand one message differently is refused here (RFC 9112 §6.3 and §11.2).
#include "parley/base/text.hpp"
#include "parley/http/authority.hpp"
#include "parley/http/characters.hpp"
#include "parley/http/head_reader.hpp"

namespace parley::http::detail {
namespace {

bool is_registered_coding(std::string_view coding) {
    for (const std::string_view known :
         {"chunked", "identity", "gzip", "x-gzip", "deflate", "compress", "x-compress"}) {
        if (equals_ignoring_case(coding, known)) return true;
    }
    return false;
}

bool names_unknown_coding(std::string_view value) {
    bool all_tokens = true;
    bool any_unknown = false;
    while (!value.empty()) {
        const std::string_view coding = trim_ows(take_until(value, ','));
        if (!is_token(coding)) all_tokens = false;
        if (!is_registered_coding(coding)) any_unknown = true;
    }
    return all_tokens && any_unknown;
}

// Codings that would have to be taken off before the body is there: the framing is good, the service is not offered.
bool is_coded_and_chunked(std::string_view value) {
    bool is_chunked = false;
    std::size_t codings = 0;
    while (!value.empty()) {
        const std::string_view coding = trim_ows(take_until(value, ','));
        if (!is_token(coding) || is_chunked) return false;
        is_chunked = equals_ignoring_case(coding, "chunked");
        ++codings;
    }
    return is_chunked && codings > 1;
}

// RFC 9110 §10.1.1: a list, of which one member is known.
bool expects_only_continue(const MessageHead& head) {
    bool is_known = true;
    for (std::size_t i = 0; i < head.header_count(); ++i) {
        const Header header = head.header(i);
        if (!equals_ignoring_case(header.name, "expect")) continue;
        for_each_list_item(header.value, [&](std::string_view item) {
            is_known = is_known && equals_ignoring_case(item, "100-continue");
        });
    }
    return is_known;
}

bool is_same_authority(std::string_view a, std::string_view b, std::uint16_t default_port) {
    const std::optional<Authority> left = parse_authority(a);
    const std::optional<Authority> right = parse_authority(b);
    return left && right && equals_ignoring_case(left->host, right->host) &&
           left->port.value_or(default_port) == right->port.value_or(default_port);
}

}  // namespace

struct HeadReader::Findings {
    // The headers with a say, found in one walk: the first value of each, and how often it is there.
    struct Found {
        std::optional<std::string_view> first;
        std::size_t count = 0;

        void note(std::string_view value) {
            if (count++ == 0) first = value;
        }
    };

    Found host;
    Found content_length;
    Found transfer_encoding;
    bool has_expect = false;
    Found upgrade;
    bool has_connection = false;
};

inline HeadReader::Findings HeadReader::look_through(const MessageHead& head) {
    Findings found;
    for (std::size_t i = 0; i < head.header_count(); ++i) {
        const Header header = head.header(i);
        const auto is = [&](std::string_view name) { return equals_ignoring_case(header.name, name); };
        switch (header.name.size()) {
            case 4:
                if (is("host")) found.host.note(header.value);
                break;
            case 6:
                if (is("expect")) found.has_expect = true;
                break;
            case 7:
                if (is("upgrade")) found.upgrade.note(header.value);
                break;
            case 10:
                if (is("connection")) found.has_connection = true;
                break;
            case 14:
                if (is("content-length")) found.content_length.note(header.value);
                break;
            case 17:
                if (is("transfer-encoding")) found.transfer_encoding.note(header.value);
                break;
            default:
                break;
        }
    }
    return found;
}

inline bool HeadReader::apply_length(const Findings& found, MessageHead& head) {
    if (found.content_length.count + found.transfer_encoding.count > 1)
        return refused(400, "the length of the body is said twice");
    if (found.transfer_encoding.first && !apply_transfer_encoding(head, *found.transfer_encoding.first)) return false;
    return !found.content_length.first || apply_content_length(head, *found.content_length.first);
}

bool RequestHeadReader::apply_rules(RequestHead& head) {
    const Findings found = look_through(head);
    if (!apply_host(head, found.host.first, found.host.count)) return false;
    if (found.host.first) head.host_ = part(*found.host.first);
    if (head.host_.size == 0) head.host_ = authority_;
    if (!apply_length(found, head)) return false;

    if (found.has_expect) {
        if (!expects_only_continue(head)) return refused(417, "something unknown is expected");
        head.expects_continue_ = head.minor_version() == 1 && head.has_body() && head.lists("expect", "100-continue");
    }
    if (found.has_connection) apply_connection(found, head);
    return true;
}

// What a status says of the body is the parser's, which knows the request.
bool ResponseHeadReader::apply_rules(ReceivedResponse& head) {
    const Findings found = look_through(head);
    if (!apply_length(found, head)) return false;
    if (found.has_connection) apply_connection(found, head);
    return true;
}

bool RequestHeadReader::apply_host(const RequestHead& head, std::optional<std::string_view> host, std::size_t count) {
    const std::string_view absolute = head.text(authority_);
    if (count > 1) return refused(400, "there are two Host headers");
    if (!absolute.empty() && !parse_authority(absolute)) return refused(400, "the host of the target is malformed");
    if (!host) return head.minor_version() == 0 || refused(400, "the Host header is missing");
    if (!parse_authority(*host)) return refused(400, "the Host header is malformed");
    if (absolute.empty() || is_same_authority(absolute, *host, is_https_ ? 443 : 80)) return true;
    return refused(400, "Host and target name different hosts");
}

bool HeadReader::apply_transfer_encoding(MessageHead& head, std::string_view value) {
    if (head.minor_version_ == 0) {
        refuse(400, "HTTP/1.0 has no Transfer-Encoding");
    } else if (equals_ignoring_case(value, "chunked")) {
        head.is_chunked_ = true;
    } else if (names_unknown_coding(value) || is_coded_and_chunked(value)) {
        refuse(501, "the transfer coding is unknown");  // RFC 9112 §6.1
    } else {
        refuse(400, "the Transfer-Encoding is not exactly chunked");
    }
    return head.is_chunked_;
}

bool HeadReader::apply_content_length(MessageHead& head, std::string_view value) {
    const bool is_number = !value.empty() && value.find_first_not_of("0123456789") == std::string_view::npos;
    if (!is_number) return refused(400, "the Content-Length is not a number");
    constexpr auto largest = static_cast<std::uint64_t>(INT64_MAX);
    const std::optional<std::uint64_t> length = parse_decimal(value);
    if (!length || *length > largest) return refused(413, "the body is larger than any can be");
    head.has_content_length_ = true;
    head.content_length_ = *length;
    return true;
}

void HeadReader::apply_connection(const Findings& found, MessageHead& head) {
    bool closes = false;
    bool keeps = false;
    bool upgrades = false;
    for (std::size_t i = 0; i < head.header_count(); ++i) {
        const Header line = head.header(i);
        if (!equals_ignoring_case(line.name, "connection")) continue;
        for_each_list_item(line.value, [&](std::string_view item) {
            closes = closes || equals_ignoring_case(item, "close");
            keeps = keeps || equals_ignoring_case(item, "keep-alive");
            upgrades = upgrades || equals_ignoring_case(item, "upgrade");
        });
    }
    head.keep_alive_ = !closes && (head.keep_alive_ || keeps);
    head.wants_upgrade_ = head.minor_version_ == 1 && found.upgrade.count > 0 && upgrades;
}

}  // namespace parley::http::detail
