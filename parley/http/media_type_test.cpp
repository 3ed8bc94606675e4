// SPDX-License-Identifier: MIT
#include "parley/http/media_type.hpp"

#include <doctest/doctest.h>

namespace parley::http {
namespace {

TEST_CASE("a media type is compared in any case, without its parameters") {
    CHECK(essence(" text/HTML ; charset=utf-8") == "text/HTML");
    CHECK(essence("").empty());
    CHECK(is_media_type("Text/Html;charset=utf-8", "text/html"));
    CHECK(is_media_type("text/html", "text/html"));
    CHECK_FALSE(is_media_type("text/html5", "text/html"));
    CHECK_FALSE(is_media_type("text", "text/html"));
    CHECK_FALSE(is_media_type("", "text/html"));
}

TEST_CASE("JSON is application/json and what ends in +json, and nothing that only looks like it") {
    for (const char* type : {"application/json", "Application/JSON; charset=utf-8", "application/ld+json",
                             "application/problem+JSON ;x=y", "model/gltf+json"}) {
        CAPTURE(type);
        CHECK(is_json_type(type));
    }
    for (const char* type :
         {"", "json", "text/json", "text/plain", "text/plain; x=application/json", "application/jsonp",
          "application/json5", "application/+json", "+json", "/a+json", "application/a+json+xml", "a b/c+json",
          "application/x-www-form-urlencoded", "application/json, text/plain", "application/json/a+json"}) {
        CAPTURE(type);
        CHECK_FALSE(is_json_type(type));
    }
}

}  // namespace
}  // namespace parley::http
