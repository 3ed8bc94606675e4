// SPDX-License-Identifier: MIT
// A response, or the right to decide about an upgrade, that was given away and then lost ends in an answer.
#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "parley/web/mount.hpp"
#include "tests/support/web_site.hpp"

namespace parley::web::test {
namespace {

constexpr std::string_view request = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";

// A site that does `act` with the response to /x, and the client that asked.
struct Asked {
    explicit Asked(Function<void(Response, Next)> act) {
        site.app.get("/x", [act = std::move(act)](Request&, Response response, Next next) mutable {
            act(std::move(response), std::move(next));
        });
        peer = &site.connect();
        peer->send(request);
        site.network.run_until_idle();
    }

    [[nodiscard]] int status() {
        site.network.run_until_idle();
        return status_of(peer->received());
    }

    Site site;
    net::SimulatedPeer* peer = nullptr;
};

struct Upgrades final : UpgradeHandler {
    bool matches(std::string_view path) const override { return path == "/ws"; }
    void handle_upgrade(Request&, Upgrade upgrade) override { act(std::move(upgrade)); }
    std::function<void(Upgrade)> act;
};

}  // namespace

TEST_CASE("a response that only its own abort handler keeps is answered for, however many copies that has") {
    const auto token = std::make_shared<int>();
    const std::vector<std::function<void(Response, Next)>> ways{
        [&](Response response, Next) { response.on_abort([response, token] { response.send("no"); }); },
        [&](Response response, Next next) { response.on_abort([response, next, token] { next(); }); },
        [&](Response response, Next) {
            const std::vector<Response> many(3, response);
            response.on_abort([many, token] { many.front().send("no"); });
        },
        [&](Response response, Next) {
            const std::function<void()> one = [response, token] { response.send("no"); };
            response.on_abort(one);
            response.on_abort([one] { one(); });
        },
        [&](Response response, Next) {
            response.on_abort([token] { ++*token; });
            response.on_abort([&, response, token] { static_cast<void>(token); });
            throw std::runtime_error("ouch");
        },
    };
    for (const auto& way : ways) {
        Asked asked([&](Response response, Next next) { way(std::move(response), std::move(next)); });
        CHECK(asked.status() == 500);
        CHECK(asked.site.failures.size() == 1);
    }
    CHECK(token.use_count() == 1);  // none is left behind by an exchange
}

TEST_CASE("a response that somebody else keeps as well is due until that one goes, on whichever thread") {
    for (const bool answers : {false, true}) {
        std::optional<Response> kept;
        Asked asked([&](Response response, Next) {
            response.on_abort([response] { response.send("no"); });
            kept = response;
        });
        CHECK(asked.status() == 0);
        const Response copy = *kept;
        if (answers) {
            copy.send("yes");
            CHECK(asked.status() == 200);
            continue;
        }
        std::thread([last = std::exchange(kept, std::nullopt)] { const std::optional<Response> more = last; }).join();
        CHECK(asked.status() == 0);
        std::thread([&, last = std::make_unique<Response>(copy)]() mutable { last.reset(); }).join();
        CHECK(asked.status() == 0);
    }
}

TEST_CASE("the last copy beside the abort handler's may go on another thread") {
    std::unique_ptr<Response> kept;
    Asked asked([&](Response response, Next) {
        response.on_abort([response] { response.send("no"); });
        kept = std::make_unique<Response>(response);
    });
    CHECK(asked.status() == 0);
    std::thread([last = std::move(kept)] {}).join();
    CHECK(asked.status() == 500);
    CHECK(asked.site.failures.size() == 1);
}

TEST_CASE("an abort handler that owns the response is called when the peer goes, and keeps nothing") {
    int aborted = 0;
    std::optional<Response> kept;
    Asked asked([&](Response response, Next) {
        response.on_abort([&aborted, response] { aborted += response.is_open() ? 0 : 1; });
        kept = response;
    });
    asked.peer->reset();
    asked.site.network.run_for(100ms);
    CHECK(aborted == 1);
    kept.reset();
    CHECK(asked.site.failures.empty());
}

TEST_CASE("a response that goes with its thread is answered for, and one that is kept beyond the stop is harmless") {
    Asked asked([](Response response, Next) { std::thread([response] {}).join(); });
    CHECK(asked.status() == 500);

    std::optional<Response> kept;
    Asked stopped([&](Response response, Next) {
        response.on_abort([response] {});
        kept = response;
    });
    stopped.site.app.stop();
    stopped.site.network.run_until_idle();
    std::thread([last = std::exchange(kept, std::nullopt)] {}).join();
    CHECK(stopped.status() == 500);
}

TEST_CASE("a peer that goes while another thread's last response is on its way home leaves nothing behind") {
    const auto token = std::make_shared<int>();
    std::optional<Response> kept;
    Asked asked([&](const Response& response, const Next&) {
        response.on_abort([token] { ++*token; });
        kept = response;
    });
    std::thread([&] { kept.reset(); }).join();
    asked.peer->reset();
    asked.site.network.run_until_idle();
    CHECK(*token == 1);
    CHECK(token.use_count() == 1);
}

TEST_CASE("an upgrade that is dropped, that a handler leaves by an exception, or that a thread loses is refused") {
    Site site;
    Upgrades upgrades;
    site.app.mount_upgrade(upgrades);
    std::optional<Upgrade> kept;
    const std::vector<std::function<void(Upgrade)>> ways{
        [](Upgrade) {},
        [](Upgrade upgrade) {
            static_cast<void>(upgrade.check());
            throw std::runtime_error("ouch");
        },
        [](Upgrade upgrade) { std::thread([lost = std::move(upgrade)] {}).join(); },
        [&](Upgrade upgrade) {
            kept.emplace(std::move(upgrade));
            site.app.post([&] { kept.reset(); });
        },
    };
    for (const auto& way : ways) {
        upgrades.act = way;
        const std::string answer = site.ask(upgrade_request("/ws"));
        CHECK(status_of(answer) == 500);
    }
    CHECK(site.failures.size() == 4);
    site.app.unmount_upgrade(upgrades);
}

}  // namespace parley::web::test
