// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace parley::http {

/// The octets that a percent-encoded text stands for (RFC 3986 §2.1); nothing when a `%` lacks its two digits.
///
/// Decodes once. The result may hold any octet, also `/`, NUL and what is no UTF-8: check before use.
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text);

/// Appends `octets` so that they survive as one component of a URL: all but letters, digits and `-_.!~*'()` become
/// `%XX` (as encodeURIComponent does).
void append_percent_encoded(std::string& out, std::string_view octets);

/// One `key=value` of a query, decoded.
struct QueryParameter {
    std::string key;
    std::string value;
};

/// The parameters of a query or of a form body: `application/x-www-form-urlencoded`, where `+` is a space.
///
/// Nothing fails: a `%` without its two digits stands for itself, a part without `=` is a key with an empty value,
/// empty parts are left out. Owns its texts.
class QueryParameters {
 public:
    QueryParameters() = default;

    /// `raw` is what follows the `?`, not decoded.
    explicit QueryParameters(std::string_view raw);

    void add(QueryParameter parameter) { parameters_.push_back(std::move(parameter)); }

    /// The value of `key`; the last one when it is there several times.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view key) const noexcept;

    /// All parameters, in order.
    [[nodiscard]] std::span<const QueryParameter> items() const noexcept { return parameters_; }

 private:
    std::vector<QueryParameter> parameters_;
};

}  // namespace parley::http
