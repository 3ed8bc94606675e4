// SPDX-License-Identifier: MIT
#include "parley/websocket/extensions.hpp"

#include <doctest/doctest.h>

#include <string>

namespace parley::websocket {
namespace {

// All items as one text: `offer`, `;parameter`, `;parameter=value`, `!` for malformed, each behind a space.
std::string read_all(std::string_view header_value) {
    std::string text;
    ExtensionOffers offers(header_value);
    while (true) {
        const ExtensionItem item = offers.next();
        if (item.kind == ExtensionItem::Kind::end) return text;
        if (item.kind == ExtensionItem::Kind::malformed) {
            CHECK(offers.next().kind == ExtensionItem::Kind::end);
            return text + " !";
        }
        text += item.kind == ExtensionItem::Kind::offer ? " " : " ;";
        text += item.name;
        if (!item.value.empty()) text.append("=").append(item.value);
    }
}

TEST_CASE("extension offers are read item by item") {
    struct Row {
        const char* header;
        const char* items;
    };
    const Row rows[] = {
        {"", ""},
        {"permessage-deflate", " permessage-deflate"},
        {"permessage-deflate; client_max_window_bits", " permessage-deflate ;client_max_window_bits"},
        {"permessage-deflate;server_max_window_bits=10;client_no_context_takeover,x",
         " permessage-deflate ;server_max_window_bits=10 ;client_no_context_takeover x"},
        {" \t a \t ; \t b \t = \t c \t , \t d \t ", " a ;b=c d"},
        {"a; b=\"10\"; c", " a ;b=10 ;c"},
        {",, a ,, b ,", " a b"},
        {"a; x; x=1; x=2", " a ;x ;x=1 ;x=2"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.header);
        CHECK(read_all(row.header) == row.items);
    }
}

TEST_CASE("what does not follow the grammar is malformed, and that is the last item") {
    for (const char* const header :
         {";",        ";;;",   "=",       "a;",        "a;;b",         "a; =1",         "a b",
          "a; b c",   "a; b=", "a; b=\"", "a; b=\"\"", "a; b=\"1 2\"", "a; b=\"1\\2\"", "a; b=\"1\"2",
          "a; b=1=2", "a=1",   "(a)",     "a; b=\"x",  "\"a\"",        "\x80"}) {
        CAPTURE(header);
        CHECK(read_all(header).ends_with("!"));
    }
}

}  // namespace
}  // namespace parley::websocket
