// SPDX-License-Identifier: MIT
#include "parley/web/route_table.hpp"

#include <algorithm>
#include <utility>

#include "parley/web/application_state.hpp"
#include "parley/web/http_connection.hpp"

namespace parley {

void Next::operator()() const {
    if (response_.is_elsewhere()) {
        response_.post([next = *this](const Response&) { next(); });
        return;
    }
    if (!response_.is_open()) return;  // moved from, too
    web::Exchange& exchange = web::Exchange::of(response_);
    // Who holds this has had its turn if the request stands elsewhere by now.
    if (exchange.position != position_) return;
    if (!exchange.detour) return exchange.connection()->application().routes.route(exchange, position_ + 1);
    const std::shared_ptr<web::RouteTable> table = exchange.detour->lock();
    if (table != nullptr) return table->route(exchange, position_ + 1);
    exchange.complete_with_status(503);
}

namespace web {

Result<void> RouteTable::add_route(const Route& route, Handler handler) {
    Result<PathPattern> parsed = PathPattern::parse(route.pattern, PathPattern::Extent::whole);
    if (!parsed) return std::unexpected(std::move(parsed.error()));
    layers_.push_back({std::move(*parsed), std::string(route.method), false, std::move(handler), route.body});
    has_body_rules_ = has_body_rules_ || route.body.has_value();
    return {};
}

Result<void> RouteTable::add_middleware(std::string_view prefix, Handler handler) {
    Result<PathPattern> parsed = PathPattern::parse(prefix, PathPattern::Extent::prefix);
    if (!parsed) return std::unexpected(std::move(parsed.error()));
    layers_.push_back({std::move(*parsed), {}, true, std::move(handler)});
    return {};
}

Result<void> RouteTable::add_error_handler(std::string_view prefix, ErrorHandler handler) {
    Result<PathPattern> parsed = PathPattern::parse(prefix, PathPattern::Extent::prefix);
    if (!parsed) return std::unexpected(std::move(parsed.error()));
    error_layers_.push_back({std::move(*parsed), std::move(handler)});
    return {};
}

bool RouteTable::takes_method(const Layer& layer, std::string_view method) {
    if (layer.method.empty() || layer.method == method) return true;
    return method == "HEAD" && layer.method == "GET";
}

// A path that cannot be decoded is beneath the root and nothing else.
bool RouteTable::matches(const Layer& layer, const RequestPath* path, PathParameters& parameters) {
    if (path != nullptr) return layer.pattern.matches(*path, parameters);
    return layer.is_middleware && layer.pattern.is_literal() && layer.pattern.size() == 0;
}

bool RouteTable::may_route(const http::RequestHead& head) const {
    if (fallback_) return true;
    RequestPath path;
    if (!path.parse(head.path())) return false;
    PathParameters unused;
    return std::ranges::any_of(layers_, [&](const Layer& layer) {
        return takes_method(layer, head.method()) && layer.pattern.matches(path, unused);
    });
}

const BodyRule* RouteTable::find_body_rule(const http::RequestHead& head) const {
    if (!has_body_rules_ || is_retired_) return nullptr;
    RequestPath path;
    if (!path.parse(head.path())) return nullptr;
    PathParameters unused;
    const auto found = std::ranges::find_if(layers_, [&](const Layer& layer) {
        const bool decides = !layer.is_middleware && (layer.body || !layer.method.empty());
        return decides && takes_method(layer, head.method()) && layer.pattern.matches(path, unused);
    });
    return found != layers_.end() && found->body ? &*found->body : nullptr;
}

void RouteTable::route_through(const std::shared_ptr<RouteTable>& table, Exchange& exchange) {
    exchange.detour.emplace(table);
    const std::shared_ptr<RouteTable> running = table;
    running->route(exchange);
}

void RouteTable::route(Exchange& exchange, std::size_t position) {
    const RequestPath* const path = exchange.path();
    if (is_retired_) {
        exchange.complete_with_status(503);
        return;
    }
    ApplicationState& application = exchange.connection()->application();
    for (; position < layers_.size(); ++position) {
        Layer& layer = layers_[position];
        if (!takes_method(layer, exchange.head().method()) || !matches(layer, path, exchange.parameters)) continue;
        if (exchange.is_too_large() && !layer.is_middleware)
            return application.routes.refuse(exchange, 413, application.errors);
        return call(layer.handler, exchange, position);
    }
    exchange.parameters.clear();
    if (path == nullptr) return application.routes.refuse(exchange, 400, application.errors);
    if (exchange.is_too_large()) return application.routes.refuse(exchange, 413, application.errors);
    // Where it has called next, the request comes back from beyond.
    if (fallback_ && position == layers_.size()) return call(fallback_, exchange, position);
    answer_unrouted(exchange);
}

void RouteTable::call(Handler& handler, Exchange& exchange, std::size_t position) {
    exchange.position = position;
    Response response = exchange.response();
    Next next(response, position);
    ApplicationState& application = exchange.connection()->application();
    try {
        handler(exchange.request(), response, next);
    } catch (...) {
        application.routes.fail_current(exchange, application.errors);
    }
}

void RouteTable::fail_current(Exchange& exchange, ErrorReporter& errors) {
    ErrorReporter::with_current(exchange.description(), [&](const HandlerFailure& failure) {
        if (failure.status >= 500) errors.report(failure);
        answer_failure(exchange, failure, errors);
    });
}

void RouteTable::answer_failure(Exchange& exchange, const HandlerFailure& failure, ErrorReporter& errors) {
    if (!exchange.is_open()) return;
    if (exchange.is_streaming()) return exchange.cut_stream();  // what was sent cannot be taken back
    const bool is_first = exchange.begin_failure(failure.status);
    if (failure.error != nullptr) exchange.answer.fields.set(failure.error->headers());
    if (ErrorLayer* const layer = is_first ? find_error_layer(exchange) : nullptr)
        return call_error_handler(*layer, exchange, failure, errors);
    // What went wrong inside the program is not for everybody's eyes.
    const bool is_told = failure.error != nullptr && failure.status < 500;
    exchange.complete_with_text(failure.status, is_told ? failure.message : http::reason_phrase(failure.status));
}

void RouteTable::refuse(Exchange& exchange, int status, ErrorReporter& errors) {
    ErrorLayer* const layer = exchange.begin_refusal(status) ? find_error_layer(exchange) : nullptr;
    if (layer == nullptr) {
        exchange.complete_with_status(status);
        return;
    }
    const std::string where = exchange.description();
    const HandlerFailure failure{
        .where = where, .message = http::reason_phrase(status), .exception = nullptr, .status = status};
    call_error_handler(*layer, exchange, failure, errors);
}

RouteTable::ErrorLayer* RouteTable::find_error_layer(Exchange& exchange) {
    if (is_retired_) return nullptr;
    const RequestPath* const path = exchange.path();
    PathParameters unused;
    const auto layer = std::ranges::find_if(error_layers_, [&](const ErrorLayer& candidate) {
        // A path that cannot be decoded is beneath the root and nothing else.
        return path != nullptr ? candidate.pattern.matches(*path, unused) : candidate.pattern.size() == 0;
    });
    return layer == error_layers_.end() ? nullptr : &*layer;
}

void RouteTable::call_error_handler(ErrorLayer& layer, Exchange& exchange, const HandlerFailure& failure,
                                    ErrorReporter& errors) {
    // If it neither answers nor keeps the response, the last handle finds that out.
    Response response = exchange.response();
    const bool has_returned =
        errors.contain("an error handler", [&] { layer.handler(failure, exchange.request(), response); });
    if (has_returned) return;
    exchange.begin_failure(500);
    exchange.complete_with_status(500);
}

void RouteTable::answer_unrouted(Exchange& exchange) {
    const std::vector<std::string_view> methods = methods_for(exchange);
    if (exchange.head().method() != "OPTIONS" || methods.empty())
        return refuse(exchange, 404, exchange.connection()->application().errors);
    std::string allow;
    for (const std::string_view method : methods) {
        if (!allow.empty()) allow += ", ";
        allow += method;
    }
    exchange.answer.fields.set("Allow", allow);
    exchange.answer.fields.set("Content-Type", "text/plain; charset=utf-8");
    exchange.complete({.text = allow, .shared = {}, .source = nullptr});
}

std::vector<std::string_view> RouteTable::methods_for(Exchange& exchange) const {
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
