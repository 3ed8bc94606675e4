// SPDX-License-Identifier: MIT
#include "parley/net/backend/posix/signal_inbox.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <mutex>
#include <thread>

namespace parley::net::detail {

// An inbox as the handler sees it. Slots are used again and never freed: a handler may be looking at any of them.
struct SignalSlot {
    std::atomic<std::uint64_t> watched = 0;  // bit n - 1: signal n
    std::atomic<std::uint64_t> arrived = 0;
    std::atomic<int> descriptor = -1;
    std::atomic<int> visitors = 0;  // handlers that may be about to write to the descriptor
    bool is_taken = false;          // under the table's mutex
    SignalSlot* next = nullptr;     // never changes once the slot is in the table
};

namespace {

static_assert(std::atomic<std::uint64_t>::is_always_lock_free && std::atomic<SignalSlot*>::is_always_lock_free);

struct Disposition {
    int inboxes = 0;
    struct sigaction before{};
};

constexpr int signal_max = 64;

// A global where there should be none: the system keeps one disposition per signal and process, and gives the handler
// nothing but the signal's number. The handler touches only `first` and the atomics of the slots.
struct SignalTable {
    std::atomic<SignalSlot*> first = nullptr;
    std::mutex mutex;  // for all the rest
    std::array<Disposition, signal_max + 1> dispositions{};
};
constinit SignalTable table;

constexpr std::uint64_t bit_of(int signal) {
    return std::uint64_t{1} << (signal - 1);
}

// Runs in any thread at any moment: nothing here locks or allocates. All orders are sequentially consistent: either the
// visit is seen by `release_slot`, or this sees that nothing is watched any more.
void handle_signal(int signal) {
    const int error_before = errno;
    for (SignalSlot* slot = table.first.load(); slot != nullptr; slot = slot->next) {
        ++slot->visitors;
        if ((slot->watched.load() & bit_of(signal)) != 0) {
            slot->arrived |= bit_of(signal);
            const char one = 1;  // where there is no room for it, the inbox is readable already
            [[maybe_unused]] const auto written = ::write(slot->descriptor.load(), &one, sizeof(one));
        }
        --slot->visitors;
    }
    errno = error_before;
}

// The functions below are called under the table's mutex.

SignalSlot& take_slot(int descriptor) {
    SignalSlot* slot = table.first.load();
    while (slot != nullptr && slot->is_taken)
        slot = slot->next;
    if (slot == nullptr) {
        slot = new SignalSlot;
        slot->next = table.first.load();
        table.first.store(slot);
    }
    slot->is_taken = true;
    slot->arrived.store(0);
    slot->descriptor.store(descriptor);
    return *slot;
}

// The slot watches before the handler is there, so that no signal comes to a handler that nobody listens to.
bool watch(SignalSlot& slot, int signal) {
    if (signal < 1 || signal > signal_max) {
        errno = EINVAL;
        return false;
    }
    if ((slot.watched.load() & bit_of(signal)) != 0) return true;
    Disposition& disposition = table.dispositions[static_cast<std::size_t>(signal)];
    slot.watched |= bit_of(signal);
    if (disposition.inboxes == 0) {
        struct sigaction ours{};
        ours.sa_handler = handle_signal;
        ours.sa_flags = SA_RESTART;
        sigfillset(&ours.sa_mask);
        if (sigaction(signal, &ours, &disposition.before) != 0) {
            slot.watched &= ~bit_of(signal);
            return false;
        }
    }
    ++disposition.inboxes;
    return true;
}

void restore_disposition(int signal) {
    Disposition& disposition = table.dispositions[static_cast<std::size_t>(signal)];
    if (--disposition.inboxes > 0) return;
    struct sigaction current{};
    const bool is_ours = sigaction(signal, nullptr, &current) == 0 && current.sa_handler == handle_signal;
    if (is_ours) sigaction(signal, &disposition.before, nullptr);
}

// Returns when no handler will touch the slot's descriptor any more.
void release_slot(SignalSlot& slot) {
    const std::uint64_t watched = slot.watched.load();
    for (int signal = 1; signal <= signal_max; ++signal) {
        if ((watched & bit_of(signal)) != 0) restore_disposition(signal);
    }
    slot.watched.store(0);
    while (slot.visitors.load() != 0)
        std::this_thread::yield();
    slot.is_taken = false;
}

}  // namespace

SignalInbox::~SignalInbox() {
    if (slot_ == nullptr) return;
    const std::lock_guard lock(table.mutex);
    release_slot(*slot_);
}

bool SignalInbox::open(std::span<const int> signals) {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) return false;
    out_ = Descriptor(ends[0]);
    in_ = Descriptor(ends[1]);
    const std::lock_guard lock(table.mutex);
    slot_ = &take_slot(in_.get());
    for (const int signal : signals) {
        if (!watch(*slot_, signal)) return false;
    }
    return true;
}

// The pipe is emptied first: what arrives from then on makes it readable again.
std::uint64_t SignalInbox::take() {
    std::array<char, 64> octets{};
    while (::read(out_.get(), octets.data(), octets.size()) == static_cast<ssize_t>(octets.size())) {
    }
    return slot_->arrived.exchange(0) & slot_->watched.load();
}

}  // namespace parley::net::detail
