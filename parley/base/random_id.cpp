// SPDX-License-Identifier: MIT
#include "parley/base/random_id.hpp"

#include <array>

#include "parley/base/base64.hpp"
#include "parley/base/bytes.hpp"

namespace parley {

std::string random_id(EntropySource& entropy) {
    std::array<std::byte, 15> random{};
    entropy.fill(random);
    std::string id;
    id.reserve(base64_size(random.size()));
    append_base64(id, as_chars(random));
    for (char& c : id) {
        if (c == '+') c = '-';
        if (c == '/') c = '_';
    }
    return id;
}

}  // namespace parley
