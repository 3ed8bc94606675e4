// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>

namespace parley::websocket {

/// One step through the value of a Sec-WebSocket-Extensions header.
struct ExtensionItem {
    enum class Kind : std::uint8_t {
        offer,      ///< the next extension that is offered: `name`
        parameter,  ///< a parameter of the offer before: `name`, and `value` when it has one
        end,        ///< nothing is left
        malformed,  ///< the header does not follow the grammar; there is no further item
    };
    Kind kind = Kind::end;
    std::string_view name;
    std::string_view value;
};

/// Reads what a client offers in Sec-WebSocket-Extensions (RFC 6455 §9.1), item by item, in time linear in its length.
///
/// Names and values are views of the header. A value may be quoted; as RFC 6455 asks, it must be a token when the
/// quotes are gone, and one with an escape in it (`"a\b"`), which would not be a view, counts as malformed. Empty list
/// items are skipped (RFC 9110 §5.6.1.2).
class ExtensionOffers {
 public:
    explicit ExtensionOffers(std::string_view header_value) noexcept : rest_(header_value) {}

    [[nodiscard]] ExtensionItem next() noexcept;

 private:
    [[nodiscard]] ExtensionItem read_offer() noexcept;
    [[nodiscard]] ExtensionItem read_parameter() noexcept;
    [[nodiscard]] std::string_view take_token() noexcept;
    [[nodiscard]] std::string_view take_value() noexcept;
    [[nodiscard]] bool take(char separator) noexcept;
    ExtensionItem fail() noexcept;

    std::string_view rest_;
    bool in_offer_ = false;
};

}  // namespace parley::websocket
