// SPDX-License-Identifier: MIT
#include "parley/contract/arguments.hpp"

#include <utility>

#include "parley/base/text.hpp"

namespace parley::contract {

// Most packets fit: one allocation instead of one for each doubling.
constexpr std::size_t usual_bytes = 120;

ArgumentWriter::ArgumentWriter() : writer_(text_, &attachments_) {
    text_.reserve(usual_bytes);
    writer_.begin_array();
}

ArgumentWriter::ArgumentWriter(std::string_view event, bool wanted) : ArgumentWriter() {
    wanted_ = wanted;
    writer_.value(event);
}

EncodedArguments ArgumentWriter::finish() {
    writer_.end_array();
    return {std::move(text_), std::move(attachments_)};
}

bool ArgumentReader::next() {
    if (!at_end_) at_end_ = !reader_.next_element();
    ++position_;
    return !at_end_;
}

bool ArgumentReader::read_rest(Arguments& values) {
    while (next()) {
        if (!reader_.read(values.emplace_back())) return false;
    }
    return !reader_.failed();
}

std::string ArgumentReader::mismatch() const {
    std::string text = "argument ";
    append_decimal(text, position_);
    if (!reader_.failed()) return text + " is missing";
    return text + ": " + reader_.error().message;
}

Arguments all_arguments(ArgumentReader reader) {
    Arguments arguments;
    static_cast<void>(reader.read(arguments));
    return arguments;
}

}  // namespace parley::contract
