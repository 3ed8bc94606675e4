// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/base/error.hpp"
#include "parley/base/octets.hpp"
#include "parley/base/time_of.hpp"
#include "parley/http/cookie.hpp"
#include "parley/json/codec.hpp"
#include "parley/web/request.hpp"
#include "parley/web/response.hpp"

namespace parley {

/// The secrets that sessions are signed with, as texts, as a list, or as the environment has them.
class SessionKeys {
 public:
    SessionKeys() = default;
    /// A null pointer, which `std::getenv` returns for what is not set, is an empty key, which `CookieSessions`
    /// refuses.
    SessionKeys(std::initializer_list<TextView> keys) : list_(keys.begin(), keys.end()) {}
    SessionKeys(std::vector<std::string> keys) : list_(std::move(keys)) {}

    [[nodiscard]] const std::vector<std::string>& list() const noexcept { return list_; }

 private:
    std::vector<std::string> list_;
};

/// How sessions are signed, for how long they are valid, and the attributes of their cookie.
struct CookieSessionOptions {
    /// Secrets of at least 32 characters, as `openssl rand -hex 32` makes one; the first signs, each is taken. To
    /// replace one, put the new one in front and remove the old one when `max_age` has passed. At most 16.
    SessionKeys keys;
    std::string name = "session";
    Seconds max_age = std::chrono::hours(24);  ///< from when it is written
    std::string path = "/";
    std::string domain = {};
    bool http_only = true;                           ///< the page's scripts do not see it
    http::SameSite same_site = http::SameSite::lax;  ///< forms of foreign pages do not carry it
    /// Browsers send it over TLS only. Unless told: when a proxy says that the request came so
    /// (`X-Forwarded-Proto: https`).
    std::optional<bool> secure = {};
};

/// What a site remembers of a browser, kept in a signed cookie by that browser: npm's cookie-session.
///
///     const parley::CookieSessions sessions({.keys = {std::getenv("SESSION_KEY")}});
///     app.post("/login", [&](parley::Request& request, parley::Response response) {
///         sessions.write(response, User{.name = ...}).redirect("/");
///     });
///     app.get("/", [&](parley::Request& request, parley::Response response) {
///         const parley::Result<User> user = sessions.read<User>(request);
///     });
///     io.on_connection([&](parley::Socket socket) { sessions.read<User>(socket.handshake()); });
///
/// The browser can read what is kept, but change nothing (HMAC-SHA-256). The server keeps nothing, so what was written
/// is valid until it expires, also after `clear`: what must be taken back has its place in a database, under an id that
/// is kept here. Immutable: any thread may read. Must outlive the handlers that use it.
class CookieSessions {
 public:
    /// Throws SetupError without a key, for one that is empty or too short, and for attributes that no cookie can have.
    explicit CookieSessions(CookieSessionOptions options);

    /// What was kept, as JSON or as what `T` says. `source` is a `Request` or a `Handshake`; of the latter what was
    /// valid when the connection was opened. An error if there is none (`not_found`), it was not signed here or is no
    /// `T` (`invalid_input`), or it has expired (`timed_out`).
    template <typename T = Json, typename Source>
    [[nodiscard]] Result<T> read(const Source& source) const {
        const Result<std::string> text = read_text(source.header("Cookie"), time_of(source));
        if (!text) return std::unexpected(text.error());
        return parse_json<T>(*text);
    }

    /// Keeps `value` from this answer on. When it does not fit into a cookie (4,096 octets with all attributes), the
    /// cookie is left out, which is reported to `on_error`.
    template <typename T>
    const Response& write(const Response& response, const T& value) const {
        write_text(response, to_json(value));
        return response;
    }
    /// Makes the browser forget what is kept.
    const Response& clear(const Response& response) const;

    /// The text of the session in the value of a `Cookie` header, at a time: for what is neither of the above.
    [[nodiscard]] Result<std::string> read_text(std::string_view cookies, std::chrono::sys_seconds now) const;

 private:
    [[nodiscard]] static std::chrono::sys_seconds time_of(const Request& request);
    template <typename Handshake>
        requires requires(const Handshake& handshake) { handshake.issued; }
    [[nodiscard]] static std::chrono::sys_seconds time_of(const Handshake& handshake) {
        return std::chrono::floor<std::chrono::seconds>(handshake.issued);
    }
    void write_text(const Response& response, std::string_view text) const;
    [[nodiscard]] http::Cookie cookie(const Response& response) const;

    CookieSessionOptions options_;
};

}  // namespace parley
