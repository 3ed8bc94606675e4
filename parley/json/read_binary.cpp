// SPDX-License-Identifier: MIT
//
// Attachments: the binary values that travel beside the text (Socket.IO protocol v5).
#include "parley/json/reader.hpp"

#include <algorithm>

#include "parley/json/detail/scan.hpp"

namespace parley {

// Looks at the value of a member, which comes next, for what it says about a placeholder. Of duplicates the last
// counts.
void JsonReader::note_member(std::string_view key, detail::Placeholder& placeholder) {
    if (key == "_placeholder") placeholder.is_one = next_octet() == 't';
    if (key != "num") return;
    placeholder.index.reset();
    next_octet();
    detail::NumberText number;
    if (detail::scan_number(at_, end_, number)) placeholder.index = detail::to_index(number);
}

// An object that ends here and is a placeholder must name an attachment.
bool JsonReader::check_placeholder(const detail::Placeholder& placeholder, std::size_t attachment_count) {
    if (!placeholder.is_one || (placeholder.index && *placeholder.index < attachment_count)) return true;
    return fail("a placeholder names no attachment", at_);
}

// The attachment that a placeholder names.
bool JsonReader::take_attachment(const detail::Placeholder& placeholder, BytesView& bytes) {
    if (!check_placeholder(placeholder, attachments_.size())) return false;
    bytes = attachments_[*placeholder.index];
    // Several placeholders may share an attachment, and each reader of one gets a copy: thirty octets of text must not
    // be able to ask for the same megabytes a thousand times.
    if (bytes.size() > attachment_bytes_left_) return fail("the attachments are too large together", at_);
    attachment_bytes_left_ -= bytes.size();
    return true;
}

bool JsonReader::read(BytesView& value) {
    if (attachments_.empty() || peek() != Kind::object) return unexpected("a binary value");
    detail::Placeholder placeholder;
    begin_object();
    for (std::string_view key; next_member(key);) {
        note_member(key, placeholder);
        if (!skip_value()) return false;
    }
    if (failed()) return false;
    if (!placeholder.is_one) return mismatch("a binary value");
    return take_attachment(placeholder, value);
}

bool JsonReader::read(Bytes& value) {
    BytesView bytes;
    if (!read(bytes)) return false;
    value.assign(bytes.begin(), bytes.end());
    return true;
}

bool JsonReader::read(std::span<std::byte> value) {
    BytesView bytes;
    if (!read(bytes)) return false;
    if (bytes.size() != value.size()) return mismatch("a binary value of another size");
    std::ranges::copy(bytes, value.begin());
    return true;
}

}  // namespace parley
