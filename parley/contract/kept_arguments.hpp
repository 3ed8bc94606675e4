// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "parley/base/bytes.hpp"
#include "parley/base/shared_buffer.hpp"
#include "parley/contract/arguments.hpp"

namespace parley::contract {

/// Copies of the binary values, to outlive the program's.
inline std::vector<SharedBuffer> share(const std::vector<BytesView>& attachments) {
    std::vector<SharedBuffer> shared;
    shared.reserve(attachments.size());
    for (const BytesView bytes : attachments)
        shared.emplace_back(as_chars(bytes));
    return shared;
}

/// Octets of all that they carry.
[[nodiscard]] inline std::size_t total_bytes(const EncodedArguments& arguments) {
    std::size_t bytes = arguments.json.size();
    for (const BytesView attachment : arguments.attachments)
        bytes += attachment.size();
    return bytes;
}

/// Arguments that travel to another thread, or stay for later: they own what they carry.
class KeptArguments {
 public:
    explicit KeptArguments(const EncodedArguments& arguments)
        : json_(arguments.json), attachments_(share(arguments.attachments)) {}

    /// Once: the arguments, with views into this.
    [[nodiscard]] EncodedArguments take() { return with_attachments(std::move(json_)); }
    /// The same again and again.
    [[nodiscard]] EncodedArguments copy() const { return with_attachments(json_); }

 private:
    [[nodiscard]] EncodedArguments with_attachments(std::string json) const {
        EncodedArguments arguments{std::move(json), {}};
        for (const SharedBuffer& buffer : attachments_)
            arguments.attachments.push_back(as_bytes(buffer.view()));
        return arguments;
    }

    std::string json_;
    std::vector<SharedBuffer> attachments_;
};

}  // namespace parley::contract
