// SPDX-License-Identifier: MIT
#include "parley/web/cookie_sessions.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "tests/support/web_site.hpp"

namespace parley::web::test {
namespace {

const std::string key(32, 'k');
const std::string new_key(32, 'n');

struct SessionSite : Site {
    explicit SessionSite(CookieSessionOptions options = {.keys = {key}}) : sessions(std::move(options)) {
        app.post("/login", [this](Request& request, Response response) {
            sessions.write(response, Json::object({{"user", request.body()}})).redirect("/");
        });
        app.post("/logout", [this](Response response) { sessions.clear(response).end(); });
        app.get("/", [this](Request& request, Response response) {
            const Result<Json> session = sessions.read(request);
            response.send(session ? to_json(*session) : session.error().message);
        });
    }

    std::string post(std::string_view path, std::string_view body, std::string_view headers = {}) {
        return ask("POST " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n" + std::string(headers) +
                   "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body));
    }
    std::string home(std::string_view cookie) {
        return std::string(body_of(ask("GET / HTTP/1.1\r\nHost: a\r\nCookie: " + std::string(cookie) + "\r\n\r\n")));
    }

    CookieSessions sessions;
};

// The value of the Set-Cookie header.
std::string set_cookie(const std::string& answer) {
    const std::string name = "\r\nSet-Cookie: ";
    const std::size_t at = answer.find(name);
    if (at == std::string::npos) return "";
    return answer.substr(at + name.size(), answer.find("\r\n", at + 2) - at - name.size());
}

std::string pair_of(const std::string& cookie) {
    return cookie.substr(0, cookie.find(';'));
}

TEST_CASE("a session comes back as it was written, with the attributes that keep it safe") {
    SessionSite site;
    const std::string answer = site.post("/login", "ada");
    CHECK(has_line(answer, "Location: /"));
    const std::string cookie = set_cookie(answer);
    CHECK(cookie.starts_with("session="));
    CHECK(cookie.ends_with("; Max-Age=86400; Path=/; HttpOnly; SameSite=Lax"));
    CHECK(site.home(pair_of(cookie)) == R"({"user":"ada"})");
    CHECK(site.home("a=b; " + pair_of(cookie) + "; c=d") == R"({"user":"ada"})");
    CHECK(site.home("a=b") == "there is no session");
    CHECK(body_of(site.get("/")) == "there is no session");
}

TEST_CASE("a session that was changed, or signed for another name or by another key, is none") {
    SessionSite site;
    std::string pair = pair_of(set_cookie(site.post("/login", "ada")));
    pair[10] = pair[10] == 'A' ? 'B' : 'A';
    CHECK(site.home(pair) == "the signature of the signed value is not ours");
    SessionSite other({.keys = {key}, .name = "other"});
    const std::string value = pair_of(set_cookie(other.post("/login", "ada"))).substr(6);
    CHECK(site.home("session=" + value) == "the signature of the signed value is not ours");
    SessionSite replaced({.keys = {new_key}});
    CHECK(replaced.home(pair_of(set_cookie(site.post("/login", "ada")))).find("not ours") != std::string::npos);
    CHECK(site.home("session=" + std::string(10'000, 'x')).find("longer than any") != std::string::npos);
}

TEST_CASE("the first key signs, and each is taken") {
    SessionSite before;
    SessionSite after({.keys = {new_key, key}});
    const std::string old_pair = pair_of(set_cookie(before.post("/login", "ada")));
    CHECK(after.home(old_pair) == R"({"user":"ada"})");
    const std::string new_pair = pair_of(set_cookie(after.post("/login", "ada")));
    CHECK(before.home(new_pair).find("not ours") != std::string::npos);
    CHECK(after.home(new_pair) == R"({"user":"ada"})");
}

TEST_CASE("a session expires, and is forgotten when that is asked for") {
    SessionSite site({.keys = {key}, .max_age = std::chrono::seconds(60)});
    const std::string pair = pair_of(set_cookie(site.post("/login", "ada")));
    site.network.run_for(59s);
    CHECK(site.home(pair) == R"({"user":"ada"})");
    site.network.run_for(1s);
    CHECK(site.home(pair) == "the signed value has expired");
    CHECK(set_cookie(site.post("/logout", "")) ==
          "session=; Max-Age=0; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Lax");
}

TEST_CASE("the cookie is secure when it is told, or when a proxy says that TLS ended there") {
    SessionSite site;
    CHECK(set_cookie(site.post("/login", "a", "X-Forwarded-Proto: https\r\n")).find("; Secure") != std::string::npos);
    CHECK(set_cookie(site.post("/login", "a", "X-Forwarded-Proto: http\r\n")).find("Secure") == std::string::npos);
    SessionSite always({.keys = {key}, .secure = true});
    CHECK(set_cookie(always.post("/login", "a")).find("; Secure") != std::string::npos);
    SessionSite never({.keys = {key}, .secure = false});
    CHECK(set_cookie(never.post("/login", "a", "X-Forwarded-Proto: https\r\n")).find("Secure") == std::string::npos);
    SessionSite foreign({.keys = {key}, .same_site = http::SameSite::none});
    CHECK(set_cookie(foreign.post("/login", "a")).ends_with("; Secure; SameSite=None"));
}

TEST_CASE("a session that fits into a cookie is sent, one that does not is reported") {
    SessionSite site;
    CHECK_FALSE(set_cookie(site.post("/login", std::string(2'900, 'x'))).empty());
    CHECK(site.failures.empty());
    CHECK(set_cookie(site.post("/login", std::string(3'000, 'x'))).empty());
    REQUIRE(site.failures.size() == 1);
    CHECK(site.failures[0].find("does not fit into a cookie") != std::string::npos);
}

TEST_CASE("reading gives a type of the program's, or says why not") {
    SessionSite site;
    site.app.get("/number", [&](Request& request, Response response) {
        const auto number = site.sessions.read<int>(request);
        response.send(number ? std::to_string(*number) : "none");
    });
    site.app.get("/write", [&](Response response) {
        site.sessions.write(response, 7).send("x");
        site.sessions.write(response, 8);  // too late: nothing
        site.sessions.clear(response);
    });
    const auto number = [&](const std::string& pair) {
        return std::string(body_of(site.ask("GET /number HTTP/1.1\r\nHost: a\r\nCookie: " + pair + "\r\n\r\n")));
    };
    const std::string answer = site.get("/write");
    CHECK(count(answer, "Set-Cookie") == 1);
    CHECK(number(pair_of(set_cookie(answer))) == "7");
    CHECK(number(pair_of(set_cookie(site.post("/login", "ada")))) == "none");
    CHECK(site.failures.empty());
}

TEST_CASE("a request whose peer has gone has no session that is valid") {
    SessionSite site;
    std::vector<Response> kept;
    Request* held = nullptr;
    site.app.get("/held", [&](Request& request, Response response) {
        CHECK(site.sessions.read(request));
        held = &request;
        kept.push_back(response);
    });
    net::SimulatedPeer& peer = site.connect();
    peer.send("GET /held HTTP/1.1\r\nHost: a\r\nCookie: " + pair_of(set_cookie(site.post("/login", "ada"))) +
              "\r\n\r\n");
    site.network.run_until_idle();
    REQUIRE(held != nullptr);
    peer.reset();
    site.network.run_until_idle();
    CHECK(site.sessions.read(*held).error().code == ErrorCode::timed_out);
    site.sessions.write(kept.front(), 1);
    site.sessions.clear(kept.front());
}

TEST_CASE("a key may come from the environment, and one that is not set there is refused with a sentence") {
    const std::string sentence =
        "CookieSessions: a key is empty: if it comes from the environment, is the variable set? `openssl rand -hex 32` "
        "makes one.";
    ::unsetenv("PARLEY_TEST_KEY");
    for (const char* const set : {"", static_cast<const char*>(nullptr)}) {
        if (set != nullptr) ::setenv("PARLEY_TEST_KEY", set, 1);
        CHECK_THROWS_WITH_AS(CookieSessions({.keys = {std::getenv("PARLEY_TEST_KEY")}}), sentence.c_str(), SetupError);
        CHECK_THROWS_WITH_AS(CookieSessions({.keys = {key, std::getenv("PARLEY_TEST_KEY")}}), sentence.c_str(),
                             SetupError);
        ::unsetenv("PARLEY_TEST_KEY");
    }
    ::setenv("PARLEY_TEST_KEY", key.c_str(), 1);
    SessionSite site({.keys = {std::getenv("PARLEY_TEST_KEY")}});
    ::unsetenv("PARLEY_TEST_KEY");
    const std::string cookie = pair_of(set_cookie(site.post("/login", "ada")));
    CHECK(SessionSite().home(cookie) == R"({"user":"ada"})");
}

TEST_CASE("options that would keep nothing safe, or that no cookie can have, are refused with a sentence") {
    CHECK_THROWS_AS(CookieSessions({.keys = {}}), SetupError);
    CHECK_THROWS_AS(CookieSessions({.keys = {std::string(31, 'k')}}), SetupError);
    CHECK_THROWS_AS(CookieSessions({.keys = {key, ""}}), SetupError);
    CHECK_THROWS_AS(CookieSessions({.keys = std::vector<std::string>(17, key)}), SetupError);
    CHECK_NOTHROW(CookieSessions({.keys = std::vector<std::string>(16, key)}));
    CHECK_THROWS_AS(CookieSessions({.keys = {key}, .name = "a b"}), SetupError);
    CHECK_THROWS_AS(CookieSessions({.keys = {key}, .max_age = std::chrono::seconds(0)}), SetupError);
    CHECK_THROWS_AS(CookieSessions({.keys = {key}, .max_age = std::chrono::years(11)}), SetupError);
    CHECK_THROWS_AS(CookieSessions({.keys = {key}, .path = "/;"}), SetupError);
    CHECK_THROWS_AS(CookieSessions({.keys = {key}, .same_site = http::SameSite::none, .secure = false}), SetupError);
    try {
        const CookieSessions unused({.keys = {"secret"}});
        FAIL("taken");
    } catch (const SetupError& error) {
        CHECK(std::string(error.what()) ==
              "CookieSessions: a key has at least 32 characters, or it could be guessed; `openssl rand -hex 32` makes "
              "one.");
    }
}

}  // namespace
}  // namespace parley::web::test
