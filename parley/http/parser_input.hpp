// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace parley::http::detail {

/// The octets of a connection that a parser walks over once, and the head that it has walked over last; private to the
/// parsers.
///
/// What comes in is viewed where it is; what must outlive that is copied in `keep`: the octets to a buffer, where more
/// is appended behind them, and the head to a place of its own, where it stays. Between messages both are freed.
class ParserInput {
 public:
    void receive(std::span<char> bytes) {
        if (left_.empty()) {
            left_ = bytes;
            is_kept_ = false;
            return;
        }
        assert(is_kept_ && "keep() was not called");
        const auto at = static_cast<std::size_t>(left_.data() - buffer_.data());
        buffer_.resize(at + left_.size());
        buffer_.append(bytes.data(), bytes.size());
        left_ = std::span(buffer_).subspan(at);
    }

    /// What has not been walked over yet.
    [[nodiscard]] std::span<char> left() const noexcept { return left_; }
    [[nodiscard]] std::string_view view() const noexcept { return {left_.data(), left_.size()}; }
    [[nodiscard]] bool empty() const noexcept { return left_.empty(); }

    void take(std::size_t octets) noexcept { left_ = left_.subspan(octets); }
    void drop() noexcept { left_ = {}; }

    /// The next `size` octets are the head in use.
    void take_head(std::size_t size) noexcept {
        head_ = {left_.data(), size};
        is_head_kept_ = false;
        take(size);
    }
    void forget_head() noexcept { head_ = {}; }
    [[nodiscard]] std::string_view head() const noexcept { return head_; }

    /// Copies the head in use. Whether it has moved.
    bool keep_head() {
        if (head_.data() == nullptr || is_head_kept_) return false;
        head_text_.assign(head_);
        head_ = head_text_;
        return is_head_kept_ = true;
    }

    /// Copies what is left, and frees what is not used.
    void keep() {
        if (left_.empty()) {
            if (!buffer_.empty()) std::string().swap(buffer_);
            if (head_.data() == nullptr && !head_text_.empty()) std::string().swap(head_text_);
            return;
        }
        // What has been walked over stays until it is the larger part, so that many small messages in one large buffer
        // are not moved once each.
        constexpr std::size_t waste_allowed = 4'096;
        if (is_kept_ && buffer_.size() - left_.size() <= std::max(left_.size(), waste_allowed)) return;
        buffer_ = std::string(left_.data(), left_.size());
        left_ = std::span(buffer_);
        is_kept_ = true;
    }

    /// Octets in memory of its own.
    [[nodiscard]] std::size_t kept_bytes() const noexcept { return buffer_.size(); }

 private:
    std::span<char> left_;
    std::string_view head_;      // without data: none is in use
    bool is_kept_ = false;       // left_ is in buffer_
    bool is_head_kept_ = false;  // head_ is head_text_
    std::string head_text_;
    std::string buffer_;  // input that had to be kept, a head in progress among it
};

}  // namespace parley::http::detail
