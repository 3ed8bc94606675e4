// SPDX-License-Identifier: MIT
#include <parley/web.hpp>

void every_shape(parley::Application& app) {
    app.use([](parley::Request&, parley::Response, parley::Next next) { next(); });
    app.get("/", [](parley::Response response) { response.send("hello"); });
    app.post("/:name",
             [](parley::Request& request, parley::Response response) { response.send(request.parameter("name")); });
    app.use([](parley::Request&, parley::Response, parley::Next& next) { next(); },
            [](parley::Request&, parley::Response, const parley::Next& next) { next(); });
    app.use("/api", [](parley::Request&, auto, auto next) { next(); }, [](parley::Response) {});
    app.use([](const parley::HandlerFailure& failure, parley::Request&, parley::Response response) {
        response.send(failure.message);
    });
    app.get("/typed", [](const parley::Request&, auto response) { response.send("hello"); });
}
