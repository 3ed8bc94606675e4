// SPDX-License-Identifier: MIT
#pragma once

#include <string>
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

/// Arguments that travel to another thread: they own what they carry.
class KeptArguments {
 public:
    explicit KeptArguments(const EncodedArguments& arguments)
        : json_(arguments.json), attachments_(share(arguments.attachments)) {}

    /// Once: the arguments, with views into this.
    [[nodiscard]] EncodedArguments take() {
        EncodedArguments arguments{std::move(json_), {}};
        for (const SharedBuffer& buffer : attachments_)
            arguments.attachments.push_back(as_bytes(buffer.view()));
        return arguments;
    }

 private:
    std::string json_;
    std::vector<SharedBuffer> attachments_;
};

}  // namespace parley::contract
