// SPDX-License-Identifier: MIT
#include "parley/json/json.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <stdexcept>

#include "parley/json/detail/block.hpp"

namespace parley {
namespace {

constinit const Json null_value;

// 2^63 and 2^64 are exact as doubles; the largest integers below them are not.
constexpr double two_to_63 = 9223372036854775808.0;
constexpr double two_to_64 = 18446744073709551616.0;

// 2^31 - 1: a block counts its children in 31 bits, which is more of them than memory holds.
constexpr std::size_t children_max = 0x7FFFFFFF;

}  // namespace

Json::Json(Type type, std::uint64_t bits) noexcept {
    held_.type = type;
    set_bits(bits);
}

Json::Json(Type type, std::string_view octets) {
    held_.type = type;
    if (octets.size() <= inline_octets_max) {
        held_.size = static_cast<std::uint8_t>(octets.size());
        if (!octets.empty()) std::memcpy(held_.octets, octets.data(), octets.size());
        return;
    }
    Text* const text = ::new (::operator new(sizeof(Text) + octets.size())) Text{octets.size()};
    std::memcpy(text->octets(), octets.data(), octets.size());
    held_.size = on_heap;
    set_bits(reinterpret_cast<std::uintptr_t>(text));
}

Json::Json(std::string_view text) : Json(Type::string, text) {}
Json::Json(BytesView bytes) : Json(Type::binary, as_chars(bytes)) {}

Json::Json(Type type, Block* block) noexcept {
    held_.type = type;
    set_block(block);
}

Json Json::array(std::initializer_list<Json> elements) {
    Json made(Type::array, static_cast<Block*>(nullptr));
    for (const Json& element : elements)
        made.push_back(element);
    return made;
}

Json Json::object(std::initializer_list<std::pair<TextView, Json>> members) {
    Json made(Type::object, static_cast<Block*>(nullptr));
    for (const auto& [key, value] : members)
        made.set(key, value);
    return made;
}

std::uint64_t Json::bits() const noexcept {
    std::uint64_t bits = 0;
    std::memcpy(&bits, held_.octets, sizeof bits);
    return bits;
}

void Json::set_bits(std::uint64_t bits) noexcept {
    std::memcpy(held_.octets, &bits, sizeof bits);
}

Json::Text* Json::text() const noexcept {
    return reinterpret_cast<Text*>(static_cast<std::uintptr_t>(bits()));
}

Json::Block* Json::block() const noexcept {
    return holds_block() ? reinterpret_cast<Block*>(static_cast<std::uintptr_t>(bits())) : nullptr;
}

void Json::set_block(Block* block) noexcept {
    held_.size = block == nullptr ? 0 : on_heap;
    set_bits(reinterpret_cast<std::uintptr_t>(block));
}

std::string_view Json::octets() const noexcept {
    if (owns_memory()) return text()->view();
    return {reinterpret_cast<const char*>(held_.octets), held_.size};
}

std::optional<bool> Json::as_bool() const noexcept {
    return is_bool() ? std::optional(bits() != 0) : std::nullopt;
}

std::optional<std::int64_t> Json::as_int64() const noexcept {
    if (type() == Type::int64) return static_cast<std::int64_t>(bits());
    if (type() != Type::float64) return std::nullopt;
    const auto number = std::bit_cast<double>(bits());
    if (!(number >= -two_to_63 && number < two_to_63) || std::trunc(number) != number) return std::nullopt;
    return static_cast<std::int64_t>(number);
}

std::optional<std::uint64_t> Json::as_uint64() const noexcept {
    if (type() == Type::uint64) return bits();
    if (type() == Type::int64) {
        return static_cast<std::int64_t>(bits()) >= 0 ? std::optional(bits()) : std::nullopt;
    }
    if (type() != Type::float64) return std::nullopt;
    const auto number = std::bit_cast<double>(bits());
    if (!(number >= 0 && number < two_to_64) || std::trunc(number) != number) return std::nullopt;
    return static_cast<std::uint64_t>(number);
}

std::optional<double> Json::as_double() const noexcept {
    switch (type()) {
        case Type::int64:
            return static_cast<double>(static_cast<std::int64_t>(bits()));
        case Type::uint64:
            return static_cast<double>(bits());
        case Type::float64:
            return std::bit_cast<double>(bits());
        default:
            return std::nullopt;
    }
}

std::optional<std::string_view> Json::as_string() const noexcept {
    return is_string() ? std::optional(octets()) : std::nullopt;
}

std::optional<BytesView> Json::as_binary() const noexcept {
    return is_binary() ? std::optional(as_bytes(octets())) : std::nullopt;
}

std::size_t Json::size() const noexcept {
    return holds_block() ? block()->size : 0;
}

std::span<const Json> Json::elements() const noexcept {
    return is_array() && holds_block() ? std::span<const Json>(block()->children<Json>(), block()->size)
                                       : std::span<const Json>();
}

std::span<Json> Json::elements() noexcept {
    return is_array() && holds_block() ? std::span(block()->children<Json>(), block()->size) : std::span<Json>();
}

std::span<const JsonMember> Json::members() const noexcept {
    return is_object() && holds_block() ? std::span<const JsonMember>(block()->children<JsonMember>(), block()->size)
                                        : std::span<const JsonMember>();
}

const Json& Json::operator[](std::size_t index) const noexcept {
    const std::span<const Json> all = elements();
    return index < all.size() ? all[index] : null_value;
}

const Json& Json::operator[](TextView key) const noexcept {
    const Json* const found = find(key);
    return found != nullptr ? *found : null_value;
}

const Json* Json::find(TextView key) const noexcept {
    for (const JsonMember& member : members()) {
        if (member.key == key) return &member.value;
    }
    return nullptr;
}

Json* Json::find(TextView key) noexcept {
    return const_cast<Json*>(std::as_const(*this).find(key));
}

template <typename Element>
void Json::append(Element element) {
    Block* const old = block();
    if (old == nullptr || old->size == old->capacity) {
        const std::size_t size = old == nullptr ? 0 : old->size;
        if (size == children_max) throw std::length_error("parley::Json: too many children");
        Block* const larger = Block::allocate<Element>(std::min(std::max<std::size_t>(4, size * 2), children_max));
        if (old != nullptr) {
            std::uninitialized_move_n(old->children<Element>(), size, larger->children<Element>());
            larger->size = old->size;
            Block::free(old);
        }
        set_block(larger);
    }
    ::new (static_cast<void*>(block()->children<Element>() + block()->size)) Element(std::move(element));
    ++block()->size;
}

Json& Json::push_back(Json value) & {
    if (is_null()) held_.type = Type::array;
    if (is_array()) append(std::move(value));
    return *this;
}

Json& Json::set(TextView key, Json value) & {
    if (is_null()) held_.type = Type::object;
    if (!is_object()) return *this;
    if (Json* const old = find(key)) {
        *old = std::move(value);
    } else {
        append(JsonMember{std::string(key), std::move(value)});
    }
    return *this;
}

template <typename Element>
void Json::erase_at(std::size_t index) {
    Element* const children = block()->children<Element>();
    std::move(children + index + 1, children + block()->size, children + index);
    children[--block()->size].~Element();
}

bool Json::erase(TextView key) {
    const std::span<const JsonMember> all = members();
    const auto found = std::ranges::find(all, key, &JsonMember::key);
    if (found == all.end()) return false;
    erase_at<JsonMember>(static_cast<std::size_t>(found - all.begin()));
    return true;
}

bool Json::erase(std::size_t index) {
    if (index >= elements().size()) return false;
    erase_at<Json>(index);
    return true;
}

}  // namespace parley
