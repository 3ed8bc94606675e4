// SPDX-License-Identifier: MIT
// Forms in parts: cut anywhere they are read in one way, within their limits, and a form that is written again is the
// same.
#include "parley/http/multipart.hpp"

#include <string>
#include <vector>

#include "parley/http/form.hpp"
#include "tests/fuzz/support/input.hpp"

using namespace parley;
using fuzz::require;
using Kind = http::MultipartEvent::Kind;

namespace {

struct Part {
    std::string name;
    bool is_file = false;
    std::string file_name;
    std::string content_type;
    std::string data;
    bool has_ended = false;

    bool operator==(const Part&) const = default;
};

struct Reading {
    std::vector<Part> parts;
    bool is_whole = false;
    int status = 0;
};

void begin_part(Reading& reading, const http::FormPart& part, const http::FormLimits& limits) {
    require(reading.parts.empty() || reading.parts.back().has_ended, "one part at a time");
    require(part.name.size() <= limits.name_bytes_max && part.file_name.size() <= limits.name_bytes_max, "short names");
    require(part.file_name.find_first_of("/\\") == std::string::npos, "of no directory");
    require(part.file_name != "." && part.file_name != "..", "nor one");
    reading.parts.push_back({part.name, part.is_file, part.file_name, std::string(part.content_type), {}, false});
    require(reading.parts.size() <= limits.parts_max, "not too many parts");
}

Reading read(std::span<const std::string_view> pieces, const http::FormLimits& limits) {
    Reading reading;
    http::MultipartParser parser("b", limits);
    const auto drain = [&] {
        while (const auto event = parser.next_event()) {
            require(!reading.is_whole && reading.status == 0, "nothing follows the end");
            if (event->kind == Kind::part_began) begin_part(reading, parser.part(), limits);
            if (event->kind == Kind::data_received) {
                require(!event->data.empty(), "data is something");
                reading.parts.back().data.append(event->data);
            }
            if (event->kind == Kind::part_ended) reading.parts.back().has_ended = true;
            if (event->kind == Kind::form_ended) reading.is_whole = true;
            if (event->kind == Kind::failed) reading.status = event->status;
        }
    };
    for (const std::string_view piece : pieces) {
        const fuzz::Copy copy(piece);
        parser.receive(copy.view());
        drain();
    }
    parser.receive_eof();
    drain();
    require(reading.is_whole != (reading.status != 0), "a form is whole, or refused");
    for (const Part& part : reading.parts)
        require(part.data.size() <= (part.is_file ? limits.file_bytes_max : limits.field_bytes_max), "parts in bounds");
    return reading;
}

void check_cuts(const Reading& whole, const Reading& cut) {
    require(whole.is_whole == cut.is_whole && whole.status == cut.status, "cuts change nothing");
    if (whole.is_whole) require(whole.parts == cut.parts, "in what is read, either");
}

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text)
        out.append(c == '"' ? "%22" : c == '\\' ? "\\\\" : std::string_view(&c, 1));
    return out + "\"";
}

void check_written_again(const Reading& whole) {
    std::string text;
    for (const Part& part : whole.parts) {
        text.append("--b\r\nContent-Disposition: form-data; name=").append(quoted(part.name));
        if (part.is_file) text.append("; filename=").append(quoted(part.file_name));
        if (!part.content_type.empty()) text.append("\r\nContent-Type: ").append(part.content_type);
        text.append("\r\n\r\n").append(part.data).append("\r\n");
    }
    text.append("--b--\r\n");
    const std::string_view piece = text;
    const Reading again = read({&piece, 1}, {.part_header_bytes_max = 65'536});
    require(again.is_whole && again.parts == whole.parts, "a form that is written again is the same");
}

// A type that names the boundary says the same again.
void check_type(std::string_view type) {
    const auto boundary = http::multipart_boundary(type);
    if (!boundary) return;
    require(boundary->size() <= 70 && boundary->find_first_of("\r\n\"\\") == std::string::npos, "a boundary is short");
    require(http::multipart_boundary("multipart/form-data; boundary=\"" + *boundary + "\"") == boundary, "and no more");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    http::FormLimits limits;
    if (input.flag()) {
        limits = {.parts_max = 2,
                  .part_header_bytes_max = 100,
                  .name_bytes_max = 8,
                  .field_bytes_max = 16,
                  .file_bytes_max = 32,
                  .form_bytes_max = 500};
    }
    const std::uint8_t seed = input.octet();
    const std::string_view type = input.until('\n');
    check_type(type);
    const std::string_view text = input.rest();
    const Reading whole = read({&text, 1}, limits);
    check_cuts(whole, read(fuzz::cut(text, seed), limits));
    if (whole.is_whole) check_written_again(whole);

    const Result<http::Form> form = http::read_form(type, text, limits);
    if (!form || http::multipart_boundary(type) != "b") return 0;
    require(whole.is_whole && form->files.size() + form->fields.items().size() == whole.parts.size(), "in memory, too");
    for (const http::FormFile& file : form->files)
        require(form->file(file.field) != nullptr, "a file is found by its field");
    return 0;
}
