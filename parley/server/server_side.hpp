// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <utility>

#include "parley/base/reference.hpp"
#include "parley/contract/ack_core.hpp"
#include "parley/server/namespace_core.hpp"
#include "parley/socketio/collector.hpp"

namespace parley::server::detail {

/// What another server said to this one, and where the answer goes: null where nobody waits for one.
struct ServerSideQuestion {
    NamespaceCore& nsp;
    std::shared_ptr<socketio::AckSink> answer;
};

/// The right to answer it. The last copy that goes without an answer says so, in a later turn.
class ServerSideAck final : public AckCore {
 public:
    explicit ServerSideAck(const ServerSideQuestion& question) : nsp_(&question.nsp), answer_(question.answer) {}
    ~ServerSideAck() override;

 private:
    bool send(const EncodedArguments& arguments) override;

    const Reference<NamespaceCore> nsp_;
    std::shared_ptr<socketio::AckSink> answer_;
};

/// Of several values the first, as from a client.
void answer_first(socketio::AckSink& answer, const EncodedArguments& arguments);

}  // namespace parley::server::detail
