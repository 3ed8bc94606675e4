// SPDX-License-Identifier: MIT
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "parley/client/http_client.hpp"
#include "parley/http/request_parser.hpp"
#include "parley/net/backend/test_worlds.hpp"

namespace parley::client::test {

/// What a request was answered, and how often.
struct Told {
    Function<void(Result<HttpResponse>)> note() {
        return [this](Result<HttpResponse> result) {
            ++times;
            if (result) {
                response = std::move(*result);
            } else {
                error = result.error();
            }
        };
    }

    int times = 0;
    std::optional<HttpResponse> response;
    std::optional<Error> error;
};

/// A request as the server of a site got it.
struct Asked {
    std::string method;
    std::string target;
    std::string text;  ///< all of it
};

inline std::string ok(const std::string& body, const std::string& headers = "") {
    return "HTTP/1.1 200 OK\r\n" + headers + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

/// A server in a simulated world that answers as a test says, octet for octet.
class Site {
 public:
    enum class Then { keep, end, reset };

    explicit Site(std::uint64_t seed = 7) : network(seed) {
        listener_ = loop.listen(net::Endpoint::loopback(0), {},
                                [this](std::unique_ptr<net::Stream> stream) {
                                    ++accepted;
                                    connections_.emplace_back(*this, std::move(stream));
                                })
                        .value();
    }

    [[nodiscard]] std::string authority() const { return "127.0.0.1:" + std::to_string(listener_->port()); }
    [[nodiscard]] std::string url(const std::string& target, const std::string& user = "") const {
        return "http://" + user + authority() + target;
    }

    /// Sends, and lets time pass.
    Told send(HttpClient& client, HttpRequest request, Duration pass = std::chrono::seconds(2)) {
        Told told;
        const HttpCall call = client.send(std::move(request), told.note());
        CHECK(told.times == 0);
        network.run_for(pass);
        CHECK(told.times == 1);
        return told;
    }

    net::SimulatedNetwork network;
    net::Loop& loop = network.loop();
    Function<std::string(const Asked&)> answer = [](const Asked&) { return ok("hello"); };
    std::string behind;  ///< what comes behind each answer, in the same octets
    Then then = Then::keep;
    Duration delay_first{};   ///< before the first octet of an answer
    Duration delay_rest{};    ///< before the last one
    bool reset_next = false;  ///< the connection on which the next request comes
    bool reset_always = false;
    std::vector<Asked> asked;
    int accepted = 0;

 private:
    class Connection final : private net::StreamHandler {
     public:
        Connection(Site& site, std::unique_ptr<net::Stream> stream)
            : site_(site),
              first_(site.loop, [this] { send_first(); }),
              rest_(site.loop, [this] { send_rest(); }),
              stream_(std::move(stream)) {
            stream_->set_handler(*this);
        }

     private:
        void on_data(std::span<char> bytes) override {
            text_.append(bytes.data(), bytes.size());
            parser_.receive(bytes);
            while (const auto event = parser_.next_event()) {
                if (event->kind != http::RequestEvent::Kind::request_received) continue;
                const http::RequestHead& head = parser_.head();
                site_.asked.push_back(
                    {std::string(head.method()), std::string(head.target()), std::exchange(text_, {})});
                if (std::exchange(site_.reset_next, false) || site_.reset_always) return stream_.reset();
                answer_ = site_.answer(site_.asked.back()) + site_.behind;
                if (head.method() == "HEAD") answer_.resize(answer_.find("\r\n\r\n") + 4);
                first_.start(site_.delay_first);
            }
        }
        void on_end() override { stream_->close(); }
        void on_closed(std::optional<Error>) override { stream_.reset(); }

        void send_first() {
            if (!stream_) return;
            send(answer_.substr(0, 5));
            rest_.start(site_.delay_rest);
        }
        void send_rest() {
            if (!stream_) return;
            send(answer_.substr(std::min<std::size_t>(answer_.size(), 5)));
            if (site_.then == Then::end) stream_->close();
            if (site_.then == Then::reset) stream_.reset();
        }
        void send(std::string_view octets) {
            stream_->outbox().append(octets);
            stream_->flush_soon();
        }

        Site& site_;
        http::RequestParser parser_;
        std::string text_;
        std::string answer_;
        net::Timer first_;
        net::Timer rest_;
        std::unique_ptr<net::Stream> stream_;
    };

    std::list<Connection> connections_;
    std::unique_ptr<net::Listener> listener_;
};

}  // namespace parley::client::test
