// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "tests/simulation/context.hpp"

namespace parley::simulation {

/// Somebody outside the server. Does one thing after the other, each after a while.
class Actor {
 public:
    Actor(Context& context, std::string name) : context_(context), name_(std::move(name)) {}
    Actor(const Actor&) = delete;
    Actor& operator=(const Actor&) = delete;
    virtual ~Actor() = default;

    void begin() { act_later(next_wait()); }

    /// The end is near: whoever is healthy shows it, everybody else goes away.
    virtual void calm_down() = 0;
    /// How many connections it has, or believes to have.
    [[nodiscard]] virtual std::size_t connections() const = 0;
    /// Something of it is under way.
    [[nodiscard]] virtual bool is_busy() const { return false; }
    /// What keeps this actor from being served, once calm; empty when nothing does.
    [[nodiscard]] virtual std::string complaint() const = 0;

 protected:
    virtual void act() = 0;

    [[nodiscard]] const std::string& name() const { return name_; }

    Context& context_;

 private:
    void act_later(Duration wait) {
        if (context_.is_calm || acts_++ >= context_.swarm.acts_max) return;
        context_.network.plan(wait, [this] {
            if (context_.is_calm) return;
            act();
            act_later(next_wait());
        });
    }
    Duration next_wait() {
        Chance& chance = context_.chance;
        return chance.one_in(8) ? context_.swarm.moment(chance) : chance.time(chance.time(context_.swarm.pace));
    }

    std::string name_;
    int acts_ = 0;
};

}  // namespace parley::simulation
