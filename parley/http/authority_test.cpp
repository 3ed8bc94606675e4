// SPDX-License-Identifier: MIT
#include "parley/http/authority.hpp"

#include <doctest/doctest.h>

namespace parley::http {

TEST_CASE("hosts and ports are read") {
    struct Row {
        std::string_view text;
        std::string_view host;
        int port = -1;
    };
    for (const Row& row : {
             Row{"localhost", "localhost"},
             Row{"localhost:3000", "localhost", 3000},
             Row{"localhost:", "localhost"},
             Row{"www.abcd-ef.g02.xyz", "www.abcd-ef.g02.xyz"},
             Row{"abcd-ef.g02.xyz.:88", "abcd-ef.g02.xyz.", 88},
             Row{"AbC-d93.0.34ZhGt-s.nk.Ru:88", "AbC-d93.0.34ZhGt-s.nk.Ru", 88},
             Row{"under_score.example", "under_score.example"},
             Row{"a:0", "a", 0},
             Row{"a:65535", "a", 65535},
             Row{"a:00080", "a", 80},
             Row{"123.40.56.78", "123.40.56.78"},
             Row{"123.49.0.78:987", "123.49.0.78", 987},
             Row{"[::]", "[::]"},
             Row{"[::1]:80", "[::1]", 80},
             Row{"[1:2:3:4:5:6:7:8]", "[1:2:3:4:5:6:7:8]"},
             Row{"[1:2:3:4:5:6:7::]", "[1:2:3:4:5:6:7::]"},
             Row{"[::2:3:4:5:6:7:8]", "[::2:3:4:5:6:7:8]"},
             Row{"[abcd::EF98:0:7654:321]:5", "[abcd::EF98:0:7654:321]", 5},
             Row{"[::ffff:12.30.67.89]", "[::ffff:12.30.67.89]"},
             Row{"[1:2:3:4:5:6:123.45.67.89]:4321", "[1:2:3:4:5:6:123.45.67.89]", 4321},
             Row{"[v1f.a:b!$&'()*+,;=-._~]", "[v1f.a:b!$&'()*+,;=-._~]"},
         }) {
        CAPTURE(row.text);
        const auto authority = parse_authority(row.text);
        REQUIRE(authority);
        CHECK(authority->host == row.host);
        CHECK(authority->port.has_value() == (row.port >= 0));
        if (authority->port) CHECK(*authority->port == row.port);
    }
}

TEST_CASE("what is no host is refused") {
    for (const std::string_view text : {"",
                                        ":",
                                        ":80",
                                        ".",
                                        "..",
                                        ".a",
                                        "a..b",
                                        "com.exa-m.45..:",
                                        "..examp-LE.com",
                                        "a b",
                                        " a",
                                        "a ",
                                        "a,b",
                                        "u@a",
                                        "u:p@a",
                                        "a/",
                                        "a/b",
                                        "example.com/\\:552",
                                        "\\e/xample.com",
                                        "a?b",
                                        "a#b",
                                        "a%41",
                                        "a\"b",
                                        "a<b",
                                        "a\x01",
                                        "a\x7f",
                                        "a\x80",
                                        "a:b",
                                        "a:8a",
                                        "a:+80",
                                        "a:-1",
                                        "a: 80",
                                        "a:65536",
                                        "a:999999",
                                        "a:18446744073709551696",
                                        "a:80:80",
                                        "123.40.56.78:9000:80",
                                        "::1",
                                        "1::2",
                                        "[",
                                        "]",
                                        "[]",
                                        "[]:80",
                                        "[::1",
                                        "::1]",
                                        "[::1]80",
                                        "[::1]a",
                                        "[::1]..:98",
                                        "[::1]]",
                                        "[[::1]]",
                                        "[:]",
                                        "[:::]",
                                        "[1:2:3:4:5:6:7]",
                                        "[1:2:3:4:5:6:7:8:9]",
                                        "[1:2:3:4:5:6:7:8::]",
                                        "[::1:2:3:4:5:6:7:8]",
                                        "[1::2::3]",
                                        "[1:2:3:4:5:6:7:]",
                                        "[:1:2:3:4:5:6:7]",
                                        "[12345::]",
                                        "[g::]",
                                        "[::1%eth0]",
                                        "[ab..cd::ef98:0:7654:321]",
                                        "[abcd::e\\f98:0/:7654:321]",
                                        "[::1.2.3]",
                                        "[::1.2.3.4.5]",
                                        "[::1.2.3.256]",
                                        "[::1.2.3.04]",
                                        "[::1.2.3.4:5]",
                                        "[1.2.3.4::]",
                                        "[1.2.3.4]",
                                        "[1:2:3:4:5:6:7:1.2.3.4]",
                                        "[v.a]",
                                        "[v1]",
                                        "[v1.]",
                                        "[vg.a]",
                                        "[v1.a/b]"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_authority(text));
    }
}

}  // namespace parley::http
