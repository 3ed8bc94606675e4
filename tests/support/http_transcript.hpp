// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "parley/http/request_parser.hpp"

namespace parley::test {

/// What a stream of requests led to, as text: one line per event, the parts of one body joined.
///
/// Octets are given in their own allocations, which die as soon as the parser's contract lets them: a view that is kept
/// too long is a sanitizer's finding.
class HttpTranscript {
 public:
    /// How the owner of the parser behaves; the transcript must be the same.
    enum class Owner {
        eager,  ///< drains all events at once
        slow,   ///< stops after each head and each request, as one that waits for the answer, and goes on with the next
                ///< octets
    };

    explicit HttpTranscript(const http::Limits& limits = {}, Owner owner = Owner::eager)
        : parser_(limits), owner_(owner) {}

    void receive(std::string_view piece) {
        while (drain() && owner_ == Owner::slow) {
        }
        const auto octets = std::make_unique<char[]>(piece.size());
        piece.copy(octets.get(), piece.size());
        parser_.receive({octets.get(), piece.size()});
        if (drain()) parser_.keep();
    }

    std::string finish() {
        while (drain()) {
        }
        parser_.receive_eof();
        while (drain()) {
        }
        return text_;
    }

    [[nodiscard]] const std::string& text() const { return text_; }
    [[nodiscard]] http::RequestParser& parser() { return parser_; }

    static std::string of(std::span<const std::string_view> pieces, const http::Limits& limits = {},
                          Owner owner = Owner::eager) {
        HttpTranscript transcript(limits, owner);
        for (const std::string_view piece : pieces)
            transcript.receive(piece);
        return transcript.finish();
    }

 private:
    // Whether the owner stopped although there may be more events.
    bool drain() {
        while (const auto event = parser_.next_event()) {
            note(*event);
            const bool is_pause = event->kind == http::RequestEvent::Kind::head_received ||
                                  event->kind == http::RequestEvent::Kind::request_received;
            if (owner_ == Owner::slow && is_pause) return true;
        }
        return false;
    }

    void note(const http::RequestEvent& event) {
        switch (event.kind) {
            case http::RequestEvent::Kind::head_received:
                note_head();
                break;
            case http::RequestEvent::Kind::body_received:
                if (!text_.ends_with('}')) text_ += "{}";
                text_.insert(text_.size() - 1, event.body);
                break;
            case http::RequestEvent::Kind::request_received:
                // The head is still there, also when it came in other octets.
                text_ += " done ";
                text_ += parser_.head().target();
                text_ += '\n';
                break;
            case http::RequestEvent::Kind::failed:
                text_ += "failed " + std::to_string(event.status) + ": ";
                text_ += event.reason;
                text_ += '\n';
                break;
        }
    }

    void note_head() {
        const http::RequestHead& head = parser_.head();
        text_.append(head.method()).append(" ").append(head.path()).append("?").append(head.query());
        text_ += head.minor_version() == 1 ? " 1.1" : " 1.0";
        text_ += head.keep_alive() ? " keep" : " close";
        if (head.is_chunked()) text_ += " chunked";
        if (head.content_length()) text_ += " length=" + std::to_string(*head.content_length());
        if (head.expects_continue()) text_ += " expects";
        if (head.wants_upgrade()) text_ += " upgrade";
        for (const http::Header header : head.headers())
            text_.append(" ").append(header.name).append("=<").append(header.value).append(">");
        text_ += ' ';
    }

    http::RequestParser parser_;
    Owner owner_;
    std::string text_;
};

}  // namespace parley::test
