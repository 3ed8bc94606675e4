// SPDX-License-Identifier: MIT
#include "parley/web/route_methods.hpp"

#include <utility>

#include "parley/web/application_state.hpp"
#include "parley/web/exchange.hpp"
#include "parley/web/http_connection.hpp"
#include "parley/web/request_path.hpp"
#include "parley/web/static_files.hpp"

namespace parley::web {

namespace {

// How much of the path the prefix is, of the application's and of routers.
std::size_t prefix_segments(Request& request) {
    const Exchange& exchange = Exchange::of(request);
    return exchange.connection()->application().routes.segments(exchange.position);
}

}  // namespace

Handler make_static_handler(TextView directory, const StaticOptions& options) {
    Result<StaticFiles> files = StaticFiles::open(std::string(directory), options);
    if (!files) throw SetupError(std::move(files.error()));
    return [files = std::move(*files)](Request& request, Response& response, Next& next) {
        const std::string_view path = path_behind(request.path(), prefix_segments(request));
        if (!files.handle(request, response, path)) next();
    };
}

}  // namespace parley::web
