// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <string_view>

#include "parley/json/json.hpp"

namespace parley {

/// The children of an array (`Json`) or an object (`JsonMember`), behind this head in the same allocation.
struct alignas(16) Json::Block {
    Block* next_to_free = nullptr;  // links blocks while a tree is freed, so that freeing needs no stack
    std::uint32_t size = 0;
    std::uint32_t capacity : 31 = 0;
    std::uint32_t is_object : 1 = 0;

    template <typename Element>
    [[nodiscard]] Element* children() {
        return reinterpret_cast<Element*>(this + 1);
    }

    template <typename Element>
    static Block* allocate(std::size_t capacity) {
        Block* const block = ::new (::operator new(sizeof(Block) + capacity * sizeof(Element))) Block;
        block->capacity = static_cast<std::uint32_t>(capacity) & 0x7FFFFFFFU;
        block->is_object = sizeof(Element) == sizeof(JsonMember);
        return block;
    }

    template <typename Visit>
    void for_each_value(Visit&& visit) {
        if (is_object) {
            for (std::uint32_t i = 0; i < size; ++i)
                visit(children<JsonMember>()[i].value);
        } else {
            for (std::uint32_t i = 0; i < size; ++i)
                visit(children<Json>()[i]);
        }
    }

    /// Destroys the children and the block. None of them may hold a block any more.
    static void free(Block* block) noexcept;
};

/// The octets of a text or a binary value that is too long to stand inside.
struct Json::Text {
    std::size_t size = 0;

    [[nodiscard]] char* octets() { return reinterpret_cast<char*>(this + 1); }
    [[nodiscard]] std::string_view view() { return {octets(), size}; }
};

}  // namespace parley
