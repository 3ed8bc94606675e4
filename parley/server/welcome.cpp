// SPDX-License-Identifier: MIT
#include "parley/server/welcome.hpp"

#include <string>
#include <utility>

#include "parley/web/request.hpp"
#include "parley/web/response.hpp"

namespace parley::server::detail {

namespace {

std::string escaped(std::string_view text) {
    std::string html;
    for (const char c : text) {
        if (c == '<' || c == '&' || c == '"') {
            html += c == '<' ? "&lt;" : c == '&' ? "&amp;" : "&quot;";
        } else {
            html += c;
        }
    }
    return html;
}

std::string make_page(std::string_view path, bool has_client) {
    const std::string place = escaped(path);
    std::string page =
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"color-scheme\" content=\"light dark\">\n<title>Socket.IO server</title>\n"
        "<h1>A Socket.IO server runs here</h1>\n<p>Its clients connect to <code>" +
        place + "/</code>.";
    if (has_client) {
        page += " A page of this server becomes one by\n<pre>&lt;script src=\"" + place +
                "/socket.io.js\"&gt;&lt;/script&gt;\n&lt;script&gt;const socket = io();&lt;/script&gt;</pre>\n<p>";
    }
    page +=
        " This page stands in for one of the program's own: give the <code>parley::Server</code> an\n"
        "<code>parley::Application</code> with <code>app.serve_static(\"page\")</code> or a route for "
        "<code>/</code>.\n</html>\n";
    return page;
}

}  // namespace

web::Handler welcome_page(std::string_view path, bool has_client) {
    return [page = make_page(path, has_client)](Request& request, Response& response, Next& next) {
        if (request.path() != "/" || (request.method() != "GET" && request.method() != "HEAD")) return next();
        response.type("html").send(page);
    };
}

}  // namespace parley::server::detail
