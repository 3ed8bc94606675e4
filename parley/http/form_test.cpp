// SPDX-License-Identifier: MIT
#include "parley/http/form.hpp"

#include <doctest/doctest.h>

#include <string>

namespace parley::http {
namespace {

constexpr std::string_view type = "multipart/form-data; boundary=b";
constexpr std::string_view body =
    "--b\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nTea & more\r\n"
    "--b\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n"
    "\x89PNG\r\n\r\n--b\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\n\r\n"
    "--b\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"\"\r\n\r\n\r\n--b--\r\n";

TEST_CASE("a form in memory has its fields and its files, of either encoding") {
    const Result<Form> form = read_form(type, body);
    REQUIRE(form);
    CHECK(form->fields.items().size() == 2);
    CHECK(form->fields.items()[0].value == "Tea & more");
    CHECK(form->fields.find("title") == "");  // of several the last
    REQUIRE(form->files.size() == 2);
    const FormFile* const photo = form->file("photo");
    REQUIRE(photo != nullptr);
    CHECK(photo->name == "a.png");
    CHECK(photo->content_type == "image/png");
    CHECK(photo->data == "\x89PNG\r\n");
    CHECK(photo->data.data() > body.data());
    CHECK(photo->data.data() < body.data() + body.size());  // not copied
    CHECK(form->files[1].name.empty());
    CHECK(form->files[1].data.empty());
    CHECK(form->file("title") == nullptr);
    CHECK(form->file("other") == nullptr);

    const Result<Form> urlencoded = read_form("application/x-www-form-urlencoded; charset=utf-8", "a=b+c&d=%20");
    REQUIRE(urlencoded);
    CHECK(urlencoded->fields.find("a") == "b c");
    CHECK(urlencoded->files.empty());
}

TEST_CASE("what is no form, is malformed or too large says so") {
    const auto error = [](std::string_view content_type, std::string_view octets, const FormLimits& limits = {}) {
        const Result<Form> form = read_form(content_type, octets, limits);
        REQUIRE_FALSE(form);
        return form.error();
    };
    CHECK(error("text/plain", "a=b").message ==
          "the request does not say that its body is a form: its Content-Type is text/plain");
    CHECK(error("", "a=b").message == "the request does not say that its body is a form: it has no Content-Type");
    CHECK(error("multipart/form-data", body).code == ErrorCode::invalid_input);
    CHECK(error(type, body.substr(0, 100)).code == ErrorCode::invalid_input);
    CHECK(error(type, body.substr(0, 100)).message == "the form ends within a part");
    CHECK(error(type, body, {.parts_max = 3}).code == ErrorCode::limit_exceeded);
}

}  // namespace
}  // namespace parley::http
