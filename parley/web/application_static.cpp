// SPDX-License-Identifier: MIT
#include <utility>

#include "parley/web/application.hpp"
#include "parley/web/path_pattern.hpp"
#include "parley/web/request_path.hpp"
#include "parley/web/static_files.hpp"

namespace parley {

Application& Application::serve_static(TextView directory) {
    return serve_static("/", directory, {});
}

Application& Application::serve_static(TextView directory, const StaticOptions& options) {
    return serve_static("/", directory, options);
}

Application& Application::serve_static(TextView prefix, TextView directory, const StaticOptions& options) {
    Result<web::StaticFiles> files = web::StaticFiles::open(std::string(directory), options);
    if (!files) throw SetupError(std::move(files.error()));
    const Result<web::PathPattern> pattern = web::PathPattern::parse(prefix, web::PathPattern::Extent::prefix);
    const std::size_t segments = pattern ? pattern->size() : 0;
    return use(prefix, [files = std::move(*files), segments](Request& request, Response response, Next next) {
        const std::string_view path = web::path_behind(request.path(), segments);
        if (!files.handle(request, response, path)) next();
    });
}

}  // namespace parley
