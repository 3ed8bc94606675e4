// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace parley::failures {

/// A client's end of a connection over the loopback interface that never waits.
class Peer {
 public:
    explicit Peer(int port);
    ~Peer();
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;

    /// Sends what the kernel takes at once.
    void send(std::string_view octets);
    /// Takes what has come by now.
    void take();
    /// The end of what this sends.
    void end();
    /// Cuts the connection with a reset.
    void reset();

    /// Everything that has come.
    std::string received;
    bool is_closed = false;

 private:
    int descriptor_ = -1;
};

/// One masked frame.
[[nodiscard]] std::string frame(int opcode, std::string_view payload, bool is_final = true);
[[nodiscard]] inline std::string text(std::string_view payload) {
    return frame(1, payload);
}

}  // namespace parley::failures
