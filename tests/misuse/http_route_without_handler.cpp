// SPDX-License-Identifier: MIT
// expect: parley: a route needs a handler
#include <parley/web.hpp>

void misuse(parley::Application& app) {
    app.get("/");
}
