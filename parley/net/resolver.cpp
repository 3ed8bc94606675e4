// SPDX-License-Identifier: MIT
#include "parley/net/resolver.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <resolv.h>
#include <sys/socket.h>

#include <algorithm>
#include <condition_variable>
#include <csignal>
#include <cstring>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

namespace parley::net {

// What the loop knows of a look-up. Its handle alone owns it, the thread only knows whether it still exists.
struct Resolver::Lookup {
    std::uint16_t port = 0;
    OnResolved on_resolved;

    // The function is moved out while it runs: it may destroy the handle.
    void tell(Result<std::vector<Endpoint>> addresses) {
        OnResolved told = std::move(on_resolved);
        told(std::move(addresses));
    }
};

namespace {

using Addresses = Result<std::vector<Endpoint>>;

class PendingLookup final : public Pending {
 public:
    explicit PendingLookup(std::shared_ptr<const void> lookup) : lookup_(std::move(lookup)) {}

 private:
    std::shared_ptr<const void> lookup_;
};

Endpoint endpoint_of(const sockaddr* address, std::uint16_t port) {
    if (address->sa_family == AF_INET6) {
        const auto* v6 = reinterpret_cast<const sockaddr_in6*>(address);
        std::array<std::uint8_t, 16> octets{};
        std::memcpy(octets.data(), &v6->sin6_addr, octets.size());
        return Endpoint::ipv6(octets, port, v6->sin6_scope_id);
    }
    std::array<std::uint8_t, 4> octets{};
    std::memcpy(octets.data(), &reinterpret_cast<const sockaddr_in*>(address)->sin_addr, octets.size());
    return Endpoint::ipv4(octets, port);
}

Error lookup_error(int code, const std::string& host) {
    const std::string name = "The name \"" + host + "\"";
    switch (code) {
        case EAI_NONAME:
            return {ErrorCode::not_found, name + " does not exist."};
        case EAI_AGAIN:
            return {ErrorCode::timed_out, name + " could not be looked up: the name server does not answer."};
        default:
            return {ErrorCode::unavailable, name + " could not be looked up: " + gai_strerror(code) + "."};
    }
}

Addresses look_up(const std::string& host, std::uint16_t port) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG;
    addrinfo* first = nullptr;
    if (const int code = getaddrinfo(host.c_str(), nullptr, &hints, &first); code != 0) {
        return std::unexpected(lookup_error(code, host));
    }
    std::vector<Endpoint> endpoints;
    for (const addrinfo* info = first; info != nullptr; info = info->ai_next) {
        const Endpoint endpoint = endpoint_of(info->ai_addr, port);
        if (std::ranges::find(endpoints, endpoint) == endpoints.end()) endpoints.push_back(endpoint);
    }
    freeaddrinfo(first);
    return endpoints;
}

// The resolver's state belongs to the thread, so this bounds the look-ups of this one only.
void bound_lookups() {
#if defined(__GLIBC__)
    if (res_init() != 0) return;
    _res.retrans = 2;  // seconds
    _res.retry = 2;    // rounds over the name servers
#endif
}

}  // namespace

class Resolver::Worker {
 public:
    explicit Worker(Loop& loop) : loop_(loop) {
        // Signals are for the threads that watch them.
        sigset_t all;
        sigset_t before;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before);
        thread_ = std::thread([this] { run(); });
        pthread_sigmask(SIG_SETMASK, &before, nullptr);
    }

    ~Worker() {
        {
            const std::lock_guard lock(mutex_);
            ends_ = true;
        }
        wakes_.notify_one();
        thread_.join();
    }

    void add(std::weak_ptr<Lookup> lookup, std::string host) {
        {
            const std::lock_guard lock(mutex_);
            waiting_.push_back({std::move(lookup), std::move(host)});
        }
        wakes_.notify_one();
    }

 private:
    struct Request {
        std::weak_ptr<Lookup> lookup;  // expired: cancelled
        std::string host;
    };

    void run() {
        bound_lookups();
        std::unique_lock lock(mutex_);
        while (true) {
            wakes_.wait(lock, [this] { return ends_ || !waiting_.empty(); });
            if (ends_) return;
            Request request = std::move(waiting_.front());
            waiting_.pop_front();
            if (request.lookup.expired()) continue;
            lock.unlock();
            Addresses addresses = look_up(request.host, 0);
            loop_.post([lookup = std::move(request.lookup), addresses = std::move(addresses)]() mutable {
                if (const auto alive = lookup.lock()) alive->tell(with_port(std::move(addresses), alive->port));
            });
            lock.lock();
        }
    }

    static Addresses with_port(Addresses addresses, std::uint16_t port) {
        if (addresses) {
            for (Endpoint& endpoint : *addresses)
                endpoint = endpoint.with_port(port);
        }
        return addresses;
    }

    Loop& loop_;
    std::mutex mutex_;
    std::condition_variable wakes_;
    std::deque<Request> waiting_;
    bool ends_ = false;
    std::thread thread_;
};

Resolver::Resolver(Loop& loop) : loop_(loop) {}

Resolver::~Resolver() = default;

std::unique_ptr<Pending> Resolver::resolve(std::string host, std::uint16_t port, OnResolved on_resolved) {
    auto lookup = std::make_shared<Lookup>();
    lookup->port = port;
    lookup->on_resolved = std::move(on_resolved);
    if (const auto numeric = Endpoint::parse(host, port); numeric && !host.empty()) {
        loop_.post([lookup = std::weak_ptr(lookup), endpoint = *numeric] {
            if (const auto alive = lookup.lock()) alive->tell(std::vector{endpoint});
        });
    } else {
        if (worker_ == nullptr) worker_ = std::make_unique<Worker>(loop_);
        worker_->add(lookup, std::move(host));
    }
    return std::make_unique<PendingLookup>(std::move(lookup));
}

}  // namespace parley::net
