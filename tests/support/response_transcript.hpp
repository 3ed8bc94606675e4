// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "parley/http/response_parser.hpp"

namespace parley::test {

/// What is asked, and how much of an answer is taken.
struct ResponseSetting {
    http::ResponseTo request = http::ResponseTo::request;
    http::Limits limits{};
};

/// What the response to one request led to, as text: the head, the parts of the body joined, the end.
///
/// Octets are given in their own allocations, which die as soon as the parser's contract lets them: a view that is kept
/// too long is a sanitizer's finding.
class ResponseTranscript {
 public:
    /// How the owner of the parser behaves; the transcript must be the same.
    enum class Owner {
        eager,  ///< drains all events at once
        slow,   ///< stops after each head, and goes on with the next octets
    };

    explicit ResponseTranscript(const ResponseSetting& setting, Owner owner = Owner::eager)
        : parser_(setting.limits), owner_(owner) {
        parser_.expect(setting.request);
    }

    void receive(std::string_view piece) {
        while (drain()) {
        }
        const auto octets = std::make_unique<char[]>(piece.size());
        piece.copy(octets.get(), piece.size());
        parser_.receive({octets.get(), piece.size()});
        if (drain()) parser_.keep();
        if (has_left_http_) note_unparsed();
    }

    std::string finish() {
        while (drain()) {
        }
        if (has_left_http_) {
            note_unparsed();
            return text_ + "}\n";
        }
        if (parser_.can_be_reused()) text_ += "reusable\n";
        parser_.receive_eof();
        while (drain()) {
        }
        return text_;
    }

    [[nodiscard]] http::ResponseParser& parser() { return parser_; }

    static std::string of(std::span<const std::string_view> pieces, const ResponseSetting& setting,
                          Owner owner = Owner::eager) {
        ResponseTranscript transcript(setting, owner);
        for (const std::string_view piece : pieces)
            transcript.receive(piece);
        return transcript.finish();
    }

    static std::string of(std::string_view whole, const ResponseSetting& setting = {}) {
        return of({&whole, whole.empty() ? 0U : 1U}, setting);
    }

 private:
    // Whether the owner stopped although there may be more events.
    bool drain() {
        while (const auto event = parser_.next_event()) {
            note(*event);
            if (owner_ == Owner::slow && event->kind == http::ResponseEvent::Kind::head_received) return true;
        }
        return false;
    }

    void note(const http::ResponseEvent& event) {
        switch (event.kind) {
            case http::ResponseEvent::Kind::head_received:
                note_head();
                break;
            case http::ResponseEvent::Kind::body_received:
                if (!text_.ends_with('}')) text_ += "{}";
                text_.insert(text_.size() - 1, event.body);
                break;
            case http::ResponseEvent::Kind::response_received:
                // The head is still there, also when it came in other octets.
                text_ += " done " + std::to_string(parser_.head().status()) + "\n";
                break;
            case http::ResponseEvent::Kind::left_http:
                text_ += " left {";
                has_left_http_ = true;
                break;
            case http::ResponseEvent::Kind::failed:
                text_ += event.code == ErrorCode::limit_exceeded  ? "beyond: "
                         : event.code == ErrorCode::disconnected  ? "gone: "
                         : event.code == ErrorCode::invalid_input ? "failed: "
                                                                  : "?";
                text_ += event.reason;
                text_ += '\n';
                break;
        }
    }

    void note_head() {
        const http::ReceivedResponse& head = parser_.head();
        text_ += std::to_string(head.status());
        text_.append(" (").append(head.reason_phrase()).append(")");
        text_ += head.minor_version() == 1 ? " 1.1" : " 1.0";
        text_ += head.keep_alive() ? " keep" : " close";
        if (head.is_chunked()) text_ += " chunked";
        if (head.content_length()) text_ += " length=" + std::to_string(*head.content_length());
        if (head.wants_upgrade()) text_ += " upgrade";
        for (const http::Header header : head.headers())
            text_.append(" ").append(header.name).append("=<").append(header.value).append(">");
        text_ += ' ';
    }

    // Those of the first pieces only: afterwards the octets are nothing to the parser.
    void note_unparsed() {
        if (has_noted_unparsed_) return;
        has_noted_unparsed_ = true;
        const std::span<char> unparsed = parser_.unparsed();
        text_.append(unparsed.data(), unparsed.size());
    }

    http::ResponseParser parser_;
    Owner owner_;
    bool has_left_http_ = false;
    bool has_noted_unparsed_ = false;
    std::string text_;
};

}  // namespace parley::test
