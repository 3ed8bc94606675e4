// SPDX-License-Identifier: MIT
#include "parley/server/client_bundle.hpp"

#include <span>

#include "parley/web/embedded_file.hpp"

namespace parley::embedded {
extern const std::span<const EmbeddedFile> client_bundle;
}

namespace parley::server {

bool serve_client_bundle(std::string_view file_name, const Request& request, const Response& response) {
    if (!file_name.starts_with("socket.io.")) return false;
    const EmbeddedFile* file = find_embedded(embedded::client_bundle, file_name);
    if (file == nullptr) return false;
    send_embedded(*file, request, response);
    return true;
}

std::string_view client_bundle_version() {
    if (embedded::client_bundle.empty()) return {};
    const std::string_view quoted = embedded::client_bundle.front().etag;
    return quoted.substr(1, quoted.size() - 2);
}

std::string_view client_bundle_license() {
    const EmbeddedFile* license = find_embedded(embedded::client_bundle, "LICENSE");
    return license == nullptr ? std::string_view{} : license->identity;
}

}  // namespace parley::server
