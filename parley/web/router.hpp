// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parley/base/octets.hpp"
#include "parley/web/handler.hpp"
#include "parley/web/route_methods.hpp"

namespace parley {

class Application;

/// Routes and middlewares that come under a prefix together, as Express's `Router`:
///
///     parley::Router api;
///     api.get("/users/:id", [](parley::Request& request, parley::Response response) { ... });
///     app.use("/api", api);  // answers /api/users/7
///
/// A list that is made first and then given to one application, or to another router, by `use`, which takes what it
/// has: a second `use` of it, and a registration that comes later, throw SetupError. To have the same routes under
/// several prefixes, write a function that returns a router. What a prefix of patterns found stands beside the route's
/// own parameters, and `request.path()` stays the whole path. An error handler in it answers for all beneath its
/// prefix. Thread-compatible; `use` is of the application's thread.
class Router : public web::RouteMethods<Router> {
 public:
    Router() = default;
    Router(Router&& other) noexcept;
    Router& operator=(Router&& other) noexcept;

 private:
    friend class Application;
    friend class web::RouteMethods<Router>;

    enum class Kind : std::uint8_t { route, middleware, failures };
    struct Entry {
        Kind kind{};
        std::string method{};  // of a route
        std::string pattern{};
        std::optional<web::BodyRule> body{};  // of a route
        web::Handler handler{};
        web::ErrorHandler error_handler{};  // of failures, which have no other
    };

    void add_route(const web::Route& route, web::Handler handler);
    void add_middleware(TextView prefix, web::Handler handler);
    void add_middleware(TextView prefix, web::ErrorHandler handler);
    void add_router(TextView prefix, Router& router);
    /// Its entries with `prefix` in front. Throws SetupError if somebody has them already, or a pattern would be none.
    [[nodiscard]] std::vector<Entry> take(std::string_view prefix);
    void add(Entry entry);
    void check_open(const char* what) const;

    std::vector<Entry> entries_;
    bool is_taken_ = false;
};

}  // namespace parley
