// SPDX-License-Identifier: MIT
#pragma once

#include <exception>
#include <string_view>

namespace parley {

/// Something that went wrong with an event of a client, contained: the client went on. The texts live during the call.
struct ClientFailure {
    enum class Kind {
        handler_threw,     ///< a handler or callback of the program
        payload_mismatch,  ///< what the server sent does not fit the handler, which was not called
        answer_lost,       ///< the last copy of an `Ack` went away unanswered; the server gets an error instead
        bad_packet,        ///< the server broke the Socket.IO protocol; the connection is being closed
    };

    Kind kind;
    std::string_view event;        ///< empty where there is none
    std::string_view message;      ///< what the exception said, or what did not fit
    std::exception_ptr exception;  ///< null if nothing was thrown
};

}  // namespace parley
