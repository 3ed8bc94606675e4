// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/base/done.hpp"
#include "parley/contract/emitter.hpp"
#include "parley/json.hpp"
#include "parley/server/broadcast_operator.hpp"

namespace parley {

namespace socketio {
struct SocketInfo;
}

/// A socket of a namespace as `fetch_sockets` found it, here or elsewhere: what was known of it then, and the way to
/// it.
///
/// A value to copy anywhere, on any thread. What is asked of it takes effect soon, wherever the socket is; of one that
/// has gone nobody is told.
///
/// It is what can be said of a socket anywhere, so it has no handlers, no `state` and no `transport`: for those of this
/// process `Namespace::local_sockets` and `find_socket` have `Socket`s.
class RemoteSocket : public contract::Emitting<RemoteSocket> {
 public:
    RemoteSocket(BroadcastOperator itself, socketio::SocketInfo&& info);

    [[nodiscard]] const std::string& id() const noexcept { return id_; }
    /// The rooms it was in, its own id included.
    [[nodiscard]] const std::vector<std::string>& rooms() const noexcept { return rooms_; }
    /// The request that opened its connection, as an object: `headers`, `address`, `url`, `query`, `xdomain`, `secure`,
    /// `issued` (milliseconds since 1970), and `auth`.
    [[nodiscard]] const Json& handshake() const noexcept { return handshake_; }
    /// What its `data()` was; to change this changes nothing there.
    [[nodiscard]] const Json& data() const noexcept { return data_; }

    void join(Rooms rooms) const { itself_.sockets_join(std::move(rooms)); }
    void leave(Rooms rooms) const { itself_.sockets_leave(std::move(rooms)); }
    /// Makes it leave the namespace; with `close`, its whole connection is closed.
    void disconnect(bool close = false) const { itself_.disconnect_sockets(close); }

    /// This socket, for emits that wait so long for their acknowledgement.
    [[nodiscard]] RemoteSocket timeout(Milliseconds timeout) const;

    /// Emits an event to it: as `Socket::emit`, but that an acknowledgement has one value. False as with
    /// `BroadcastOperator::emit`.
    using Emitting::emit;
    using Emitting::send;

 private:
    template <typename>
    friend class contract::Emitting;
    template <typename>
    friend struct contract::SenderToOne;

    [[nodiscard]] contract::SenderToOne<RemoteSocket> sender() const { return {*this}; }
    static bool is_reachable() { return true; }
    bool send_event(std::string_view event, const server::detail::EncodedArguments& arguments,
                    server::detail::AckCallback callback) const;

    BroadcastOperator itself_;
    std::string id_;
    std::vector<std::string> rooms_;
    Json handshake_;
    Json data_;
};

}  // namespace parley
