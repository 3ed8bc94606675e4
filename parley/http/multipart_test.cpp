// SPDX-License-Identifier: MIT
#include "parley/http/multipart.hpp"

#include <doctest/doctest.h>

#include <span>
#include <string>

#include "tests/support/every_cut.hpp"

namespace parley::http {
namespace {

using Kind = MultipartEvent::Kind;

// What a parser makes of a body that comes in these pieces; data is joined.
std::string read(std::span<const std::string_view> pieces, const FormLimits& limits = {},
                 std::string_view boundary = "b") {
    std::string said;
    MultipartParser parser(boundary, limits);
    const auto drain = [&] {
        while (const auto event = parser.next_event()) {
            if (event->kind == Kind::part_began) {
                const FormPart& part = parser.part();
                said += "[" + part.name;
                if (part.is_file) said += "|" + part.file_name;
                if (!part.content_type.empty()) said += "|" + std::string(part.content_type);
                said += ":";
            }
            said += event->data;
            if (event->kind == Kind::part_ended) said += "]";
            if (event->kind == Kind::form_ended) said += ".";
            if (event->kind == Kind::failed) said += std::to_string(event->status) + " " + std::string(event->reason);
        }
    };
    for (const std::string_view piece : pieces) {
        const std::string copy(piece);
        parser.receive(copy);
        drain();
    }
    parser.receive_eof();
    drain();
    CHECK_FALSE(parser.next_event());
    return said;
}

std::string read_whole(std::string_view body, const FormLimits& limits = {}) {
    return read(std::span(&body, 1), limits);
}

std::string part(std::string_view parameters, std::string_view data, std::string_view headers = {}) {
    return "--b\r\nContent-Disposition: form-data" + std::string(parameters) + "\r\n" + std::string(headers) + "\r\n" +
           std::string(data) + "\r\n";
}

TEST_CASE("a form of fields and files is read alike wherever it is cut") {
    const std::string body = "for nobody\r\n--bx\r\n" + part("; name=\"title\"", "Tea") +
                             part("; name=\"photo\"; filename=\"a.png\"", "\r\n--\r\r\n--bb\n--b\r",
                                  "content-type: image/png\r\nX-A: b\r\n") +
                             part("; name=empty; filename=\"\"", "") + "--b-- \r\nbehind it\r\n--b\r\n";
    const std::string expected = "[title:Tea][photo|a.png|image/png:\r\n--\r\r\n--bb\n--b\r][empty|:].";
    // Its delimiter must not be a line's beginning: `--bx` and `--bb` stand there on purpose and are refused below.
    std::string clean = body;
    clean.replace(clean.find("--bx"), 4, "-bx-");
    clean.replace(clean.find("\r\n--bb"), 6, "\r\n--cb");
    std::string wanted = expected;
    wanted.replace(wanted.find("\r\n--bb"), 6, "\r\n--cb");
    test::for_every_cut(clean, [&](std::span<const std::string_view> pieces) { CHECK(read(pieces) == wanted); });
    CHECK(read_whole(body) == "400 a line of the form begins with the boundary and is none");
}

TEST_CASE("what ends within a form, or is none, fails wherever it ends") {
    const std::string body = part("; name=\"a\"", "b", "Content-Type: text/plain\r\n") + part("; name=c", "") + "--b--";
    for (std::size_t size = 0; size < body.size(); ++size) {
        CAPTURE(size);
        CHECK(read_whole(std::string_view(body).substr(0, size)).ends_with("400 the form ends within a part"));
    }
    CHECK(read_whole(body) == "[a|text/plain:b][c:].");
    CHECK(read_whole("--b--") == ".");
    CHECK(read_whole("hello").starts_with("400"));
    for (const char* end : {"--b\n", "--b \n", "--b- ", "--b -", "--bb\r\n", "--b\rx"})
        CHECK(read_whole(end) == "400 a line of the form begins with the boundary and is none");
    CHECK(read_whole("--b \t\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n--b--") == "[a:b].");
}

TEST_CASE("headers of a part are read strictly") {
    const auto refusal = [](std::string_view headers) {
        return read_whole("--b\r\n" + std::string(headers) + "\r\n\r\nx\r\n--b--");
    };
    for (const char* headers : {"no colon", ": x", " folded: x", "a b: c", "A: \x01", "A: b\n", "A: b\rC: d",
                                "Content-Disposition: form-data; name=a\r\n folded"}) {
        CAPTURE(headers);
        CHECK(refusal(headers) == "400 a header of a part is malformed");
    }
    CHECK(refusal("Content-Type: text/plain") == "400 a part of the form has no Content-Disposition");
    CHECK(read_whole("--b\r\n\r\nx\r\n--b--") == "400 a part of the form has no Content-Disposition");
    for (const char* parameters :
         {"form-data; filename=a", "form-data", "form-data;", "form-data; NAMES=a", "form-data; filename*=UTF-8''a"}) {
        CAPTURE(parameters);
        CHECK(refusal("Content-Disposition: " + std::string(parameters)) == "400 a part of the form has no name");
    }
    for (const char* value :
         {"attachment; name=a", "", "form-data; name=\"a", "form-data; name=a; name=b", "form-data name=a",
          "form-data; name", "form-data; =a", "form-data; name=", "form-data; name=a b", "form-data; name=\"a\"b",
          "form-data; name=a;; x=y", "form-data; name=a; filename=b; filename=c", "form-data; name=\"a\\\"",
          "form-data; name=a\r\nContent-Disposition: form-data; name=b"}) {
        CAPTURE(value);
        CHECK(refusal("Content-Disposition: " + std::string(value)) ==
              "400 the Content-Disposition of a part is malformed");
    }
}

TEST_CASE("names are what browsers mean by them, and a file's name leads nowhere") {
    const auto names = [](std::string_view parameters) {
        const std::string said = read_whole(part(parameters, "") + "--b--");
        return said.substr(1, said.find(':') - 1);
    };
    CHECK(names("; name=\"a%22b\"; filename=\"c%22d%0Ae%25.txt\"") == "a\"b|c\"d%0Ae%25.txt");
    CHECK(names("; name=\"a\\\"b\\\\c\\d\"") == "a\"b\\c\\d");
    CHECK(names(" ;NAME=a ; x=\"y\";FileName=\"\xc3\xa4.txt\" ;") == "a|\xc3\xa4.txt");
    CHECK(names("; name=\"a;b=c\"; filename=plain.txt") == "a;b=c|plain.txt");
    CHECK(names("; name=\"\"") == "");
    for (const char* path : {"/etc/passwd", "../../passwd", "C:\\\\temp\\\\passwd", "C:\\temp\\passwd", "a/b\\passwd"})
        CHECK(names("; name=a; filename=\"" + std::string(path) + "\"") == "a|passwd");
    for (const char* path : {"..", ".", "a/..", "b/", "/", "C:\\\\."})
        CHECK(names("; name=a; filename=\"" + std::string(path) + "\"") == "a|");
}

TEST_CASE("all headers of a part are given out") {
    MultipartParser parser("b");
    const std::string body = part("; name=a", "", "Content-Type: text/plain; charset=utf-8\r\nX-A:  1 \r\nx-a: 2\r\n");
    parser.receive(body);
    REQUIRE(parser.next_event()->kind == Kind::part_began);
    REQUIRE(parser.part().headers.size() == 4);
    CHECK(parser.part().headers[2].name == "X-A");
    CHECK(parser.part().headers[2].value == "1");
    CHECK(parser.part().headers[3].value == "2");
    CHECK(parser.part().content_type == "text/plain; charset=utf-8");
}

TEST_CASE("every limit of a form holds one below, at, and one above") {
    const std::string file = part("; name=a; filename=f", "0123456789");
    const std::string field = part("; name=long", "0123456789");
    const std::string body = file + field + "--b--";
    const std::size_t header_bytes =
        std::string_view("Content-Disposition: form-data; name=a; filename=f\r\n\r\n").size();
    struct Case {
        FormLimits limits;
        const char* said;
    };
    const char* const all = "[a|f:0123456789][long:0123456789].";
    const std::string all_but_end = "[a|f:0123456789][long:0123456789]413 the form is too large";
    const Case cases[] = {
        {{.parts_max = 3}, all},
        {{.parts_max = 2}, all},
        {{.parts_max = 1}, "[a|f:0123456789]413 the form has too many parts"},
        {{.part_header_bytes_max = header_bytes + 1}, all},
        {{.part_header_bytes_max = header_bytes}, all},
        {{.part_header_bytes_max = header_bytes - 1}, "413 the headers of a part of the form are too large"},
        {{.name_bytes_max = 5}, all},
        {{.name_bytes_max = 4}, all},
        {{.name_bytes_max = 3}, "[a|f:0123456789]413 a name in the form is too long"},
        {{.field_bytes_max = 11}, all},
        {{.field_bytes_max = 10}, all},
        {{.field_bytes_max = 9}, "[a|f:0123456789][long:413 a field of the form is too large"},
        {{.file_bytes_max = 11}, all},
        {{.file_bytes_max = 10}, all},
        {{.file_bytes_max = 9}, "[a|f:413 a file of the form is too large"},
        {{.form_bytes_max = body.size() + 1}, all},
        {{.form_bytes_max = body.size()}, all},
        {{.form_bytes_max = body.size() - 1}, all_but_end.c_str()},
    };
    for (const auto& [limits, said] : cases) {
        CAPTURE(said);
        CHECK(read_whole(body, limits) == said);
    }
    test::for_every_cut(body + "\r\nbehind it", [&](std::span<const std::string_view> pieces) {
        CHECK(read(pieces, {.form_bytes_max = body.size()}) == all);
    });
    // Cut anywhere it is the same limit, though more may have been given out by then.
    test::for_every_cut(body, [&](std::span<const std::string_view> pieces) {
        CHECK(read(pieces, {.file_bytes_max = 9}).ends_with("413 a file of the form is too large"));
        CHECK(read(pieces, {.part_header_bytes_max = header_bytes - 1})
                  .ends_with("413 the headers of a part of the form are too large"));
        CHECK(read(pieces, {.form_bytes_max = body.size() - 1}).ends_with("413 the form is too large"));
    });
}

TEST_CASE("a boundary is taken out of the type, as it may be") {
    CHECK(multipart_boundary("multipart/form-data; boundary=abc") == "abc");
    CHECK(multipart_boundary("Multipart/Form-Data;charset=utf-8; BOUNDARY=\"a b\"") == "a b");
    CHECK(multipart_boundary("multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxk") ==
          "----WebKitFormBoundary7MA4YWxk");
    const std::string longest(70, 'x');
    CHECK(multipart_boundary("multipart/form-data; boundary=" + longest) == longest);
    for (const std::string& type :
         {std::string("multipart/form-data"), std::string("multipart/mixed; boundary=a"), std::string(),
          std::string("multipart/form-data; boundary="), std::string("multipart/form-data; boundary=\"\""),
          std::string("multipart/form-data; boundary=\"a \""),
          std::string("multipart/form-data; boundary=a; boundary=b"), std::string("multipart/form-data; boundary=\"a"),
          std::string("multipart/form-data; boundary=a@b"), "multipart/form-data; boundary=x" + longest}) {
        CAPTURE(type);
        CHECK_FALSE(multipart_boundary(type));
    }
}

}  // namespace
}  // namespace parley::http
