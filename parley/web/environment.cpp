// SPDX-License-Identifier: MIT
#include "parley/web/environment.hpp"

#include <cstdlib>
#include <string>

#include "parley/base/error.hpp"
#include "parley/base/text.hpp"
#include "parley/web/setup_failure.hpp"

namespace parley {

int port_from_environment(int fallback) {
    const char* text = std::getenv("PORT");
    if (text == nullptr || *text == '\0') return fallback;
    const auto port = parse_decimal(text);
    if (!port || *port > 65535) {
        web::tell_uncaught_setup_errors();
        throw SetupError({ErrorCode::invalid_argument, "The environment variable PORT is \"" + std::string(text) +
                                                           "\". Set it to a number from 0 to 65535, or unset it."});
    }
    return static_cast<int>(*port);
}

}  // namespace parley
