// SPDX-License-Identifier: MIT
//
// Reading text into a Json: children are collected on one stack and move into a block of their exact number when their
// container ends, so that each container costs one allocation.
#include "parley/json/codec.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <vector>

#include "parley/json/detail/block.hpp"
#include "parley/json/detail/scan.hpp"
#include "parley/json/detail/small_stack.hpp"

namespace parley {
namespace {

// Up to this many members each is compared with each; beyond, they are sorted: a peer chooses the keys.
constexpr std::size_t pairwise_max = 16;

// Gives the first member of each key the value of the last one; moves those that remain to the front. Returns their
// number.
std::size_t merge_pairwise(std::span<JsonMember> members) {
    std::size_t kept = 0;
    for (JsonMember& member : members) {
        const auto earlier = std::ranges::find(members.first(kept), member.key, &JsonMember::key);
        if (earlier != members.begin() + static_cast<std::ptrdiff_t>(kept)) {
            earlier->value = std::move(member.value);
        } else {
            if (&members[kept] != &member) members[kept] = std::move(member);
            ++kept;
        }
    }
    return kept;
}

std::size_t merge_sorted(std::span<JsonMember> members) {
    std::vector<std::uint32_t> order(members.size());
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::sort(order, [&](std::uint32_t a, std::uint32_t b) {
        const int compared = members[a].key.compare(members[b].key);
        return compared != 0 ? compared < 0 : a < b;
    });
    std::vector<bool> dropped(members.size());
    std::size_t kept = members.size();
    for (std::size_t i = 1, first = order[0]; i < order.size(); ++i) {
        if (members[order[i]].key != members[first].key) {
            first = order[i];
            continue;
        }
        members[first].value = std::move(members[order[i]].value);
        dropped[order[i]] = true;
        --kept;
    }
    if (kept == members.size()) return kept;
    for (std::size_t from = 0, to = 0; from < members.size(); ++from) {
        if (dropped[from]) continue;
        if (to != from) members[to] = std::move(members[from]);
        ++to;
    }
    return kept;
}

}  // namespace

class detail::JsonBuilder {
 public:
    explicit JsonBuilder(JsonReader& reader) : reader_(reader) {}

    static bool read_scalar(JsonReader& reader, Json& result) {
        switch (reader.peek()) {
            case JsonReader::Kind::string: {
                std::string_view text;
                if (!reader.read_string(text)) return false;
                result = Json(text);
                return true;
            }
            case JsonReader::Kind::number:
                return read_number(reader, result);
            case JsonReader::Kind::boolean: {
                bool value = false;
                if (!reader.read(value)) return false;
                result = value;
                return true;
            }
            default:
                result = nullptr;
                return reader.skip_scalar();
        }
    }

    bool build(Json& result) {
        do {
            if (!take_value()) return false;
            while (!containers_.empty() && !next_item()) {
                if (reader_.failed() || !leave_container()) return false;
            }
        } while (!containers_.empty());
        result = std::move(values_.top());
        return true;
    }

 private:
    struct Container {
        bool is_object;
        std::size_t first_value;  // where its children begin on the stack
    };

    static bool read_number(JsonReader& reader, Json& result) {
        NumberText number;
        if (!reader.read_number(number)) return false;
        if (number.integral && number.exact && take_whole(number, number.digits, result)) return true;
        const std::optional<double> value = to_double(number);
        if (!value) return reader.fail("the number is too large", number.begin);
        result = *value;
        // From here on a double may be near only.
        if (!number.integral && std::fabs(*value) >= 0x1p53) {
            if (const std::optional<std::uint64_t> whole = to_whole(number)) take_whole(number, *whole, result);
        }
        return true;
    }

    // False when it is none of 64 bits; -0 is none.
    static bool take_whole(const NumberText& number, std::uint64_t whole, Json& result) {
        if (!number.negative) {
            result = whole;
        } else if (whole != 0 && whole <= std::uint64_t{1} << 63) {
            result = static_cast<std::int64_t>(0 - whole);
        } else {
            return false;
        }
        return true;
    }

    bool take_value() {
        const JsonReader::Kind kind = reader_.peek();
        if (kind == JsonReader::Kind::array) {
            containers_.push(false, values_.size());
            return reader_.begin_array();
        }
        if (kind == JsonReader::Kind::object) {
            containers_.push(true, values_.size());
            return reader_.begin_object();
        }
        return read_scalar(reader_, values_.push());
    }

    bool next_item() {
        if (!containers_.top().is_object) return reader_.next_element();
        std::string_view key;
        if (!reader_.next_member(key)) return false;
        keys_.push(key);
        return true;
    }

    // Everything of the container is on the stacks: it takes their place as one value.
    bool leave_container() {
        const Container container = containers_.top();
        const std::size_t count = values_.size() - container.first_value;
        Json made = container.is_object ? make_object(count) : make_array(count);
        values_.truncate(container.first_value);
        containers_.pop();
        if (container.is_object && !reader_.attachments_.empty() && !replace_placeholder(made)) return false;
        values_.push(std::move(made));
        return true;
    }

    Json make_array(std::size_t count) {
        if (count == 0) return Json::array();
        Json::Block* const block = Json::Block::allocate<Json>(count);
        std::uninitialized_move_n(values_.last(count).begin(), count, block->children<Json>());
        block->size = static_cast<std::uint32_t>(count);
        return Json(Json::Type::array, block);
    }

    Json make_object(std::size_t count) {
        if (count == 0) return Json::object();
        Json::Block* const block = Json::Block::allocate<JsonMember>(count);
        Json made(Json::Type::object, block);
        const std::span<Json> values = values_.last(count);
        const std::span<std::string> keys = keys_.last(count);
        const std::span<JsonMember> members(block->children<JsonMember>(), count);
        for (std::size_t i = 0; i < count; ++i) {
            ::new (static_cast<void*>(&members[i])) JsonMember{std::move(keys[i]), std::move(values[i])};
        }
        block->size = static_cast<std::uint32_t>(count);
        keys_.truncate(keys_.size() - count);
        const std::size_t kept = count <= pairwise_max ? merge_pairwise(members) : merge_sorted(members);
        std::destroy(members.begin() + static_cast<std::ptrdiff_t>(kept), members.end());
        block->size = static_cast<std::uint32_t>(kept);
        return made;
    }

    bool replace_placeholder(Json& object) {
        if (object["_placeholder"] != Json(true)) return true;
        const Placeholder placeholder{true, object["num"].as_uint64()};
        BytesView bytes;
        if (!reader_.take_attachment(placeholder, bytes)) return false;
        object = Json(bytes);
        return true;
    }

    JsonReader& reader_;
    SmallStack<Json, 32> values_;
    SmallStack<std::string, 16> keys_;
    SmallStack<Container, 16> containers_;
};

bool JsonReader::read(Json& value) {
    const Kind kind = peek();
    if (kind != Kind::array && kind != Kind::object) return detail::JsonBuilder::read_scalar(*this, value);
    return detail::JsonBuilder(*this).build(value);
}

Result<Json> parse_json(TextView text, const JsonLimits& limits) {
    JsonReader reader(text, {}, limits);
    Json value;
    if (!reader.read(value) || !reader.at_end()) return std::unexpected(reader.error());
    return value;
}

detail::JsonText::JsonText(const Json& value) {
    JsonWriter(text_, &attachments_).value(value);
}

Json detail::json_from_text(std::string_view text, const std::vector<BytesView>& attachments) {
    JsonReader reader(text, attachments, {.depth_max = 1024});
    Json value;
    return reader.read(value) ? value : Json();
}

}  // namespace parley
