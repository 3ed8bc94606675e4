// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>

#include "parley/net/stream.hpp"

namespace parley::web {

class ConnectionTable;

/// One accepted TCP connection: what the stream calls. Speaks HTTP (HttpConnection) until an upgrade replaces it by one
/// that speaks WebSocket (WebSocketConnection) over the same stream. Owned by the application's ConnectionTable.
class Connection : public net::StreamHandler {
 public:
    Connection(ConnectionTable& table, std::unique_ptr<net::Stream> stream);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    virtual ~Connection();

    /// The application stops: finish what is under way, say goodbye, then close.
    virtual void begin_shutdown() = 0;
    /// The turn after the one that `resume_soon` asked in.
    virtual void resume() = 0;
    /// The connection is being cut: tell whoever must know, and send nothing more.
    virtual void abandon() = 0;

 protected:
    [[nodiscard]] ConnectionTable& table() const { return table_; }
    /// Not after `release_stream` or `remove`.
    [[nodiscard]] net::Stream& stream() const { return *stream_; }
    [[nodiscard]] bool has_stream() const { return stream_ != nullptr; }
    /// Gives the stream to the connection that takes over.
    std::unique_ptr<net::Stream> release_stream() { return std::move(stream_); }
    /// Asks for one `resume` in the next turn of the loop; asking again before it changes nothing.
    void resume_soon();
    /// Ends the stream at once and takes this connection out of the table; it is destroyed at the end of this turn.
    void remove();

 private:
    friend class ConnectionTable;

    ConnectionTable& table_;
    std::unique_ptr<net::Stream> stream_;
    std::size_t index_ = 0;
    bool is_resuming_ = false;
};

}  // namespace parley::web
