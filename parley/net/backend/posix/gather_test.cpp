// SPDX-License-Identifier: MIT
#include "parley/net/backend/posix/gather.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <vector>

namespace parley::net::detail {
namespace {

struct Gathered {
    explicit Gathered(const std::vector<std::string>& octets, std::size_t scratch_size = 64 * 1024,
                      std::size_t vectors_max = 64)
        : scratch(scratch_size, '\0'), vectors(vectors_max) {
        const std::vector<std::string_view> pieces(octets.begin(), octets.end());
        vectors.resize(gather(pieces, scratch, vectors));
        for (const iovec& vector : vectors)
            whole.append(static_cast<const char*>(vector.iov_base), vector.iov_len);
    }

    std::string scratch;
    std::vector<iovec> vectors;
    std::string whole;
};

const std::string large(gather_copy_bytes_max, 'L');

}  // namespace

TEST_CASE("gather: small pieces become one contiguous run") {
    const Gathered gathered({"one", "two", "three"});
    CHECK(gathered.whole == "onetwothree");
    CHECK(gathered.vectors.size() == 1);
}

TEST_CASE("gather: a large piece is referred to, small ones around it are copied") {
    const std::vector<std::string> pieces{"a", "b", large, "c", "d"};
    const Gathered gathered(pieces);
    CHECK(gathered.whole == "ab" + large + "cd");
    REQUIRE(gathered.vectors.size() == 3);
    CHECK(gathered.vectors[1].iov_base == pieces[2].data());
}

TEST_CASE("gather: two large pieces stay two") {
    CHECK(Gathered({large, large}).vectors.size() == 2);
}

TEST_CASE("gather: what does not fit is left for the next send, and order is kept") {
    CHECK(Gathered({"aaaa", "bbbb", "cccc"}, 10).whole == "aaaabbbb");
    CHECK(Gathered({large, "a", large}, 64, 2).whole == large + "a");
    CHECK(Gathered({"aaaa", large}, 4).whole == "aaaa" + large);
}

}  // namespace parley::net::detail
