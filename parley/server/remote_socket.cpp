// SPDX-License-Identifier: MIT
#include "parley/server/remote_socket.hpp"

#include "parley/net/call_frame.hpp"
#include "parley/server/namespace_core.hpp"
#include "parley/server/server_core.hpp"
#include "parley/socketio/arguments.hpp"
#include "parley/socketio/socket_info.hpp"

namespace parley {

using server::detail::AckCallback;
using server::detail::AckOutcome;
using server::detail::ArgumentReader;
using server::detail::ArgumentWriter;
using server::detail::BroadcastCallback;
using server::detail::EncodedArguments;
using server::detail::NamespaceCore;

namespace {

// Who waits for the answer of one socket reads arguments; what comes is a value.
BroadcastCallback take_first(const Reference<NamespaceCore>& nsp, AckCallback callback) {
    if (!nsp || !callback) return {};
    net::keep(nsp->gate(), callback);
    return [nsp, callback = std::move(callback)](std::vector<Json>&& answers, const Error* missing) mutable {
        AckOutcome outcome;
        if (answers.empty()) {
            outcome.error = missing != nullptr ? missing : &nsp->server().disconnected();
            return callback(outcome);
        }
        ArgumentWriter writer;
        writer.write(answers.front());
        const EncodedArguments values = writer.finish();
        socketio::Event event;
        event.data = values.json;
        event.attachments = values.attachments;
        ArgumentReader arguments(socketio::open_arguments(event));
        outcome.arguments = &arguments;
        callback(outcome);
        if (outcome.mismatch.empty() || !nsp->has_server()) return;
        nsp->server().report_mismatch(nullptr, "acknowledgement", outcome.mismatch);
    };
}

}  // namespace

RemoteSocket::RemoteSocket(BroadcastOperator itself, socketio::SocketInfo&& info)
    : itself_(std::move(itself)),
      id_(std::move(info.id)),
      rooms_(std::move(info.rooms)),
      handshake_(std::move(info.handshake)),
      data_(std::move(info.data)) {}

RemoteSocket RemoteSocket::timeout(Milliseconds timeout) const {
    RemoteSocket socket = *this;
    socket.itself_ = itself_.timeout(timeout);
    return socket;
}

bool RemoteSocket::send_event(std::string_view event, const EncodedArguments& arguments, AckCallback callback) const {
    return itself_.broadcast(event, arguments, take_first(itself_.core_, std::move(callback)));
}

}  // namespace parley
