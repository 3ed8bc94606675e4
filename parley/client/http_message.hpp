// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/base/bytes.hpp"
#include "parley/base/error.hpp"
#include "parley/base/function.hpp"
#include "parley/base/octets.hpp"
#include "parley/base/time_of.hpp"
#include "parley/http/query.hpp"
#include "parley/json/codec.hpp"

namespace parley {

struct HttpResponse;

/// One header of a request or of a response.
struct HttpHeader {
    std::string name;
    std::string value;
};

/// What a request carries, with its type: `.body = "text"`, `.body = HttpBody::json(value)`, `.body =
/// HttpBody::binary(bytes)`.
class HttpBody {
 public:
    /// None at all.
    HttpBody() = default;

    /// `text/plain; charset=utf-8`.
    template <typename Text>
        requires std::is_convertible_v<const Text&, TextView>
    HttpBody(const Text& text) : HttpBody(TextView(text), "text/plain; charset=utf-8") {}

    /// Octets of any type that the program names, as in `image/png`.
    HttpBody(TextView octets, TextView type) : octets_(octets), type_(type), is_there_(true) {}

    /// Anything that has a JSON form, as `application/json`.
    template <typename T>
    [[nodiscard]] static HttpBody json(const T& value) {
        return {to_json(value), "application/json"};
    }

    /// `application/octet-stream`.
    [[nodiscard]] static HttpBody binary(OctetsView octets) { return {as_chars(octets), "application/octet-stream"}; }

    /// What an HTML form sends, `application/x-www-form-urlencoded`.
    [[nodiscard]] static HttpBody form(const std::vector<http::QueryParameter>& fields);

    [[nodiscard]] const std::string& octets() const noexcept { return octets_; }
    [[nodiscard]] const std::string& type() const noexcept { return type_; }
    /// Whether there is one, if only an empty one.
    [[nodiscard]] explicit operator bool() const noexcept { return is_there_; }

 private:
    std::string octets_;
    std::string type_;
    bool is_there_ = false;
};

/// What is asked of a server.
struct HttpRequest {
    std::string url;             ///< absolute, `http://` or `https://`; a user and password in it become Authorization
    std::string method = "GET";  ///< as it is sent, in capitals
    std::vector<http::QueryParameter> query = {};  ///< added to that of the URL, percent-encoded
    /// Beside those that the client writes: Host, User-Agent and Accept unless they are here, Content-Type of the body.
    std::vector<HttpHeader> headers = {};
    HttpBody body = {};

    /// For all of it, redirects included; instead of the client's. Zero: none.
    std::optional<Milliseconds> timeout = {};

    /// Takes the parts of the body as they come, which may be of any length then and are not kept: `response` has
    /// status and headers. Bodies of redirects do not come here. It may destroy the call and the client.
    Function<void(const HttpResponse& response, std::string_view part)> on_data = {};
};

/// What a server answered, complete. Any status is an answer, no error.
struct HttpResponse {
    int status = 0;
    std::vector<HttpHeader> headers;  ///< as they were sent, in order
    std::string body;                 ///< empty where `HttpRequest::on_data` took it
    std::string url;                  ///< where it came from: that of the request, or of the last redirect
    std::size_t redirects = 0;        ///< that led there

    /// 200 to 299.
    [[nodiscard]] bool is_success() const noexcept { return status >= 200 && status < 300; }

    /// The value of a header, its name in any case; empty without one. Of several with this name the first.
    [[nodiscard]] std::string_view header(TextView name) const;
    [[nodiscard]] bool has_header(TextView name) const;

    /// The body as JSON, or as what `T` says (`response.json<Order>()`), whatever Content-Type there is.
    template <typename T = Json>
    [[nodiscard]] Result<T> json() const {
        return parse_json<T>(body);
    }
};

}  // namespace parley
