// SPDX-License-Identifier: MIT
// expect: parley: &Class::member has no object here: write a lambda that has one, as in [this](std::string text) {
// say(text); }
#include <parley/web.hpp>

struct Pages {
    void front(parley::Request& request, parley::Response response);
};

void misuse(parley::Application& app) {
    app.get("/", &Pages::front);
}
