// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace parley::http {

class RequestHead;

/// In which headers proxies say for whom they ask.
enum class ForwardedHeaders : std::uint8_t {
    x_forwarded,  ///< X-Forwarded-For, X-Forwarded-Proto and X-Forwarded-Host, which most proxies send
    forwarded,    ///< Forwarded (RFC 7239)
};

/// What proxies have said about a request on its way: three lists, in each what the nearest proxy has said is first. No
/// word of it is true unless that proxy is to be believed. Views of the head.
struct ForwardedPath {
    /// Of each list no more is kept: nobody has so many proxies.
    static constexpr std::size_t hops_max = 32;

    std::vector<std::string_view> addresses;  ///< of who asked the proxy, perhaps with a port: `192.0.2.7`, `[::1]:80`
    std::vector<std::string_view> schemes;    ///< how it was asked: `https`
    std::vector<std::string_view> hosts;      ///< for what it was asked, as in the header Host

    /// What the `count`th proxy from here has said, counted from one, where each has said something; else the farthest
    /// of those who have. Empty: nothing.
    [[nodiscard]] static std::string_view said_by(const std::vector<std::string_view>& list,
                                                  std::size_t count) noexcept;
};

/// Of several lines the last one is that of the nearest proxy. A line of Forwarded that is not well-formed counts as if
/// nothing was said in it, nor in those above.
[[nodiscard]] ForwardedPath forwarded_path(const RequestHead& head, ForwardedHeaders which);

}  // namespace parley::http
