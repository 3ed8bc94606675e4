// SPDX-License-Identifier: MIT
//
// The walks over whole values: copying, freeing, comparing. A peer decides how deep a value is, so none recurses.
#include "parley/json/json.hpp"

#include <algorithm>
#include <memory>
#include <vector>

#include "parley/json/detail/block.hpp"
#include "parley/json/detail/small_stack.hpp"

namespace parley {
namespace {

using detail::SmallStack;

struct Pair {
    const Json* left;
    const Json* right;
};

using Pairs = SmallStack<Pair, 32>;

std::vector<const JsonMember*> sorted_by_key(std::span<const JsonMember> members) {
    std::vector<const JsonMember*> sorted(members.size());
    std::ranges::transform(members, sorted.begin(), [](const JsonMember& member) { return &member; });
    std::ranges::sort(sorted, {}, [](const JsonMember* member) -> const std::string& { return member->key; });
    return sorted;
}

// False when the keys differ; else the values that are left to compare are in `pairs`.
bool pair_members(std::span<const JsonMember> left, std::span<const JsonMember> right, Pairs& pairs) {
    if (left.size() != right.size()) return false;
    if (std::ranges::equal(left, right, {}, &JsonMember::key, &JsonMember::key)) {
        for (std::size_t i = 0; i < left.size(); ++i)
            pairs.push(&left[i].value, &right[i].value);
        return true;
    }
    const std::vector<const JsonMember*> sorted_left = sorted_by_key(left);
    const std::vector<const JsonMember*> sorted_right = sorted_by_key(right);
    for (std::size_t i = 0; i < sorted_left.size(); ++i) {
        if (sorted_left[i]->key != sorted_right[i]->key) return false;
        pairs.push(&sorted_left[i]->value, &sorted_right[i]->value);
    }
    return true;
}

bool pair_elements(std::span<const Json> left, std::span<const Json> right, Pairs& pairs) {
    if (left.size() != right.size()) return false;
    for (std::size_t i = 0; i < left.size(); ++i)
        pairs.push(&left[i], &right[i]);
    return true;
}

}  // namespace

void Json::Block::free(Block* block) noexcept {
    if (block->is_object) {
        std::destroy_n(block->children<JsonMember>(), block->size);
    } else {
        std::destroy_n(block->children<Json>(), block->size);
    }
    block->~Block();
    ::operator delete(block);
}

void Json::release() noexcept {
    if (!holds_block()) {
        ::operator delete(text());
        return;
    }
    Block* pending = block();
    while (pending != nullptr) {
        Block* const freed = pending;
        pending = freed->next_to_free;
        freed->for_each_value([&pending](Json& child) {
            Block* const grandchildren = child.block();
            if (grandchildren == nullptr) return;
            grandchildren->next_to_free = pending;
            pending = grandchildren;
            child.set_block(nullptr);
        });
        Block::free(freed);
    }
}

// A copy of a scalar or a text; of a container, an empty one.
Json Json::without_children() const {
    if (held_.type >= Type::array) return Json(held_.type, static_cast<Block*>(nullptr));
    if (owns_memory()) return Json(held_.type, octets());
    Json copy;
    copy.held_ = held_;
    return copy;
}

Json::Json(const Json& other) : Json(other.without_children()) {
    struct Copy {
        const Json* from;
        Json* to;
    };
    if (!other.holds_block()) return;
    SmallStack<Copy, 32> copies;
    copies.push(&other, this);
    while (!copies.empty()) {
        const auto [from, to] = copies.top();
        copies.pop();
        Block* const source = from->block();
        // The copy hangs in its place before it is filled: an allocation that fails leaves a smaller value to free.
        Block* const made =
            source->is_object ? Block::allocate<JsonMember>(source->size) : Block::allocate<Json>(source->size);
        to->set_block(made);
        for (std::uint32_t i = 0; i < source->size; ++i) {
            const Json* child = nullptr;
            Json* copy = nullptr;
            if (source->is_object) {
                const JsonMember& member = source->children<JsonMember>()[i];
                child = &member.value;
                copy = &(::new (static_cast<void*>(made->children<JsonMember>() + i))
                             JsonMember{member.key, child->without_children()})
                            ->value;
            } else {
                child = source->children<Json>() + i;
                copy = ::new (static_cast<void*>(made->children<Json>() + i)) Json(child->without_children());
            }
            ++made->size;
            if (child->holds_block()) copies.push(child, copy);
        }
    }
}

bool Json::same_number(const Json& left, const Json& right) noexcept {
    if (left.type() == Type::float64 && right.type() == Type::float64) return left.as_double() == right.as_double();
    // At least one is an integer: they are equal where one integer type holds both exactly.
    if (const auto value = left.as_int64()) return value == right.as_int64();
    if (const auto value = left.as_uint64()) return value == right.as_uint64();
    return false;
}

bool operator==(const Json& left, const Json& right) {
    Pairs pairs;
    pairs.push(&left, &right);
    while (!pairs.empty()) {
        const auto [a, b] = pairs.top();
        pairs.pop();
        if (a->is_number() && b->is_number()) {
            if (!Json::same_number(*a, *b)) return false;
            continue;
        }
        if (a->type() != b->type()) return false;
        switch (a->type()) {
            case Json::Type::boolean:
                if (a->bits() != b->bits()) return false;
                break;
            case Json::Type::string:
            case Json::Type::binary:
                if (a->octets() != b->octets()) return false;
                break;
            case Json::Type::array:
                if (!pair_elements(a->elements(), b->elements(), pairs)) return false;
                break;
            case Json::Type::object:
                if (!pair_members(a->members(), b->members(), pairs)) return false;
                break;
            default:
                break;
        }
    }
    return true;
}

}  // namespace parley
