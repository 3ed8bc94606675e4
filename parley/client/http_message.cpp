// SPDX-License-Identifier: MIT
#include "parley/client/http_message.hpp"

#include "parley/base/text.hpp"

namespace parley {
namespace {

const HttpHeader* find_header(const std::vector<HttpHeader>& headers, std::string_view name) {
    for (const HttpHeader& header : headers) {
        if (equals_ignoring_case(header.name, name)) return &header;
    }
    return nullptr;
}

}  // namespace

HttpBody HttpBody::form(const std::vector<http::QueryParameter>& fields) {
    std::string text;
    for (const http::QueryParameter& field : fields) {
        if (!text.empty()) text += '&';
        http::append_percent_encoded(text, field.key);
        text += '=';
        http::append_percent_encoded(text, field.value);
    }
    return {text, "application/x-www-form-urlencoded"};
}

std::string_view HttpResponse::header(TextView name) const {
    const HttpHeader* const found = find_header(headers, name);
    return found == nullptr ? std::string_view() : found->value;
}

bool HttpResponse::has_header(TextView name) const {
    return find_header(headers, name) != nullptr;
}

}  // namespace parley
