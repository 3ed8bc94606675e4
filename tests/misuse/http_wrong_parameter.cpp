// SPDX-License-Identifier: MIT
// expect: parley: an HTTP handler takes (Request&, Response), (Request&, Response, Next), (Response, Next) or
// (Response)
#include <parley/web.hpp>

void misuse(parley::Application& app) {
    app.get("/", [](std::string path) { static_cast<void>(path); });
}
