// SPDX-License-Identifier: MIT
// A URL, and a reference on it: what is taken can be written into a request, and is the same when it is read again.
#include "parley/http/url.hpp"

#include <algorithm>
#include <string>

#include "parley/http/authority.hpp"
#include "parley/http/characters.hpp"
#include "tests/fuzz/support/input.hpp"

using namespace parley;
using fuzz::require;

namespace {

void check(const http::Url& url) {
    require(http::detail::is_request_target(url.target()) && url.target().starts_with('/'),
            "a target can be asked for");
    require(url.path.find("/./") == std::string::npos && url.path.find("/../") == std::string::npos &&
                !url.path.ends_with("/..") && !url.path.ends_with("/."),
            "a path has no dot segments");
    const auto authority = http::parse_authority(url.host_header());
    require(authority.has_value() && url.port != 0, "a Host header says a host");
    require(http::parse_authority(url.host_and_port())->port == url.port, "and a port");
    http::Url again = url;
    again.user_information.reset();
    require(http::parse_url(url.to_string(), {.url_bytes_max = 100'000}).value() == again,
            "a URL reads as it is written");
    require(http::parse_url(url.origin()).has_value(), "an origin is a URL");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const fuzz::Copy text(input.until('\n'));
    const fuzz::Copy reference(input.rest());
    const Result<http::Url> url = http::parse_url(text.view());
    require(url || !url.error().message.empty(), "a refusal says why");
    if (!url) return 0;
    check(*url);
    const Result<http::Url> resolved = http::resolve_url(*url, reference.view());
    if (resolved) check(*resolved);
    require(http::resolve_url(*url, url->to_string()).has_value(), "a URL is a reference to itself");
    return 0;
}
