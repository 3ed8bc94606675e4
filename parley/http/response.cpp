// SPDX-License-Identifier: MIT
#include "parley/http/response.hpp"

#include <array>
#include <cassert>
#include <charconv>
#include <cstddef>
#include <cstdint>

namespace parley::http {
namespace {

// Writes one piece behind the other into memory that is known to be large enough.
class Pen {
 public:
    explicit Pen(char* begin) : begin_(begin), end_(begin) {}

    Pen& text(std::string_view text) {
        end_ += text.copy(end_, text.size());
        return *this;
    }
    Pen& number(std::uint64_t number, int base = 10) {
        end_ = std::to_chars(end_, end_ + number_bytes_max, number, base).ptr;
        return *this;
    }
    [[nodiscard]] std::size_t written() const { return static_cast<std::size_t>(end_ - begin_); }

    static constexpr std::size_t number_bytes_max = 20;

 private:
    char* begin_;
    char* end_;
};

void write_status_line(Pen& pen, int status) {
    const char digits[] = {static_cast<char>('0' + status / 100 % 10), static_cast<char>('0' + status / 10 % 10),
                           static_cast<char>('0' + status % 10)};
    pen.text("HTTP/1.1 ").text({digits, sizeof digits}).text(" ").text(reason_phrase(status)).text("\r\n");
}

void write_connection(Pen& pen, const ResponseFraming& framing) {
    if (!framing.upgrade.empty()) {
        pen.text(framing.close ? "Connection: close, Upgrade\r\nUpgrade: " : "Connection: Upgrade\r\nUpgrade: ");
        pen.text(framing.upgrade).text("\r\n");
    } else if (framing.close) {
        pen.text("Connection: close\r\n");
    } else {
        pen.text(framing.keep_alive);
    }
}

// What a head has beside what it is given, with the longest phrase and the longest of each line.
constexpr std::size_t own_bytes_max = 168;

// A body that is not longer than this usually follows at once: the room for it is taken with that for the head.
constexpr std::size_t short_body_bytes_max = 1024;

}  // namespace

std::string keep_alive_lines(std::chrono::milliseconds timeout) {
    std::string lines = "Connection: keep-alive\r\n";
    const auto seconds = std::chrono::floor<std::chrono::seconds>(timeout).count();
    if (seconds > 0) lines.append("Keep-Alive: timeout=").append(std::to_string(seconds)).append("\r\n");
    return lines;
}

void append_response_head(Outbox& outbox, const ResponseHead& head, std::string_view date) {
    const ResponseFraming& framing = head.framing;
    const std::uint64_t length = framing.content_length.value_or(0);
    const std::size_t given =
        head.fields.text().size() + date.size() + framing.keep_alive.size() + framing.upgrade.size();
    Pen pen(outbox.prepare(own_bytes_max + given + (length <= short_body_bytes_max ? length : 0)));
    write_status_line(pen, head.status);
    if (head.status >= 200) pen.text("Date: ").text(date).text("\r\nX-Content-Type-Options: nosniff\r\n");
    pen.text(head.fields.text());
    write_connection(pen, framing);
    if (is_bodiless(head.status) || framing.until_close) {
        pen.text("\r\n");
    } else if (framing.chunked) {
        pen.text("Transfer-Encoding: chunked\r\n\r\n");
    } else {
        pen.text("Content-Length: ").number(length).text("\r\n\r\n");
    }
    assert(pen.written() <= own_bytes_max + given);
    outbox.commit(pen.written());
}

void append_continue(Outbox& outbox) {
    outbox.append("HTTP/1.1 100 Continue\r\n\r\n");
}

void append_chunk(Outbox& outbox, std::string_view data) {
    if (data.empty()) return;
    Pen pen(outbox.prepare(Pen::number_bytes_max + 2));
    outbox.commit(pen.number(data.size(), 16).text("\r\n").written());
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
