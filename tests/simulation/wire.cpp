// SPDX-License-Identifier: MIT
#include "tests/simulation/wire.hpp"

#include <charconv>

namespace parley::simulation {

namespace {

bool has_body(int status) {
    return status >= 200 && status != 204 && status != 304;
}

// The length that a head declares; none is a violation, because an answer without one has no end.
std::size_t content_length(std::string_view head, Report& report) {
    constexpr std::string_view name = "\r\nContent-Length: ";
    const std::size_t at = head.find(name);
    std::size_t length = 0;
    if (at == std::string_view::npos) {
        report.violation("an answer without a length: ", head);
        return 0;
    }
    const std::string_view digits = head.substr(at + name.size());
    std::from_chars(digits.data(), digits.data() + digits.size(), length);
    return length;
}

}  // namespace

std::optional<HttpAnswer> take_answer(std::string& octets, Report& report) {
    constexpr std::string_view begin = "HTTP/1.1 ";
    const std::string_view known = std::string_view(octets).substr(0, begin.size());
    if (!begin.starts_with(known)) report.violation("no answer begins with ", known);
    const std::size_t end = octets.find("\r\n\r\n");
    if (end == std::string::npos || !octets.starts_with(begin)) return std::nullopt;
    HttpAnswer answer;
    answer.head = octets.substr(0, end + 2);
    std::from_chars(octets.data() + begin.size(), octets.data() + begin.size() + 3, answer.status);
    if (answer.status < 100 || answer.status > 599) report.violation("an answer with the status ", answer.status);
    const std::size_t length = has_body(answer.status) ? content_length(answer.head, report) : 0;
    if (octets.size() < end + 4 + length) return std::nullopt;
    answer.body = octets.substr(end + 4, length);
    octets.erase(0, end + 4 + length);
    if (answer.status == 100) return take_answer(octets, report);
    return answer;
}

std::optional<Frame> take_frame(std::string& octets, Report& report) {
    if (octets.size() < 2) return std::nullopt;
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(octets[i]); };
    if ((at(0) & 0x70) != 0) report.violation("a frame with reserved bits");
    if ((at(0) & 0x80) == 0) report.violation("a frame in pieces");
    if ((at(1) & 0x80) != 0) report.violation("a masked frame of the server");
    std::size_t size = at(1) & 0x7f;
    const std::size_t more = size == 126 ? 2 : size == 127 ? 8 : 0;
    if (octets.size() < 2 + more) return std::nullopt;
    if (more > 0) {
        size = 0;
        for (std::size_t i = 0; i < more; ++i)
            size = size << 8 | at(2 + i);
        if (size < 126 || (more == 8 && size < 65'536)) report.violation("a frame with a length that is too long");
    }
    const unsigned opcode = at(0) & 0x0f;
    if ((opcode > 2 && opcode < 8) || opcode > 10 || opcode == 0) report.violation("a frame with the opcode ", opcode);
    if (octets.size() < 2 + more + size) return std::nullopt;
    Frame frame{static_cast<websocket::Opcode>(opcode), octets.substr(2 + more, size)};
    octets.erase(0, 2 + more + size);
    return frame;
}

std::string write_request(std::string_view method, std::string_view target, std::string_view body) {
    std::string request = std::string(method) + " " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n";
    if (method == "POST") request += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    return request + "\r\n" + std::string(body);
}

}  // namespace parley::simulation
