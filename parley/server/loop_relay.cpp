// SPDX-License-Identifier: MIT
#include "parley/server/loop_relay.hpp"

#include <utility>
#include <vector>

#include "parley/net/abroad.hpp"
#include "parley/server/namespace_core.hpp"
#include "parley/server/server_core.hpp"

namespace parley::server::detail {

namespace {

using socketio::Broadcast;
using socketio::Collector;
using socketio::Selection;
using socketio::SocketInfo;

// The asker's collector while others know of it.
template <typename Answer>
using CollectorAbroad = net::Abroad<std::shared_ptr<Collector<Answer>>>;

// What a node says, on its way to the asker. A node that goes away without a word is lost.
template <typename Answer>
class SinkAbroad final : public socketio::AnswerSink<Answer> {
 public:
    explicit SinkAbroad(std::shared_ptr<const CollectorAbroad<Answer>> asker) : asker_(std::move(asker)) {}
    SinkAbroad(const SinkAbroad&) = delete;
    SinkAbroad& operator=(const SinkAbroad&) = delete;
    ~SinkAbroad() override {
        if (has_spoken_) return;
        try {
            tell([](Collector<Answer>& answers) {
                answers.miss_node({ErrorCode::disconnected, "a part of the server has gone"});
            });
        } catch (const std::bad_alloc&) {  // the asker gives up in its time
        }
    }

    void expect(std::size_t count) override {
        has_spoken_ = true;
        tell([count](Collector<Answer>& answers) { answers.expect(count); });
    }
    void answer(Answer answer) override {
        tell([answer = std::move(answer)](Collector<Answer>& answers) mutable { answers.answer(std::move(answer)); });
    }
    void miss(const Error& error) override {
        tell([error](Collector<Answer>& answers) { answers.miss(error); });
    }

 private:
    template <typename Act>
    void tell(Act act) {
        asker_->home().post([asker = asker_, act = std::move(act)]() mutable { act(*asker->value()); });
    }

    const std::shared_ptr<const CollectorAbroad<Answer>> asker_;
    bool has_spoken_ = false;
};

}  // namespace

LoopRelay::LoopRelay(ServerGroup& group, std::size_t index, std::string_view namespace_name)
    : group_(group), index_(index), name_(std::make_shared<const std::string>(namespace_name)) {}

template <typename Act>
void LoopRelay::at_others(const Act& act) {
    for (std::size_t i = 0; i < group_.cores.size(); ++i) {
        if (i == index_) continue;
        group_.gates[i]->post([core = group_.cores[i], name = name_, act] {
            if (NamespaceCore* const nsp = core->find_namespace(*name)) act(nsp->node());
        });
    }
}

template <typename Answer, typename Ask>
void LoopRelay::ask_others(std::shared_ptr<Collector<Answer>> answers, const Ask& ask) {
    const auto asker = CollectorAbroad<Answer>::make(group_.gates[index_], std::move(answers));
    for (std::size_t i = 0; i < group_.cores.size(); ++i) {
        if (i == index_) continue;
        group_.gates[i]->post(
            [core = group_.cores[i], name = name_, ask, sink = std::make_shared<SinkAbroad<Answer>>(asker)] {
                NamespaceCore* const nsp = core->find_namespace(*name);
                nsp != nullptr ? ask(nsp->node(), sink) : sink->expect(0);
            });
    }
}

void LoopRelay::publish(const Broadcast& broadcast, std::shared_ptr<socketio::AckCollector> acks) {
    const auto event = std::make_shared<const Broadcast>(broadcast);
    if (acks == nullptr) return at_others([event](socketio::Node& node) { node.deliver(*event, nullptr); });
    ask_others<Json>(std::move(acks), [event](socketio::Node& node, const std::shared_ptr<socketio::AckSink>& sink) {
        node.deliver(*event, sink);
    });
}

void LoopRelay::list(const Selection& selection, std::shared_ptr<socketio::SocketCollector> sockets) {
    ask_others<SocketInfo>(
        std::move(sockets),
        [selection](socketio::Node& node, const std::shared_ptr<socketio::AnswerSink<SocketInfo>>& sink) {
            std::vector<SocketInfo> infos = node.list(selection);
            sink->expect(infos.size());
            for (SocketInfo& info : infos)
                sink->answer(std::move(info));
        });
}

void LoopRelay::change_rooms(const Selection& selection, std::span<const std::string> rooms,
                             socketio::RoomChange change) {
    at_others([selection, names = std::vector(rooms.begin(), rooms.end()), change](socketio::Node& node) {
        node.change_rooms(selection, names, change);
    });
}

void LoopRelay::disconnect(const Selection& selection, socketio::DisconnectScope scope) {
    at_others([selection, scope](socketio::Node& node) { node.disconnect(selection, scope); });
}

void LoopRelay::server_side_emit(const socketio::SharedArguments& /*event*/,
                                 std::shared_ptr<socketio::AckCollector> answers) {
    if (answers == nullptr) return;
    group_.gates[index_]->post([answers = std::move(answers), others = nodes()] {
        for (std::size_t i = 0; i < others; ++i)
            answers->expect(0);
    });
}

}  // namespace parley::server::detail
