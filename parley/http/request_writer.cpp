// SPDX-License-Identifier: MIT
#include "parley/http/request_writer.hpp"

#include "parley/base/base64.hpp"
#include "parley/base/text.hpp"
#include "parley/http/characters.hpp"

namespace parley::http {

bool is_free_request_header(std::string_view name) noexcept {
    for (const std::string_view own : {"Content-Length", "Transfer-Encoding", "TE", "Trailer", "Connection",
                                       "Keep-Alive", "Proxy-Connection", "Upgrade", "Expect"}) {
        if (equals_ignoring_case(name, own)) return false;
    }
    return detail::is_token(name);
}

bool is_header_value(std::string_view value) noexcept {
    return detail::find_control(value.data(), value.data() + value.size()) == value.data() + value.size();
}

bool is_request_method(std::string_view method) noexcept {
    return detail::is_token(method) && method != "CONNECT";
}

void append_header(std::string& out, std::string_view name, std::string_view value) {
    out.append(name).append(": ").append(trim_ows(value)).append("\r\n");
}

std::string basic_authorization(const UserInformation& who) {
    return "Basic " + base64_encode(who.user + ":" + who.password);
}

}  // namespace parley::http
