// SPDX-License-Identifier: MIT
#include "parley/web/http_error.hpp"

#include "parley/http/response.hpp"

namespace parley {

HttpError::HttpError(int status) : HttpError(status, {}) {}

HttpError::HttpError(int status, TextView message)
    : status_(status >= 400 && status <= 599 ? status : 500),
      message_(message.empty() ? http::reason_phrase(status_) : std::string_view(message)) {}

HttpError& HttpError::set(TextView name, TextView value) {
    headers_.set(name, value);
    return *this;
}

}  // namespace parley
