// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "parley/server/metrics.hpp"
#include "parley/web/application.hpp"

namespace parley {

/// An address of its own for those who operate an application, which its users do not reach:
///
///     parley::Metrics metrics;
///     parley::Application app({.observer = &metrics});
///     parley::Server io(app, {.observer = &metrics});
///     parley::OperatorPort port(app, metrics, {.port = 9090, .host = "127.0.0.1"});
///
/// | Path | Answer |
/// |---|---|
/// | `/healthz` | 200: the loop turns |
/// | `/readyz` | 200, or 503 from `stop()` on: no new clients, please |
/// | `/metrics` | what was counted, how late the loops are, memory and descriptors, in the text that Prometheus reads |
///
/// It answers on the application's first loop, before `run()` nobody, and while the application stops until that is
/// over. It asks nobody who they are: listen where only those are who may know.
class OperatorPort {
 public:
    /// `app` and `metrics` must outlive it. Throws SetupError as `Application::listen` does.
    OperatorPort(Application& app, const Metrics& metrics, const ListenOptions& where);
    ~OperatorPort();
    OperatorPort(const OperatorPort&) = delete;
    OperatorPort& operator=(const OperatorPort&) = delete;

    /// The port that it got. Any thread.
    [[nodiscard]] int port() const;

 private:
    const std::unique_ptr<Application> own_;
};

}  // namespace parley
