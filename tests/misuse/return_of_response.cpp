// SPDX-License-Identifier: MIT
// expect: parley: an HTTP handler returns nothing: it answers by its Response, as in
#include <parley/web.hpp>

void misuse(parley::Application& app) {
    app.get("/", [](parley::Response response) { return response.status(404); });
}
