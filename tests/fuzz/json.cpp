// SPDX-License-Identifier: MIT
// JSON: reading into a value, reading step by step and mere checking agree about what is good; what is written again
// reads the same.
#include "parley/json.hpp"

#include <array>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "parley/json/containers.hpp"
#include "tests/fuzz/support/input.hpp"

using namespace parley;
using fuzz::require;

namespace fuzzed {

struct Point {
    std::int64_t x = 0;
    std::optional<double> y;
    Bytes octets;
    std::vector<Json> more;
};
PARLEY_JSON_FIELDS(Point, x, y, octets, more)

}  // namespace fuzzed

namespace {

// The same value for JavaScript, which knows doubles only: an integer beyond 2^53 is written as the double it came
// from.
bool is_same(const Json& a, const Json& b) {
    if (a == b) return true;
    if (a.as_double() && b.as_double()) return *a.as_double() == *b.as_double();
    if (a.type() != b.type() || a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.elements().size(); ++i) {
        if (!is_same(a.elements()[i], b.elements()[i])) return false;
    }
    for (const auto& [key, value] : a.members()) {
        const Json* const other = b.find(key);
        if (other == nullptr || !is_same(value, *other)) return false;
    }
    return a.size() > 0;
}

void check_written_again(const Json& value) {
    const std::string once = to_json(value);
    require(validate_json(once, {.depth_max = 1'024}).has_value(), "what is written is JSON");
    const Result<Json> again = parse_json(once, {.depth_max = 1'024});
    require(again && is_same(*again, value), "what is written reads the same");
    require(to_json(*again) == once, "and is written the same once more");
}

// Steps through the text as a codec would, each value in the form that `chances` says, whether that fits or not.
void walk(std::string_view text, const JsonLimits& limits, std::uint8_t seed) {
    fuzz::Chances chances(seed);
    JsonReader reader(text, {}, limits);
    std::vector<bool> is_object;
    do {
        std::string_view key;
        const JsonReader::Kind kind = reader.peek();
        if (kind == JsonReader::Kind::array && chances.below(4) != 0) {
            if (reader.begin_array()) is_object.push_back(false);
        } else if (kind == JsonReader::Kind::object && chances.below(4) != 0) {
            if (reader.begin_object()) is_object.push_back(true);
        } else {
            bool truth = false;
            std::int64_t whole = 0;
            std::uint64_t natural = 0;
            double real = 0;
            std::string word;
            Json any;
            switch (chances.below(8)) {
                case 0:
                    reader.read(truth);
                    break;
                case 1:
                    reader.read(whole);
                    break;
                case 2:
                    reader.read(natural);
                    break;
                case 3:
                    reader.read(real);
                    break;
                case 4:
                    reader.read(word);
                    break;
                case 5:
                    reader.read_null();
                    break;
                case 6:
                    require(text.contains(reader.raw_value()), "a raw value is a view of the text");
                    break;
                default:
                    reader.read(any);
                    break;
            }
        }
        while (!reader.failed() && !is_object.empty() &&
               !(is_object.back() ? reader.next_member(key) : reader.next_element())) {
            if (!reader.failed()) is_object.pop_back();
        }
    } while (!reader.failed() && !is_object.empty());
    if (reader.failed() || !reader.at_end()) {
        require(!reader.error().message.empty(), "a failure says why");
    } else {
        require(validate_json(text, limits).has_value(), "what was read to its end is JSON");
    }
    if (reader.mismatched()) require(reader.failed(), "a mismatch is a failure");
}

// The same text as a type with members, and as octets, from the text and from the value.
void check_typed_parts(std::string_view text, std::span<const BytesView> attachments, const Json& value) {
    fuzzed::Point point;
    JsonReader members(text, attachments);
    const bool is_point = members.read(point) && members.at_end();
    require(is_point || !members.error().message.empty(), "a failure in a member says why");
    Bytes octets;
    JsonReader binary(text, attachments);
    if (binary.read(octets) && binary.at_end()) require(value.as_binary().has_value(), "octets are octets either way");
    if (is_point) require(value["x"].as_int64() == point.x, "members are read either way");
    require(!is_point || value.get<fuzzed::Point>(), "and from the value");
    require(!is_point || Json::from(point).get<fuzzed::Point>(), "and back into one");
    if (!text.starts_with('[')) return;
    JsonReader inside(text, attachments);
    inside.enter_array_at(1);
    std::size_t elements = 0;
    for (Json element; inside.next_element() && inside.read(element);)
        ++elements;
    require(inside.failed() || elements == value.size(), "from within an array there are as many elements");
}

// Texts that are the program's, whatever is in them.
void check_text_of_program(std::string_view text) {
    std::string written;
    JsonWriter(written).value(text);
    require(validate_json(written).has_value(), "any text is written as a good string");
    require(parse_json(to_json(Json(as_bytes(text)))).has_value(), "and any octets as a Buffer");
}

// With attachments: what the check lets through is read, and comes out with the same attachments.
void check_attachments(std::string_view text, const JsonLimits& limits) {
    static const std::string octets[] = {"", "one"};
    const std::array<BytesView, 2> attachments{as_bytes(octets[0]), as_bytes(octets[1])};
    const bool is_good = validate_json(text, limits, attachments.size()).has_value();
    JsonReader reader(text, attachments, limits);
    Json value;
    const bool is_read = reader.read(value) && reader.at_end();
    require(!is_good || is_read, "what the check lets through is read");
    if (!is_read) return;
    std::string written;
    std::vector<BytesView> collected;
    JsonWriter(written, &collected).value(value);
    JsonReader second(written, collected, {.depth_max = 1'024});
    Json again;
    require(second.read(again) && second.at_end() && is_same(again, value), "binary values come back");
    require(validate_json(to_json(value), {.depth_max = 1'024}).has_value(), "without a list they are written, too");
    check_typed_parts(text, attachments, value);
}

template <typename T>
void check_typed(std::string_view text) {
    const Result<T> value = parse_json<T>(text);
    if (!value) return;
    std::string written;
    JsonWriter(written).value(*value);
    const Result<T> again = parse_json<T>(written);
    require(again.has_value(), "what a codec has written it reads");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const std::uint8_t choice = input.octet();
    const std::uint8_t seed = input.octet();
    const fuzz::Copy copy(input.rest());
    const std::string_view text = copy.view();
    const JsonLimits limits{.depth_max = (choice & 1) != 0 ? 4U : 128U, .attachment_bytes_max = 8};

    const Result<Json> value = parse_json(text, limits);
    const Result<void> checked = validate_json(text, limits);
    require(value.has_value() == checked.has_value(), "reading and checking agree");
    if (value) {
        check_written_again(*value);
    } else {
        require(value.error().code == checked.error().code, "and fail alike");
        require(!value.error().message.empty(), "and say why");
    }
    walk(text, limits, seed);
    check_attachments(text, limits);
    check_text_of_program(text);
    check_typed<std::vector<std::int64_t>>(text);
    check_typed<std::vector<double>>(text);
    check_typed<std::vector<std::string>>(text);
    check_typed<std::uint64_t>(text);
    return 0;
}
