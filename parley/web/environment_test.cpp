// SPDX-License-Identifier: MIT
#include "parley/web/environment.hpp"

#include <doctest/doctest.h>

#include <cstdlib>

#include "parley/base/error.hpp"

TEST_CASE("the port of the environment counts, and anything that is no port is refused with a sentence") {
    unsetenv("PORT");
    CHECK(parley::port_from_environment(3000) == 3000);
    setenv("PORT", "", 1);
    CHECK(parley::port_from_environment(3000) == 3000);
    for (const auto& [text, port] : {std::pair{"0", 0}, {"8080", 8080}, {"65535", 65535}}) {
        setenv("PORT", text, 1);
        CHECK(parley::port_from_environment(3000) == port);
    }
    for (const char* text : {"65536", "-1", "80a", " 80", "0x50", "99999999999999999999"}) {
        setenv("PORT", text, 1);
        CHECK_THROWS_AS(parley::port_from_environment(3000), parley::SetupError);
    }
    unsetenv("PORT");
}
