// SPDX-License-Identifier: MIT
#pragma once

namespace parley {

/// A place in one list. Destroying it leaves the list, whichever it is: this is how destroying means cancelling.
class ListHook {
 public:
    ListHook() = default;
    ~ListHook() { unlink(); }
    ListHook(const ListHook&) = delete;
    ListHook& operator=(const ListHook&) = delete;

    [[nodiscard]] bool is_linked() const noexcept { return next_ != this; }

    void unlink() noexcept {
        previous_->next_ = next_;
        next_->previous_ = previous_;
        previous_ = next_ = this;
    }

 private:
    template <typename T>
    friend class IntrusiveList;

    ListHook* previous_ = this;
    ListHook* next_ = this;
};

/// A list that owns nothing and allocates nothing. `T` derives from `ListHook`; an element is in one list at a time.
template <typename T>
class IntrusiveList {
 public:
    IntrusiveList() = default;
    ~IntrusiveList() { clear(); }
    IntrusiveList(const IntrusiveList&) = delete;
    IntrusiveList& operator=(const IntrusiveList&) = delete;

    [[nodiscard]] bool empty() const noexcept { return !head_.is_linked(); }

    /// Takes `element` out of its list, if it is in one, and puts it at the end of this one.
    void push_back(T& element) noexcept {
        ListHook& hook = element;
        hook.unlink();
        hook.previous_ = head_.previous_;
        hook.next_ = &head_;
        head_.previous_->next_ = &hook;
        head_.previous_ = &hook;
    }

    /// The first element; null when there is none.
    [[nodiscard]] T* front() noexcept { return empty() ? nullptr : static_cast<T*>(head_.next_); }

    /// The first element, no longer in the list; null when there is none.
    T* pop_front() noexcept {
        if (empty()) return nullptr;
        ListHook* hook = head_.next_;
        hook->unlink();  // NOLINT(clang-analyzer-cplusplus.NewDelete): what was destroyed has left the list
        return static_cast<T*>(hook);
    }

    /// Appends all elements of `other`, in order, and leaves it empty.
    void take_all(IntrusiveList& other) noexcept {
        if (other.empty()) return;
        ListHook* first = other.head_.next_;
        ListHook* last = other.head_.previous_;
        other.head_.previous_ = other.head_.next_ = &other.head_;
        first->previous_ = head_.previous_;
        head_.previous_->next_ = first;
        last->next_ = &head_;
        head_.previous_ = last;
    }

    void clear() noexcept {
        while (pop_front() != nullptr) {
        }
    }

 private:
    ListHook head_;
};

}  // namespace parley
