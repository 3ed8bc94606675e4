// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "parley/base/error.hpp"
#include "parley/base/octets.hpp"
#include "parley/base/state_type.hpp"
#include "parley/http/header_list.hpp"
#include "parley/http/query.hpp"
#include "parley/json/codec.hpp"

namespace parley {

namespace http {
struct FormFile;
class RequestHead;
}  // namespace http
namespace net {
class Endpoint;
}

namespace web {
class Exchange;
class RouteTable;
}  // namespace web

/// One HTTP request, complete with its body.
///
/// A handler gets it by reference. Whoever answers later keeps a copy of the `Response` and may then use the reference,
/// too: the request lives as long as any copy does. Its views live until it is answered, and in the handler or function
/// that answered it until that returns; afterwards it is empty, and what a handler handed over to be called later may
/// still refer to it. Of the application's thread only.
///
/// Who asked and for which host is what this process sees, or as proxies say that are believed: see
/// `ApplicationOptions::trust_proxy`.
class Request {
 public:
    Request(const Request&) = delete;
    Request& operator=(const Request&) = delete;

    /// The method as it was sent, as in `GET`.
    [[nodiscard]] std::string_view method() const;
    /// The target as it was sent, as in `/search?q=tea`.
    [[nodiscard]] std::string_view url() const;
    /// The path as it was sent, not decoded, as in `/search`.
    [[nodiscard]] std::string_view path() const;
    /// What stands behind the question mark, not decoded, as in `q=tea`; empty without one.
    [[nodiscard]] std::string_view query_string() const;

    /// The decoded value of a query parameter; empty without one. Of several with this name the last counts.
    [[nodiscard]] std::string_view query(TextView name) const;
    [[nodiscard]] bool has_query(TextView name) const;

    /// All query parameters, decoded, in order: `for (const auto& [key, value] : request.query())`.
    [[nodiscard]] std::span<const http::QueryParameter> query() const;

    /// The decoded value of a field of an HTML form, in either of the encodings that browsers send; empty without one.
    /// Of several with this name the last counts. A form of the type `multipart/form-data` that is not well-formed has
    /// no fields; `http::read_form` says why.
    [[nodiscard]] std::string_view form(TextView name) const;
    [[nodiscard]] bool has_form(TextView name) const;
    /// All fields of the form, decoded, in order.
    [[nodiscard]] std::span<const http::QueryParameter> form() const;

    /// The file of a field of such a form, the first of several (http/form.hpp); null without one.
    [[nodiscard]] const http::FormFile* file(TextView field) const;
    /// All files of the form, in order.
    [[nodiscard]] std::span<const http::FormFile> files() const;

    /// The value of a cookie, percent-decoded as `Response::cookie` encodes it; empty without one. Of several with this
    /// name the first, which is the most specific.
    [[nodiscard]] std::string cookie(TextView name) const;

    /// The decoded value of a path parameter: `parameter("id")` for the pattern `/users/:id`; empty without one.
    [[nodiscard]] std::string_view parameter(TextView name) const;

    /// The value of a header, its name in any case; empty without one. Of several with this name the first.
    [[nodiscard]] std::string_view header(TextView name) const;
    [[nodiscard]] bool has_header(TextView name) const;
    /// All headers as they were sent, in order: `for (const auto& [name, value] : request.headers())`.
    [[nodiscard]] http::HeaderList headers() const;
    /// For libraries on top: request line and headers as the parser found them.
    [[nodiscard]] const http::RequestHead& head() const;

    /// The whole body, at most as long as the application's `body_bytes_max`. Of a longer one, which no route sees, a
    /// middleware that asks for it throws the `HttpError` of 413.
    [[nodiscard]] std::string_view body() const;
    /// The body as JSON, or as what `T` says (`request.json<Order>()`). An error if it is none, and if the request does
    /// not say that it is: by a `Content-Type` of `application/json`, or one that ends in `+json` (RFC 6839 §3.1). Only
    /// those does a browser not send to a foreign site without asking; parse `body()` where that does not matter.
    template <typename T = Json>
    [[nodiscard]] Result<T> json() const {
        if (Result<void> type = check_json_type(); !type) return std::unexpected(std::move(type.error()));
        return parse_json<T>(body());
    }

    /// The address of the other side, as in `127.0.0.1`: behind a proxy that is not believed, the proxy's.
    [[nodiscard]] std::string remote_address() const;
    [[nodiscard]] std::uint16_t remote_port() const;
    [[nodiscard]] bool secure() const;                ///< whether it came over TLS
    [[nodiscard]] std::string_view host() const;      ///< host and port that were asked for, as in the header Host
    [[nodiscard]] const net::Endpoint& peer() const;  ///< for libraries on top: both, as a value

    /// A text that one middleware leaves for the handlers behind it (`set_attribute("user", "ada")`).
    void set_attribute(TextView name, TextView value);
    /// What a middleware left under this name; empty without one. Valid until it is set again.
    [[nodiscard]] std::string_view attribute(TextView name) const;

    /// The same as an object of the program's own type: `request.state<User>().name`. There is one of each type, made
    /// by its default constructor when it is first asked for; it lives as long as the request, for which reason it must
    /// not own a copy of that request's `Response`.
    template <typename T>
    [[nodiscard]] T& state() const {
        void* const found = find_state(state_type<T>);
        return found != nullptr ? *static_cast<T*>(found) : nobodys_state<T>();
    }

 private:
    friend class web::Exchange;
    explicit Request(web::Exchange& exchange) : exchange_(exchange) {}

    [[nodiscard]] web::Exchange& exchange(const char* member) const;
    [[nodiscard]] Result<void> check_json_type() const;
    [[nodiscard]] void* find_state(const StateType& type) const;

    web::Exchange& exchange_;
};

}  // namespace parley
