// SPDX-License-Identifier: MIT
#include "parley/web/response.hpp"

#include "parley/web/content_type.hpp"
#include "parley/web/exchange.hpp"
#include "parley/web/file_response.hpp"

namespace parley {

const Response& Response::type(TextView type) const {
    if (is_elsewhere()) return post([type = std::string(type)](const Response& response) { response.type(type); });
    if (!is_open("Response::type()")) return *this;
    const bool is_whole = type.find('/') != std::string_view::npos;
    return set("Content-Type", is_whole ? std::string_view(type) : web::content_type_for_extension(type));
}

void Response::send_file(TextView path) const {
    send_file(path, {});
}

void Response::send_file(TextView path, const SendFileOptions& options) const {
    if (is_elsewhere()) {
        post([path = std::string(path), options](const Response& response) { response.send_file(path, options); });
        return;
    }
    if (is_open("Response::send_file()")) web::answer_with_file(exchange_->request(), *this, path, options);
}

}  // namespace parley
