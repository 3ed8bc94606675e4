// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <initializer_list>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace parley::http {

/// The origins that a browser's page may come from: none, one, several, or `"*"` for all.
class Origins {
 public:
    Origins() = default;
    /// A null pointer, as `std::getenv` returns it, is an origin that no browser sends, which is refused at set-up.
    Origins(const char* origin) : list_{origin != nullptr ? origin : ""} {}
    Origins(std::string origin) : list_{std::move(origin)} {}
    Origins(std::initializer_list<std::string> origins) : list_(origins) {}
    Origins(std::vector<std::string> origins) : list_(std::move(origins)) {}
    template <typename T>
        requires std::is_same_v<T, bool>
    Origins(T) {
        static_assert(!std::is_same_v<T, bool>,
                      "parley: an origin is a text, a list of them, \"*\", or Origins::reflected() for whichever asks");
    }
    /// Whichever asks, named in the answer, so that it may send cookies, too: this keeps no page of anybody's away.
    [[nodiscard]] static Origins reflected() {
        Origins origins("*");
        origins.is_reflected_ = true;
        return origins;
    }

    [[nodiscard]] const std::vector<std::string>& list() const noexcept { return list_; }
    [[nodiscard]] bool is_reflected() const noexcept { return is_reflected_; }

 private:
    std::vector<std::string> list_;
    bool is_reflected_ = false;
};

/// Which pages of other origins may read what is answered. Of a Socket.IO server: off while `origin` is empty; browsers
/// then keep foreign pages from polling, but let them open a WebSocket, exactly as with the official server.
struct CorsOptions {
    Origins origin = {};  ///< as in `"https://chat.example"` or `{"https://a.example", "https://b.example"}` or `"*"`
    bool credentials = false;  ///< let cookies come along; not together with `"*"`
    std::vector<std::string> methods = {"GET", "HEAD", "PUT", "PATCH", "POST", "DELETE"};
    std::vector<std::string> allowed_headers = {};  ///< empty: what the browser asks for is granted
    std::vector<std::string> exposed_headers = {};
    std::optional<std::chrono::seconds> max_age = {};
};

}  // namespace parley::http
