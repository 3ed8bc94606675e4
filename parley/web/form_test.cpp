// SPDX-License-Identifier: MIT
//
// Forms of a request, in memory and in pieces.
#include <doctest/doctest.h>

#include <string>

#include "parley/web/upload.hpp"
#include "tests/support/web_site.hpp"

namespace parley::web::test {
namespace {

std::string post(std::string_view target, std::string_view body, std::string_view headers = {}) {
    return "POST " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n" + std::string(headers) +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

constexpr std::string_view form_type = "Content-Type: multipart/form-data; boundary=b\r\n";
const std::string form_body =
    "--b\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nTea\r\n"
    "--b\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n" +
    std::string(5000, 'p') + "\r\n--b--\r\n";

TEST_CASE("a form in memory has fields and files, and one that is none has not") {
    Site site;
    site.app.post("/", [](Request& request, Response response) {
        const FormFile* const photo = request.file("photo");
        std::string text = std::string(request.form("title")) + "|" + std::to_string(request.files().size());
        if (photo != nullptr)
            text += "|" + photo->name + "|" + photo->content_type + "|" + std::to_string(photo->data.size());
        response.send(text);
    });
    CHECK(body_of(site.ask(post("/", form_body, form_type))) == "Tea|1|a.png|image/png|5000");
    CHECK(body_of(site.ask(post("/", "title=Tea", "Content-Type: application/x-www-form-urlencoded\r\n"))) == "Tea|0");
    CHECK(body_of(site.ask(post("/", form_body.substr(0, 100), form_type))) == "|0");
    CHECK(body_of(site.ask(post("/", form_body))) == "|0");
}

TEST_CASE("a form in pieces gives out its parts as they come, cut anywhere") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        Site site({}, seed, seed == 1 ? smooth : net::SimulatedNetworkOptions{});
        std::string told;
        std::size_t octets = 0;
        site.app.post("/", StreamedBody{}, [&](Request&, Response response) {
            receive_form(
                response,
                {.on_part = [&](const FormPart& part) { told += "[" + part.name + "|" + part.file_name + ":"; },
                 .on_data = [&](std::string_view data) { octets += data.size(); },
                 .on_part_end = [&] { told += "]"; },
                 .on_end = [response] { response.send("taken"); }});
        });
        CHECK(body_of(site.ask(post("/", form_body, form_type))) == "taken");
        CHECK(told == "[title|:][photo|a.png:]");
        CHECK(octets == 5003);
    }
}

TEST_CASE("a form in pieces that is none, malformed or too large is answered so, and one that was answered is over") {
    Site site;
    int parts = 0;
    int ends = 0;
    const auto handler = [&](const FormLimits& limits) {
        return [&, limits](Request& request, Response response) {
            receive_form(response,
                         {.on_part =
                              [&, response](const FormPart&) {
                                  ++parts;
                                  if (request.has_query("stop")) response.send_status(422);
                              },
                          .on_end =
                              [&, response] {
                                  ++ends;
                                  response.send("taken");
                              }},
                         limits);
        };
    };
    site.app.post("/", StreamedBody{}, handler({}));
    site.app.post("/small", StreamedBody{}, handler({.file_bytes_max = 4999}));
    CHECK(status_of(site.ask(post("/", form_body))) == 415);
    CHECK(parts == 0);
    const std::string malformed = site.ask(post("/", form_body.substr(0, 200), form_type));
    CHECK(status_of(malformed) == 400);
    CHECK(body_of(malformed) == "the form ends within a part");
    const std::string too_large = site.ask(post("/small", form_body, form_type));
    CHECK(status_of(too_large) == 413);
    CHECK(body_of(too_large) == "a file of the form is too large");
    CHECK(ends == 0);
    parts = 0;
    CHECK(status_of(site.ask(post("/?stop", form_body, form_type))) == 422);
    CHECK(parts == 1);
    CHECK(body_of(site.ask(post("/", form_body, form_type))) == "taken");
    CHECK(ends == 1);
    CHECK(site.failures.empty());
}

}  // namespace
}  // namespace parley::web::test
