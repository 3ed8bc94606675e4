// SPDX-License-Identifier: MIT
// Sends one HTTP request for each line of its input, `{"url": ..., "method": ..., "body": ...}`, one after the other
// with one client, and writes what came of it as a line: `{"status": ..., "body": ...}` or `{"error": ...}`.
#include <iostream>
#include <string>
#include <utility>

#include "parley/client/http_client.hpp"
#include "parley/net/loop.hpp"

namespace {

struct Line {
    std::string url;
    std::string method;
    std::string body;
};
PARLEY_JSON_FIELDS(Line, url, method, body)

std::string written(const parley::Result<parley::HttpResponse>& result) {
    parley::Json line = parley::Json::object();
    if (!result) {
        line.set("error", result.error().message);
        return to_json(line);
    }
    line.set("status", result->status);
    line.set("body", result->body);
    line.set("url", result->url);
    parley::Json headers = parley::Json::object();
    for (const parley::HttpHeader& header : result->headers)
        headers.set(header.name, header.value);
    line.set("headers", headers);
    return to_json(line);
}

}  // namespace

int main() {
    const auto loop = parley::net::make_loop();
    parley::HttpClient client(*loop);
    for (std::string text; std::getline(std::cin, text);) {
        const parley::Result<Line> line = parley::parse_json<Line>(text);
        if (!line) return 2;
        parley::HttpRequest request{.url = line->url, .method = line->method};
        if (!line->body.empty()) request.body = line->body;
        const parley::HttpCall call = client.send(std::move(request), [&](parley::Result<parley::HttpResponse> result) {
            std::cout << written(result) << std::endl;
            loop->stop();
        });
        loop->run();
    }
    return 0;
}
