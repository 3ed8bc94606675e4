// SPDX-License-Identifier: MIT
#include "parley/web/content_type.hpp"
#include "parley/web/exchange.hpp"
#include "parley/web/file_response.hpp"
#include "parley/web/response.hpp"

namespace parley {

const Response& Response::type(std::string_view type) const {
    const bool is_whole = type.find('/') != std::string_view::npos;
    return set("Content-Type", is_whole ? type : web::content_type_for_extension(type));
}

bool Response::send_file(std::string_view path) const {
    return send_file(path, {});
}

bool Response::send_file(std::string_view path, const SendFileOptions& options) const {
    return is_open() && web::answer_with_file(exchange_->request(), *this, path, options);
}

}  // namespace parley
