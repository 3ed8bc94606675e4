// SPDX-License-Identifier: MIT
#include "parley/server/server_side.hpp"

#include <string>
#include <vector>

#include "parley/contract/kept_arguments.hpp"
#include "parley/net/call_frame.hpp"
#include "parley/server/handler.hpp"
#include "parley/socketio/connection.hpp"

namespace parley::server::detail {

void answer_first(socketio::AckSink& answer, const EncodedArguments& arguments) {
    JsonReader reader(arguments.json, arguments.attachments);
    Json first;
    if (reader.begin_array() && reader.next_element()) reader.read(first);
    answer.answer(std::move(first));
}

ServerSideAck::~ServerSideAck() {
    if (is_answered()) return;
    try {
        nsp_->gate().post(
            [answer = std::move(answer_)] { answer->miss({ErrorCode::invalid_input, "no answer was given"}); });
    } catch (...) {  // no memory for it: the asker's time limit is left
    }
}

bool ServerSideAck::send(const EncodedArguments& arguments) {
    if (!nsp_->gate().is_here()) {
        return nsp_->gate().post(
            [answer = answer_, kept = KeptArguments(arguments)]() mutable { answer_first(*answer, kept.take()); });
    }
    answer_first(*answer_, arguments);
    return true;
}

void NamespaceNode::handle_server_side(const socketio::SharedArguments& said,
                                       std::shared_ptr<socketio::AckSink> answer) {
    if (!nsp_.has_server()) return;
    std::vector<BytesView> attachments;
    for (const SharedBuffer& attachment : said.attachments)
        attachments.push_back(as_bytes(attachment.view()));
    std::string name;
    JsonReader reader(said.json.view());
    const bool has_name = reader.begin_array() && reader.next_element() && reader.read(name);
    ServerSideQuestion question{nsp_, std::move(answer)};
    bool is_answered = false;
    if (has_name) {
        const net::CallFrame frame(nsp_.gate());
        socketio::Event event;
        event.event_name = name;
        event.data = said.json.view();
        event.arguments_at = static_cast<std::size_t>(reader.position().at - event.data.data());
        event.attachments = attachments;
        SocketInvocation invocation(question, event);
        nsp_.server_side_handlers().call(invocation);
        invocation.finish();
        is_answered = !invocation.wants_answer();
    }
    // Or will be, by whoever keeps the right to.
    if (question.answer) question.answer->expect(is_answered ? 1 : 0);
}

}  // namespace parley::server::detail
