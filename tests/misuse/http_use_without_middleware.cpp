// SPDX-License-Identifier: MIT
// expect: parley: use() needs a middleware
#include <parley/web.hpp>

void misuse(parley::Application& app) {
    app.use("/api");
}
