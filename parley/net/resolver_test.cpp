// SPDX-License-Identifier: MIT
// What is asked of the operating system's resolver, which this program stands in for.
#include "parley/net/resolver.hpp"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <doctest/doctest.h>
#include <netdb.h>

#include <mutex>
#include <optional>
#include <semaphore>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/net/backend/test_worlds.hpp"

namespace parley::net::test {
namespace {

/// The names that end in `.script` are answered here, with one address twice and another; no server is asked.
struct ScriptedNames {
    static constexpr std::string_view ending = ".script";

    std::vector<std::string> take_asked() {
        const std::lock_guard lock(mutex);
        while (is_asked.try_acquire()) {
        }
        return std::exchange(asked, {});
    }

    std::mutex mutex;
    std::vector<std::string> asked;
    std::counting_semaphore<> is_asked{0};
    std::counting_semaphore<> may_answer{0};  // one release, one answer
};

ScriptedNames names;

struct Answer {
    Answer(const char* address, Answer* next) {
        place.sin_family = AF_INET;
        inet_pton(AF_INET, address, &place.sin_addr);
        info.ai_family = AF_INET;
        info.ai_addr = reinterpret_cast<sockaddr*>(&place);
        info.ai_addrlen = sizeof(place);
        info.ai_next = next == nullptr ? nullptr : &next->info;
    }
    sockaddr_in place{};
    addrinfo info{};
};

addrinfo* scripted_answer() {
    static Answer last("192.0.2.2", nullptr);
    static Answer second("192.0.2.1", &last);
    static Answer first("192.0.2.1", &second);
    return &first.info;
}

template <typename Call>
Call system_call(Call, const char* name) {
    return reinterpret_cast<Call>(dlsym(RTLD_NEXT, name));
}

}  // namespace
}  // namespace parley::net::test

extern "C" int getaddrinfo(const char* host, const char* service, const addrinfo* hints, addrinfo** result) {
    using namespace parley::net::test;
    const std::string name(host);
    if (!name.ends_with(ScriptedNames::ending))
        return system_call(&getaddrinfo, "getaddrinfo")(host, service, hints, result);
    {
        const std::lock_guard lock(names.mutex);
        names.asked.push_back(name);
    }
    names.is_asked.release();
    names.may_answer.acquire();
    *result = scripted_answer();
    return 0;
}

extern "C" void freeaddrinfo(addrinfo* info) noexcept {
    using namespace parley::net::test;
    if (info != scripted_answer()) system_call(&freeaddrinfo, "freeaddrinfo")(info);
}

namespace parley::net::test {

TEST_CASE("resolver: an address that the system names twice is told once, with the port") {
    EpollWorld world;
    std::optional<Result<std::vector<Endpoint>>> found;
    names.may_answer.release();
    const auto lookup = world.loop.resolve("twice.script", 80, [&](auto result) { found = std::move(result); });
    REQUIRE(run_until(world.loop, [&] { return found.has_value(); }));
    REQUIRE(found->has_value());
    CHECK(found->value() == std::vector{Endpoint::ipv4({192, 0, 2, 1}, 80), Endpoint::ipv4({192, 0, 2, 2}, 80)});
    CHECK(names.take_asked() == std::vector<std::string>{"twice.script"});
}

TEST_CASE("resolver: a look-up that is cancelled is not begun, and one that runs finishes unheard") {
    EpollWorld world;
    bool is_told = false;
    auto running = world.loop.resolve("running.script", 1, [](auto) { FAIL("told"); });
    auto waiting = world.loop.resolve("waiting.script", 1, [](auto) { FAIL("told"); });
    const auto last = world.loop.resolve("last.script", 1, [&](auto) { is_told = true; });
    names.is_asked.acquire();
    running.reset();
    waiting.reset();
    names.may_answer.release(3);
    REQUIRE(run_until(world.loop, [&] { return is_told; }));
    CHECK(names.take_asked() == std::vector<std::string>{"running.script", "last.script"});
    while (names.may_answer.try_acquire()) {
    }
}

}  // namespace parley::net::test
