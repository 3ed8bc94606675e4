// SPDX-License-Identifier: MIT
// Base64: what is encoded decodes to itself, and what decodes has one spelling per alphabet.
#include "parley/base/base64.hpp"

#include <algorithm>
#include <string>

#include "tests/fuzz/support/input.hpp"

using namespace parley;
using fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const fuzz::Copy input({reinterpret_cast<const char*>(data), size});

    const std::string encoded = base64_encode(input.view());
    require(encoded.size() == base64_size(size), "base64_size tells the size");
    require(base64_decode(encoded) == input.view(), "what is encoded decodes to itself");
    std::string appended = "x";
    append_base64(appended, input.view());
    require(appended == "x" + encoded, "append_base64 appends what base64_encode returns");

    const Result<std::string> decoded = base64_decode(input.view());
    if (!decoded) return 0;
    std::string spelled(input.view());
    std::ranges::replace(spelled, '-', '+');
    std::ranges::replace(spelled, '_', '/');
    spelled.resize((spelled.size() + 3) / 4 * 4, '=');
    require(base64_encode(*decoded) == spelled, "one value has one spelling");
    return 0;
}
