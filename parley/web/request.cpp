// SPDX-License-Identifier: MIT
#include "parley/web/request.hpp"

#include "parley/http/cookie.hpp"
#include "parley/web/exchange.hpp"

namespace parley {

std::string_view Request::method() const {
    return exchange_.head().method();
}

std::string_view Request::url() const {
    return exchange_.head().target();
}

std::string_view Request::path() const {
    return exchange_.head().path();
}

std::string_view Request::query_string() const {
    return exchange_.head().query();
}

std::string_view Request::query(TextView name) const {
    return exchange_.query().find(name).value_or(std::string_view());
}

bool Request::has_query(TextView name) const {
    return exchange_.query().find(name).has_value();
}

std::span<const http::QueryParameter> Request::query() const {
    return exchange_.query().items();
}

std::string_view Request::form(TextView name) const {
    return exchange_.form().find(name).value_or(std::string_view());
}

bool Request::has_form(TextView name) const {
    return exchange_.form().find(name).has_value();
}

std::span<const http::QueryParameter> Request::form() const {
    return exchange_.form().items();
}

std::string Request::cookie(TextView name) const {
    const std::string_view sent = http::find_cookie(header("Cookie"), name).value_or(std::string_view());
    return http::percent_decode(sent).value_or(std::string(sent));
}

std::string_view Request::parameter(TextView name) const {
    return exchange_.parameter(name);
}

std::string_view Request::header(TextView name) const {
    return exchange_.head().find(name).value_or(std::string_view());
}

bool Request::has_header(TextView name) const {
    return exchange_.head().find(name).has_value();
}

const http::RequestHead& Request::head() const {
    return exchange_.head();
}

std::string_view Request::body() const {
    return exchange_.body();
}

std::string Request::remote_address() const {
    return exchange_.peer().address();
}

std::uint16_t Request::remote_port() const {
    return exchange_.peer().port();
}

const net::Endpoint& Request::peer() const {
    return exchange_.peer();
}

void Request::set_attribute(TextView name, TextView value) {
    exchange_.set_attribute(name, value);
}

std::string_view Request::attribute(TextView name) const {
    return exchange_.attribute(name);
}

}  // namespace parley
