// SPDX-License-Identifier: MIT
#include "parley/web/request.hpp"

#include "parley/http/cookie.hpp"
#include "parley/http/media_type.hpp"
#include "parley/net/loop_gate.hpp"
#include "parley/web/exchange.hpp"

namespace parley {

web::Exchange& Request::exchange([[maybe_unused]] const char* member) const {
    net::check_thread(exchange_.gate(), member);
    return exchange_;
}

std::string_view Request::method() const {
    return exchange("Request::method()").lasting_head().method();
}

std::string_view Request::url() const {
    return exchange("Request::url()").lasting_head().target();
}

std::string_view Request::path() const {
    return exchange("Request::path()").lasting_head().path();
}

std::string_view Request::query_string() const {
    return exchange("Request::query_string()").lasting_head().query();
}

std::string_view Request::query(TextView name) const {
    return exchange("Request::query()").query().find(name).value_or(std::string_view());
}

bool Request::has_query(TextView name) const {
    return exchange("Request::has_query()").query().find(name).has_value();
}

std::span<const http::QueryParameter> Request::query() const {
    return exchange("Request::query()").query().items();
}

std::string_view Request::form(TextView name) const {
    return exchange("Request::form()").form().fields.find(name).value_or(std::string_view());
}

bool Request::has_form(TextView name) const {
    return exchange("Request::has_form()").form().fields.find(name).has_value();
}

std::span<const http::QueryParameter> Request::form() const {
    return exchange("Request::form()").form().fields.items();
}

const http::FormFile* Request::file(TextView field) const {
    return exchange("Request::file()").form().file(field);
}

std::span<const http::FormFile> Request::files() const {
    return exchange("Request::files()").form().files;
}

std::string Request::cookie(TextView name) const {
    const std::string_view all = exchange("Request::cookie()").head().find("Cookie").value_or(std::string_view());
    return http::cookie_value(all, name);
}

std::string_view Request::parameter(TextView name) const {
    return exchange("Request::parameter()").parameter(name);
}

std::string_view Request::header(TextView name) const {
    return exchange("Request::header()").lasting_head().find(name).value_or(std::string_view());
}

bool Request::has_header(TextView name) const {
    return exchange("Request::has_header()").head().find(name).has_value();
}

http::HeaderList Request::headers() const {
    return http::HeaderList(head());
}

const http::RequestHead& Request::head() const {
    return exchange("Request::head()").lasting_head();
}

std::string_view Request::body() const {
    return exchange("Request::body()").body();
}

Result<void> Request::check_json_type() const {
    const std::string_view sent = exchange("Request::json()").head().find("Content-Type").value_or(std::string_view());
    if (http::is_json_type(sent)) return {};
    std::string message = "the request does not say that its body is JSON: ";
    if (sent.empty()) {
        message += "it has no Content-Type";
    } else {
        message.append("its Content-Type is ").append(sent);
    }
    return std::unexpected(Error{ErrorCode::invalid_input, std::move(message)});
}

void* Request::find_state(const StateType& type) const {
    return exchange("Request::state()").state(type);
}

std::string Request::remote_address() const {
    return exchange("Request::remote_address()").peer().address();
}

std::uint16_t Request::remote_port() const {
    return exchange("Request::remote_port()").peer().port();
}

bool Request::secure() const {
    return exchange("Request::secure()").is_secure();
}

std::string_view Request::host() const {
    web::Exchange& exchange = this->exchange("Request::host()");
    static_cast<void>(exchange.lasting_head());
    return exchange.host();
}

const net::Endpoint& Request::peer() const {
    return exchange("Request::peer()").peer();
}

void Request::set_attribute(TextView name, TextView value) {
    exchange("Request::set_attribute()").set_attribute(name, value);
}

std::string_view Request::attribute(TextView name) const {
    return exchange("Request::attribute()").attribute(name);
}

}  // namespace parley
