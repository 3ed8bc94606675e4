// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <mutex>

#include "parley/base/error.hpp"
#include "parley/tls/server_options.hpp"
#include "parley/tls/session.hpp"

namespace parley::tls {

/// The certificates of a server, and how it speaks. Any thread.
class ServerContext {
 public:
    /// The error is a sentence for whoever wrote the options.
    static Result<std::shared_ptr<ServerContext>> make(TlsServerOptions options);

    /// For one connection.
    [[nodiscard]] std::unique_ptr<Session> make_session() const;

    /// Reads the files again; what is connected stays as it is. Where there is an error, nothing changes.
    Result<void> reload();

 private:
    struct State;

    explicit ServerContext(TlsServerOptions options) : options_(std::move(options)) {}
    [[nodiscard]] std::shared_ptr<const State> state() const;

    const TlsServerOptions options_;
    mutable std::mutex mutex_;
    std::shared_ptr<const State> state_;
};

}  // namespace parley::tls
