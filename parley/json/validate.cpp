// SPDX-License-Identifier: MIT
#include "parley/json/detail/scan.hpp"
#include "parley/json/detail/small_stack.hpp"
#include "parley/json/reader.hpp"

namespace parley {

/// The walk of `JsonReader::skip_value`, which also looks for placeholders.
class detail::PlaceholderValidator {
 public:
    PlaceholderValidator(JsonReader& reader, std::size_t attachment_count)
        : reader_(reader), attachment_count_(attachment_count) {}

    bool validate() {
        do {
            if (!pass_value()) return false;
            while (!containers_.empty() && !next_item()) {
                if (reader_.failed() || !check(containers_.top().placeholder)) return false;
                containers_.pop();
            }
        } while (!containers_.empty());
        return true;
    }

 private:
    struct Container {
        bool is_object;
        Placeholder placeholder;
    };

    bool pass_value() {
        const JsonReader::Kind kind = reader_.peek();
        if (kind != JsonReader::Kind::array && kind != JsonReader::Kind::object) return reader_.skip_scalar();
        containers_.push(kind == JsonReader::Kind::object, Placeholder{});
        return reader_.enter();
    }

    bool next_item() {
        Container& container = containers_.top();
        if (!container.is_object) return reader_.next_element();
        std::string_view key;
        if (!reader_.next_member(key)) return false;
        reader_.note_member(key, container.placeholder);
        return true;
    }

    bool check(const Placeholder& placeholder) {
        if (!placeholder.is_one) return true;
        if (!placeholder.index || *placeholder.index >= attachment_count_) {
            return reader_.fail("a placeholder names no attachment", reader_.at_);
        }
        return true;
    }

    JsonReader& reader_;
    std::size_t attachment_count_;
    SmallStack<Container, 16> containers_;
};

Result<void> validate_json(std::string_view text, const JsonLimits& limits,
                           std::optional<std::size_t> attachment_count) {
    JsonReader reader(text, {}, limits);
    const bool good =
        attachment_count ? detail::PlaceholderValidator(reader, *attachment_count).validate() : reader.skip_value();
    if (!good || !reader.at_end()) return std::unexpected(reader.error());
    return {};
}

}  // namespace parley
