// SPDX-License-Identifier: MIT
#include "parley/http/query.hpp"

#include <doctest/doctest.h>

#include <string>

namespace parley::http {

TEST_CASE("percent-encoded text is decoded once") {
    CHECK(percent_decode("a%20b") == "a b");
    CHECK(percent_decode("%2fA%2F") == "/A/");
    CHECK(percent_decode("%252e") == "%2e");
    CHECK(percent_decode("a+b") == "a+b");
    CHECK(percent_decode("%00") == std::string(1, '\0'));
    CHECK(percent_decode("%c3%A9") == "\xc3\xa9");
    CHECK(percent_decode("") == "");
    for (const std::string_view text : {"%", "%4", "%zz", "%4g", "a%", "a%2", "%%20", "% 20", "%+1"}) {
        CAPTURE(text);
        CHECK_FALSE(percent_decode(text));
    }
}

TEST_CASE("a component is encoded as encodeURIComponent does") {
    std::string out = "x=";
    append_percent_encoded(out, "aZ09-_.!~*'() /?&=+\"<\xc3\xa9\n");
    CHECK(out == "x=aZ09-_.!~*'()%20%2F%3F%26%3D%2B%22%3C%C3%A9%0A");
    std::string all;
    for (int octet = 0; octet < 256; ++octet)
        all.push_back(static_cast<char>(octet));
    std::string encoded;
    append_percent_encoded(encoded, all);
    CHECK(percent_decode(encoded) == all);
}

TEST_CASE("a query is taken apart") {
    const QueryParameters query("EIO=4&transport=polling&name=Ann+Lee%21&empty=&flag&a=1=2&EIO=3&&=x");
    CHECK(query.find("transport") == "polling");
    CHECK(query.find("name") == "Ann Lee!");
    CHECK(query.find("empty") == "");
    CHECK(query.find("flag") == "");
    CHECK(query.find("a") == "1=2");
    CHECK(query.find("EIO") == "3");
    CHECK(query.find("") == "x");
    CHECK_FALSE(query.find("missing"));
    CHECK(query.items().size() == 8);
    CHECK(query.items()[0].value == "4");
}

TEST_CASE("a malformed query harms nobody") {
    const QueryParameters query("a=%&b=%4&c=%zz&%=1&d=%2");
    CHECK(query.find("a") == "%");
    CHECK(query.find("b") == "%4");
    CHECK(query.find("c") == "%zz");
    CHECK(query.find("%") == "1");
    CHECK(query.find("d") == "%2");
    CHECK(QueryParameters("").items().empty());
    CHECK(QueryParameters("&&&").items().empty());
}

}  // namespace parley::http
