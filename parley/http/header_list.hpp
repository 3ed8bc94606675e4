// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string_view>

namespace parley::http {

class MessageHead;

/// One header line: the name as it was sent, the value without the white space around it.
struct Header {
    std::string_view name;
    std::string_view value;
};

/// The header lines of a head in the order in which they were sent; a view of the `MessageHead` it comes from.
class HeaderList {
 public:
    class Iterator {
     public:
        using value_type = Header;
        using difference_type = std::ptrdiff_t;

        Iterator() = default;
        Iterator(const MessageHead* head, std::size_t index) noexcept : head_(head), index_(index) {}
        Header operator*() const noexcept;
        Iterator& operator++() noexcept {
            ++index_;
            return *this;
        }
        Iterator operator++(int) noexcept {
            const Iterator before = *this;
            ++index_;
            return before;
        }
        bool operator==(const Iterator&) const = default;

     private:
        const MessageHead* head_ = nullptr;
        std::size_t index_ = 0;
    };

    explicit HeaderList(const MessageHead& head) noexcept : head_(&head) {}
    [[nodiscard]] std::size_t size() const noexcept;
    [[nodiscard]] bool empty() const noexcept { return size() == 0; }
    [[nodiscard]] Header operator[](std::size_t index) const noexcept;
    [[nodiscard]] Iterator begin() const noexcept { return {head_, 0}; }
    [[nodiscard]] Iterator end() const noexcept { return {head_, size()}; }

 private:
    const MessageHead* head_;
};

}  // namespace parley::http
