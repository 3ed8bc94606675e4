// SPDX-License-Identifier: MIT
#pragma once

/// Codecs for the standard containers that cost too much to include everywhere: maps, sets, arrays, tuples, deques.
///
/// An unordered container is written as any other, but read only when it has a hash of its own: with the standard one a
/// peer who knows it could choose keys that collide. Read into a std::map or std::set instead.

#include <array>
#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "parley/json/codec.hpp"

namespace parley {
namespace detail {

/// Maps from text to anything: a JSON object; of duplicate keys the last wins.
template <typename Map>
struct MapCodec {
    static bool read(JsonReader& reader, Map& map)
        requires(!can_be_flooded<Map> && JsonReadable<typename Map::mapped_type>)
    {
        map.clear();
        if (!reader.begin_object()) return false;
        for (std::string_view key; reader.next_member(key);) {
            const std::string name(key);
            typename Map::mapped_type value{};
            if (!reader.read(value)) return reader.failed_in_member(name);
            map.insert_or_assign(name, std::move(value));
        }
        return !reader.failed();
    }
    static void write(JsonWriter& writer, const Map& map)
        requires JsonWritable<typename Map::mapped_type>
    {
        writer.begin_object();
        for (const auto& [key, value] : map)
            writer.key(key).value(value);
        writer.end_object();
    }
};

/// Sequences and sets: a JSON array; a set drops what it holds already.
template <typename Sequence>
struct SequenceCodec {
    static bool read(JsonReader& reader, Sequence& elements)
        requires(!can_be_flooded<Sequence> && JsonReadable<typename Sequence::value_type>)
    {
        elements.clear();
        if (!reader.begin_array()) return false;
        while (reader.next_element()) {
            typename Sequence::value_type element{};
            if (!reader.read(element)) return false;
            elements.insert(elements.end(), std::move(element));
        }
        return !reader.failed();
    }
    static void write(JsonWriter& writer, const Sequence& elements)
        requires JsonWritable<typename Sequence::value_type>
    {
        writer.begin_array();
        for (const auto& element : elements)
            writer.value(element);
        writer.end_array();
    }
};

}  // namespace detail

template <typename T, typename... More>
struct JsonCodec<std::map<std::string, T, More...>> : detail::MapCodec<std::map<std::string, T, More...>> {};

template <typename T, typename... More>
struct JsonCodec<std::unordered_map<std::string, T, More...>>
    : detail::MapCodec<std::unordered_map<std::string, T, More...>> {};

template <typename T, typename... More>
struct JsonCodec<std::set<T, More...>> : detail::SequenceCodec<std::set<T, More...>> {};

template <typename T, typename... More>
struct JsonCodec<std::unordered_set<T, More...>> : detail::SequenceCodec<std::unordered_set<T, More...>> {};

template <typename T>
struct JsonCodec<std::deque<T>> : detail::SequenceCodec<std::deque<T>> {};

template <typename T>
struct JsonCodec<std::list<T>> : detail::SequenceCodec<std::list<T>> {};

/// A binary value of exactly `size` octets.
template <detail::Octet T, std::size_t size>
struct JsonCodec<std::array<T, size>> {
    static bool read(JsonReader& reader, std::array<T, size>& value) {
        return reader.read(std::as_writable_bytes(std::span(value)));
    }
    static void write(JsonWriter& writer, const std::array<T, size>& value) {
        writer.value(BytesView(OctetsView(value)));
    }
};

/// A JSON array of exactly `size` elements.
template <typename T, std::size_t size>
struct JsonCodec<std::array<T, size>> {
    static bool read(JsonReader& reader, std::array<T, size>& elements)
        requires JsonReadable<T>
    {
        if (!reader.begin_array()) return false;
        for (T& element : elements) {
            if (!reader.next_element()) return reader.mismatch("an array with more elements");
            if (!reader.read(element)) return false;
        }
        if (reader.next_element()) return reader.mismatch("an array with fewer elements");
        return !reader.failed();
    }
    static void write(JsonWriter& writer, const std::array<T, size>& elements)
        requires JsonWritable<T>
    {
        writer.begin_array();
        for (const T& element : elements)
            writer.value(element);
        writer.end_array();
    }
};

/// A JSON array of exactly the tuple's elements.
template <typename... T>
struct JsonCodec<std::tuple<T...>> {
    static bool read(JsonReader& reader, std::tuple<T...>& value)
        requires(JsonReadable<T> && ...)
    {
        if (!reader.begin_array()) return false;
        const auto read_one = [&](auto& element) {
            return (reader.next_element() || reader.mismatch("an array with more elements")) && reader.read(element);
        };
        if (!std::apply([&](auto&... elements) { return (read_one(elements) && ...); }, value)) return false;
        if (reader.next_element()) return reader.mismatch("an array with fewer elements");
        return !reader.failed();
    }
    static void write(JsonWriter& writer, const std::tuple<T...>& value)
        requires(JsonWritable<T> && ...)
    {
        writer.begin_array();
        std::apply([&](const auto&... elements) { (writer.value(elements), ...); }, value);
        writer.end_array();
    }
};

}  // namespace parley
