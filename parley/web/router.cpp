// SPDX-License-Identifier: MIT
#include "parley/web/router.hpp"

#include <algorithm>
#include <utility>

#include "parley/web/application_state.hpp"
#include "parley/web/http_connection.hpp"

namespace parley {

void Next::operator()() const {
    web::Exchange::check_thread(response_, "Next()");
    if (!response_.is_open()) return;  // moved from, too
    web::Exchange& exchange = web::Exchange::of(response_);
    // Who holds this has had its turn if the request stands elsewhere by now.
    if (exchange.position != position_) return;
    exchange.connection()->application().router.route(exchange, position_ + 1);
}

namespace web {

Result<void> Router::add_route(std::string_view method, std::string_view pattern, Handler handler) {
    Result<PathPattern> parsed = PathPattern::parse(pattern, PathPattern::Extent::whole);
    if (!parsed) return std::unexpected(std::move(parsed.error()));
    layers_.push_back({std::move(*parsed), std::string(method), false, std::move(handler)});
    return {};
}

Result<void> Router::add_middleware(std::string_view prefix, Handler handler) {
    Result<PathPattern> parsed = PathPattern::parse(prefix, PathPattern::Extent::prefix);
    if (!parsed) return std::unexpected(std::move(parsed.error()));
    layers_.push_back({std::move(*parsed), {}, true, std::move(handler)});
    return {};
}

Result<void> Router::add_error_handler(std::string_view prefix, ErrorHandler handler) {
    Result<PathPattern> parsed = PathPattern::parse(prefix, PathPattern::Extent::prefix);
    if (!parsed) return std::unexpected(std::move(parsed.error()));
    error_layers_.push_back({std::move(*parsed), std::move(handler)});
    return {};
}

bool Router::takes_method(const Layer& layer, std::string_view method) {
    if (layer.method.empty() || layer.method == method) return true;
    return method == "HEAD" && layer.method == "GET";
}

bool Router::may_route(const http::RequestHead& head) const {
    if (fallback_) return true;
    RequestPath path;
    if (!path.parse(head.path())) return false;
    PathParameters unused;
    return std::ranges::any_of(layers_, [&](const Layer& layer) {
        return takes_method(layer, head.method()) && layer.pattern.matches(path, unused);
    });
}

void Router::route(Exchange& exchange, std::size_t position) {
    const RequestPath* const path = exchange.path();
    if (path == nullptr || is_retired_) {
        exchange.complete_with_status(path == nullptr ? 400 : 503);
        return;
    }
    for (; position < layers_.size(); ++position) {
        Layer& layer = layers_[position];
        if (takes_method(layer, exchange.head().method()) && layer.pattern.matches(*path, exchange.parameters))
            return call(layer.handler, exchange, position);
    }
    exchange.parameters.clear();
    if (fallback_) return call(fallback_, exchange, position);
    answer_unrouted(exchange);
}

void Router::call(Handler& handler, Exchange& exchange, std::size_t position) {
    exchange.position = position;
    Response response = exchange.response();
    Next next(response, position);
    ApplicationState& application = exchange.connection()->application();
    try {
        handler(exchange.request(), response, next);
    } catch (...) {
        fail_current(exchange, application.errors);
    }
}

void Router::fail_current(Exchange& exchange, ErrorReporter& errors) {
    ErrorReporter::with_current(exchange.description(), [&](const HandlerFailure& failure) {
        errors.report(failure);
        answer_failure(exchange, failure, errors);
    });
}

void Router::answer_failure(Exchange& exchange, const HandlerFailure& failure, ErrorReporter& errors) {
    if (!exchange.is_open()) return;
    const bool is_first = exchange.begin_failure();
    const RequestPath* const path = exchange.path();
    PathParameters unused;
    const auto layer = std::ranges::find_if(error_layers_, [&](const ErrorLayer& candidate) {
        return is_first && !is_retired_ && path != nullptr && candidate.pattern.matches(*path, unused);
    });
    if (layer == error_layers_.end()) {
        exchange.complete_with_status(500);
        return;
    }
    // If it neither answers nor keeps the response, the last handle finds that out.
    Response response = exchange.response();
    const bool has_returned =
        errors.contain("an error handler", [&] { layer->handler(failure, exchange.request(), response); });
    if (has_returned) return;
    exchange.begin_failure();
    exchange.complete_with_status(500);
}

void Router::answer_unrouted(Exchange& exchange) {
    const std::vector<std::string_view> methods = methods_for(exchange);
    if (exchange.head().method() != "OPTIONS" || methods.empty()) {
        exchange.complete_with_status(404);
        return;
    }
    std::string allow;
    for (const std::string_view method : methods) {
        if (!allow.empty()) allow += ", ";
        allow += method;
    }
    exchange.answer.fields.set("Allow", allow);
    exchange.answer.fields.set("Content-Type", "text/plain; charset=utf-8");
    exchange.complete({.text = allow, .shared = {}, .source = nullptr});
}

std::vector<std::string_view> Router::methods_for(Exchange& exchange) const {
    std::vector<std::string_view> methods;
    const auto add = [&](std::string_view method) {
        if (std::ranges::find(methods, method) == methods.end()) methods.push_back(method);
    };
    PathParameters unused;
    const bool is_for_server = exchange.head().path() == "*";  // OPTIONS * asks for all that there is
    for (const Layer& layer : layers_) {
        if (layer.is_middleware || layer.method.empty()) continue;
        if (!is_for_server && !layer.pattern.matches(*exchange.path(), unused)) continue;
        add(layer.method);
        if (layer.method == "GET") add("HEAD");
    }
    return methods;
}

}  // namespace web
}  // namespace parley
