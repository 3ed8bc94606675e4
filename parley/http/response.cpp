// SPDX-License-Identifier: MIT
#include "parley/http/response.hpp"

#include <array>
#include <charconv>
#include <cstddef>

namespace parley::http {
namespace {

void append_status_line(Outbox& outbox, int status) {
    const std::array<char, 13> line{'H',
                                    'T',
                                    'T',
                                    'P',
                                    '/',
                                    '1',
                                    '.',
                                    '1',
                                    ' ',
                                    static_cast<char>('0' + status / 100 % 10),
                                    static_cast<char>('0' + status / 10 % 10),
                                    static_cast<char>('0' + status % 10),
                                    ' '};
    outbox.append({line.data(), line.size()});
    outbox.append(reason_phrase(status));
    outbox.append("\r\n");
}

void append_number_line(Outbox& outbox, std::string_view before, std::uint64_t number, int base) {
    std::array<char, 20> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, base).ptr;
    outbox.append(before);
    outbox.append({digits.data(), static_cast<std::size_t>(end - digits.data())});
    outbox.append("\r\n");
}

void append_connection(Outbox& outbox, const ResponseFraming& framing) {
    if (!framing.upgrade.empty()) {
        outbox.append(framing.close ? "Connection: close, Upgrade\r\nUpgrade: " : "Connection: Upgrade\r\nUpgrade: ");
        outbox.append(framing.upgrade);
        outbox.append("\r\n");
    } else if (framing.close) {
        outbox.append("Connection: close\r\n");
    } else {
        outbox.append(framing.keep_alive);
    }
}

}  // namespace

std::string keep_alive_lines(std::chrono::milliseconds timeout) {
    std::string lines = "Connection: keep-alive\r\n";
    const auto seconds = std::chrono::floor<std::chrono::seconds>(timeout).count();
    if (seconds > 0) lines.append("Keep-Alive: timeout=").append(std::to_string(seconds)).append("\r\n");
    return lines;
}

void append_response_head(Outbox& outbox, const ResponseHead& head, std::string_view date) {
    append_status_line(outbox, head.status);
    if (head.status >= 200) {
        outbox.append("Date: ");
        outbox.append(date);
        outbox.append("\r\nX-Content-Type-Options: nosniff\r\n");
    }
    outbox.append(head.fields.text());
    append_connection(outbox, head.framing);
    if (is_bodiless(head.status) || head.framing.until_close) {
        outbox.append("\r\n");
    } else if (head.framing.chunked) {
        outbox.append("Transfer-Encoding: chunked\r\n\r\n");
    } else {
        append_number_line(outbox, "Content-Length: ", head.framing.content_length.value_or(0), 10);
        outbox.append("\r\n");
    }
}

void append_continue(Outbox& outbox) {
    outbox.append("HTTP/1.1 100 Continue\r\n\r\n");
}

void append_chunk(Outbox& outbox, std::string_view data) {
    if (data.empty()) return;
    append_number_line(outbox, "", data.size(), 16);
    outbox.append(data);
    outbox.append("\r\n");
}

void append_last_chunk(Outbox& outbox) {
    outbox.append("0\r\n\r\n");
}

std::string_view reason_phrase(int status) noexcept {
    struct Phrase {
        int status;
        std::string_view words;
    };
    static constexpr std::array phrases{
        Phrase{100, "Continue"},
        Phrase{101, "Switching Protocols"},
        Phrase{200, "OK"},
        Phrase{201, "Created"},
        Phrase{202, "Accepted"},
        Phrase{203, "Non-Authoritative Information"},
        Phrase{204, "No Content"},
        Phrase{205, "Reset Content"},
        Phrase{206, "Partial Content"},
        Phrase{300, "Multiple Choices"},
        Phrase{301, "Moved Permanently"},
        Phrase{302, "Found"},
        Phrase{303, "See Other"},
        Phrase{304, "Not Modified"},
        Phrase{307, "Temporary Redirect"},
        Phrase{308, "Permanent Redirect"},
        Phrase{400, "Bad Request"},
        Phrase{401, "Unauthorized"},
        Phrase{402, "Payment Required"},
        Phrase{403, "Forbidden"},
        Phrase{404, "Not Found"},
        Phrase{405, "Method Not Allowed"},
        Phrase{406, "Not Acceptable"},
        Phrase{407, "Proxy Authentication Required"},
        Phrase{408, "Request Timeout"},
        Phrase{409, "Conflict"},
        Phrase{410, "Gone"},
        Phrase{411, "Length Required"},
        Phrase{412, "Precondition Failed"},
        Phrase{413, "Content Too Large"},
        Phrase{414, "URI Too Long"},
        Phrase{415, "Unsupported Media Type"},
        Phrase{416, "Range Not Satisfiable"},
        Phrase{417, "Expectation Failed"},
        Phrase{418, "I'm a teapot"},
        Phrase{421, "Misdirected Request"},
        Phrase{422, "Unprocessable Content"},
        Phrase{423, "Locked"},
        Phrase{424, "Failed Dependency"},
        Phrase{425, "Too Early"},
        Phrase{426, "Upgrade Required"},
        Phrase{428, "Precondition Required"},
        Phrase{429, "Too Many Requests"},
        Phrase{431, "Request Header Fields Too Large"},
        Phrase{451, "Unavailable For Legal Reasons"},
        Phrase{500, "Internal Server Error"},
        Phrase{501, "Not Implemented"},
        Phrase{502, "Bad Gateway"},
        Phrase{503, "Service Unavailable"},
        Phrase{504, "Gateway Timeout"},
        Phrase{505, "HTTP Version Not Supported"},
        Phrase{507, "Insufficient Storage"},
        Phrase{511, "Network Authentication Required"},
    };
    for (const Phrase& phrase : phrases) {
        if (phrase.status == status) return phrase.words;
    }
    return "Unknown";
}

}  // namespace parley::http
