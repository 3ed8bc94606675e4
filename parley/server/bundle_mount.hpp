// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "parley/engineio/options.hpp"
#include "parley/web/mount.hpp"

namespace parley::server::detail {

/// Serves the official browser client beside the engine: `<path>/socket.io.js` and its sisters, as the official server
/// does. What it does not have goes on to the engine.
class BundleMount final : public web::Mount {
 public:
    /// `path` is the engine's, without a slash at the end.
    BundleMount(const std::string& path, const std::optional<http::CorsRule>& cors, web::Mount& engine);

    [[nodiscard]] bool matches(std::string_view path) const override;
    [[nodiscard]] std::size_t body_bytes_max(const http::RequestHead& head) const override;
    [[nodiscard]] bool wants_body(const http::RequestHead& head) const override;
    void handle_request(Request& request, Response response) override;
    void handle_upgrade(Request& request, web::Upgrade upgrade) override;

 private:
    const std::string prefix_;
    const std::optional<http::CorsRule>& cors_;
    web::Mount& engine_;
};

}  // namespace parley::server::detail
