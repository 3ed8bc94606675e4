// SPDX-License-Identifier: MIT
#include "parley/server/client_bundle.hpp"

#include <algorithm>
#include <span>

#include "parley/web/embedded_file.hpp"

namespace parley::embedded {
extern const std::span<const EmbeddedFile> client_bundle;
}

namespace parley::server {

namespace {

constexpr std::string_view builds[] = {"socket.io.js", "socket.io.min.js", "socket.io.esm.min.js",
                                       "socket.io.msgpack.min.js"};

/// Whether it names a build of the client, or the source map of one.
bool is_bundle_name(std::string_view file_name) {
    if (file_name.ends_with(".map")) file_name.remove_suffix(4);
    return std::ranges::find(builds, file_name) != std::end(builds);
}

/// A page whose script does not come is a riddle; whoever looks at the script's address reads the solution.
void say_that_there_is_none(const Response& response) {
    response.status(404)
        .type("text/plain; charset=utf-8")
        .send(
            "This server was built without the official browser client. Let the page load the npm package "
            "socket.io-client from elsewhere, or build Parley where Node.js and npm are installed.\n");
}

}  // namespace

bool serve_client_bundle(std::string_view file_name, const Request& request, const Response& response) {
    if (!is_bundle_name(file_name)) return false;
    if (embedded::client_bundle.empty()) {
        say_that_there_is_none(response);
        return true;
    }
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
