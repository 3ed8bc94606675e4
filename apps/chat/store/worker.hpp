// SPDX-License-Identifier: MIT
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "parley/base/function.hpp"

namespace parley::chat {

/// A thread that does jobs in the order in which they come, each time all that wait at once. What waits when it is
/// destroyed is done before.
template <typename Job>
class Worker {
 public:
    /// `work` is called on the thread, and throws nothing.
    Worker(std::size_t waiting_max, Function<void(std::vector<Job>&)> work)
        : waiting_max_(waiting_max), work_(std::move(work)), thread_([this] { run(); }) {}
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;
    ~Worker() {
        {
            const std::lock_guard lock(mutex_);
            is_ending_ = true;
        }
        something_waits_.notify_one();
        thread_.join();
    }

    /// Any thread. False: too many wait, and the job is as it was.
    bool add(Job& job) {
        {
            const std::lock_guard lock(mutex_);
            if (waiting_.size() >= waiting_max_) return false;
            waiting_.push_back(std::move(job));
        }
        something_waits_.notify_one();
        return true;
    }

 private:
    void run() {
        for (std::vector<Job> jobs; take(jobs); jobs.clear())
            work_(jobs);
    }

    bool take(std::vector<Job>& jobs) {
        std::unique_lock lock(mutex_);
        something_waits_.wait(lock, [this] { return is_ending_ || !waiting_.empty(); });
        std::swap(jobs, waiting_);
        return !jobs.empty();
    }

    std::size_t waiting_max_;
    Function<void(std::vector<Job>&)> work_;
    std::mutex mutex_;
    std::condition_variable something_waits_;
    std::vector<Job> waiting_;
    bool is_ending_ = false;
    std::thread thread_;  // last: it uses all of the above
};

}  // namespace parley::chat
