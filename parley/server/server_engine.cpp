// SPDX-License-Identifier: MIT
#include "parley/server/server_engine.hpp"

#include <utility>

#include "parley/base/no_function.hpp"
#include "parley/net/call_frame.hpp"
#include "parley/net/loop_gate.hpp"
#include "parley/server/server_core.hpp"

namespace parley {

using engine::Engine;
using engine::HeadersMoment;
using server::detail::ServerCore;

namespace {

// Gives `function` to the engine on every loop; `member` is the program's word for that.
template <typename R, typename... Args, typename Add>
void add(ServerCore& core, const char* member, Function<R(Args...)> function, Add add_to) {
    if (!function) throw no_function(member);
    static_cast<void>(core.group().may_call(member));
    net::give_to_every_loop(core.group().gates, std::move(function),
                            [group = &core.group(), add_to](std::size_t i, Function<R(Args...)> given) {
                                add_to(group->cores[i]->engine(), std::move(given));
                            });
}

}  // namespace

void ServerEngine::add_middleware(web::Handler middleware) const {
    add(core_, "ServerEngine::use()", std::move(middleware),
        [](Engine& engine, web::Handler added) { engine.use(std::move(added)); });
}

void ServerEngine::on_initial_headers(Function<void(ResponseHeaders&, Request&)> handler) const {
    add(core_, "ServerEngine::on_initial_headers()", std::move(handler),
        [](Engine& engine, auto added) { engine.on_headers(HeadersMoment::initial, std::move(added)); });
}

void ServerEngine::on_headers(Function<void(ResponseHeaders&, Request&)> handler) const {
    add(core_, "ServerEngine::on_headers()", std::move(handler),
        [](Engine& engine, auto added) { engine.on_headers(HeadersMoment::every, std::move(added)); });
}

}  // namespace parley
