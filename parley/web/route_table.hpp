// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parley/base/error.hpp"
#include "parley/web/error_reporter.hpp"
#include "parley/web/exchange.hpp"
#include "parley/web/handler.hpp"
#include "parley/web/path_pattern.hpp"
#include "parley/web/route_body.hpp"

namespace parley::web {

/// The routes and middlewares of an application, or of a mount, in the order of their registration, and the way of a
/// request through them.
class RouteTable {
 public:
    /// A route: a handler for one method and the paths of a pattern.
    Result<void> add_route(const Route& route, Handler handler);
    /// A middleware: for a path and all that is beneath it.
    Result<void> add_middleware(std::string_view prefix, Handler handler);
    /// What answers for handlers that failed, for a path and all that is beneath it.
    Result<void> add_error_handler(std::string_view prefix, ErrorHandler handler);
    /// What answers when nothing else does, instead of 404; its `next` is that 404.
    void set_fallback(Handler handler) { fallback_ = std::move(handler); }

    /// Nobody is called any more: what comes still is answered 503, and failures with the plain 500.
    void retire() noexcept { is_retired_ = true; }

    /// Whether any handler of the program's may see a request with this head.
    [[nodiscard]] bool may_route(const http::RequestHead& head) const;

    /// How the route that a request with this head will come to takes its body; null if it has not said so. Routes of
    /// any method that have not are passed over, as middlewares are.
    [[nodiscard]] const BodyRule* find_body_rule(const http::RequestHead& head) const;

    /// How many segments the pattern of a layer has.
    [[nodiscard]] std::size_t segments(std::size_t position) const { return layers_[position].pattern.size(); }

    /// Gives the request to the first layer at `position` or behind it that is for it. One whose path cannot be
    /// decoded, or whose body is too long, goes through the middlewares, which set headers, and is refused behind them.
    void route(Exchange& exchange, std::size_t position = 0);
    /// The same for the handlers of a mount, of which the failures are answered by the application's error handlers.
    /// When `table` goes meanwhile, a request that goes on is answered 503.
    static void route_through(const std::shared_ptr<RouteTable>& table, Exchange& exchange);

    /// Answers for a failure that was reported: by an error handler, or with the plain text of its status.
    void answer_failure(Exchange& exchange, const HandlerFailure& failure, ErrorReporter& errors);
    /// Inside the catch block: reports what is being caught, unless it is the client's fault, and answers for it.
    void fail_current(Exchange& exchange, ErrorReporter& errors);
    /// Answers what no handler has taken with `status`: by an error handler, or with the plain phrase.
    void refuse(Exchange& exchange, int status, ErrorReporter& errors);

 private:
    struct ErrorLayer {
        PathPattern pattern;
        ErrorHandler handler;
    };
    struct Layer {
        PathPattern pattern;
        std::string method;
        bool is_middleware = false;
        Handler handler;
        std::optional<BodyRule> body = {};
    };

    static bool takes_method(const Layer& layer, std::string_view method);
    static bool matches(const Layer& layer, const RequestPath* path, PathParameters& parameters);
    void call(Handler& handler, Exchange& exchange, std::size_t position);
    [[nodiscard]] ErrorLayer* find_error_layer(Exchange& exchange);
    static void call_error_handler(ErrorLayer& layer, Exchange& exchange, const HandlerFailure& failure,
                                   ErrorReporter& errors);
    void answer_unrouted(Exchange& exchange);
    [[nodiscard]] std::vector<std::string_view> methods_for(Exchange& exchange) const;

    std::deque<Layer> layers_;  // a handler may register another while it runs: nothing moves
    std::deque<ErrorLayer> error_layers_;
    Handler fallback_;
    bool is_retired_ = false;
    bool has_body_rules_ = false;
};

}  // namespace parley::web
