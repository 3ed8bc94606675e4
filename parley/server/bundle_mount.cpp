// SPDX-License-Identifier: MIT
#include "parley/server/bundle_mount.hpp"

#include <utility>
#include <vector>

#include "parley/engine/request.hpp"
#include "parley/http/cors.hpp"
#include "parley/server/client_bundle.hpp"

namespace parley::server::detail {

BundleMount::BundleMount(const std::string& path, const std::optional<http::CorsRule>& cors, web::Mount& engine)
    : prefix_(path + "/"), cors_(cors), engine_(engine) {}

bool BundleMount::matches(std::string_view path) const {
    return path.starts_with(prefix_) && engine_.matches(path) && path.substr(prefix_.size()).starts_with("socket.io.");
}

std::size_t BundleMount::body_bytes_max(const http::RequestHead& head) const {
    return engine_.body_bytes_max(head);
}

bool BundleMount::wants_body(const http::RequestHead& head) const {
    return engine_.wants_body(head);
}

void BundleMount::handle_request(Request& request, Response response) {
    if (cors_) {
        std::vector<http::HeaderField> headers;
        http::append_cors_headers(headers, *cors_, engine::facts_of(request).cross_origin);
        engine::set_headers(response, headers);
    }
    const std::string_view file = request.path().substr(prefix_.size());
    if (!serve_client_bundle(file, request, response)) engine_.handle_request(request, std::move(response));
}

void BundleMount::handle_upgrade(Request& request, web::Upgrade upgrade) {
    engine_.handle_upgrade(request, std::move(upgrade));
}

}  // namespace parley::server::detail
