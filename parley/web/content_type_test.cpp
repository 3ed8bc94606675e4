// SPDX-License-Identifier: MIT
#include "parley/web/content_type.hpp"

#include <doctest/doctest.h>

namespace parley::web {

TEST_CASE("the type follows from the extension, with the charset of text") {
    CHECK(content_type_for_extension("html") == "text/html; charset=utf-8");
    CHECK(content_type_for_extension("HTM") == "text/html; charset=utf-8");
    CHECK(content_type_for_extension("js") == "text/javascript; charset=utf-8");
    CHECK(content_type_for_extension("mjs") == "text/javascript; charset=utf-8");
    CHECK(content_type_for_extension("css") == "text/css; charset=utf-8");
    CHECK(content_type_for_extension("json") == "application/json; charset=utf-8");
    CHECK(content_type_for_extension("svg") == "image/svg+xml; charset=utf-8");
    CHECK(content_type_for_extension("png") == "image/png");
    CHECK(content_type_for_extension("woff2") == "font/woff2");
    CHECK(content_type_for_extension("wasm") == "application/wasm");
    CHECK(content_type_for_extension("aac") == "audio/aac");
    CHECK(content_type_for_extension("zst") == "application/zstd");
    for (const std::string_view unknown : {"", "x", "zzz", "htmlx", "a-very-long-extension", ".html", "\xff"})
        CHECK(content_type_for_extension(unknown) == "application/octet-stream");
}

TEST_CASE("the extension is what stands behind the last dot of the name") {
    CHECK(content_type_for_path("a/b.c/page.min.js") == "text/javascript; charset=utf-8");
    CHECK(content_type_for_path("page.PNG") == "image/png");
    CHECK(content_type_for_path("a.html/b") == "application/octet-stream");
    CHECK(content_type_for_path(".html") == "application/octet-stream");
    CHECK(content_type_for_path("a/.html") == "application/octet-stream");
    CHECK(content_type_for_path("html") == "application/octet-stream");
    CHECK(content_type_for_path("html.") == "application/octet-stream");
    CHECK(content_type_for_path("") == "application/octet-stream");
}

}  // namespace parley::web
