// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parley/http/header_list.hpp"

namespace parley::http {

/// How much of a form is taken. What is beyond is answered 413.
struct FormLimits {
    std::size_t parts_max = 100;                     ///< fields and files together
    std::size_t part_header_bytes_max = 8 * 1024;    ///< header lines of one part
    std::size_t name_bytes_max = 255;                ///< of a field's name, and of a file's
    std::uint64_t field_bytes_max = 1'000'000;       ///< of one field that is no file
    std::uint64_t file_bytes_max = 1'000'000'000;    ///< of one file
    std::uint64_t form_bytes_max = 10'000'000'000U;  ///< of all parts, up to the end of the last one's delimiter
};

/// What a part of a form says of itself.
struct FormPart {
    std::string name;               ///< of the field
    bool is_file = false;           ///< it has a `filename`, which is empty where nothing was chosen
    std::string file_name;          ///< without directories; any octets but control characters: never make a path of it
    std::string_view content_type;  ///< as it was sent; empty without one
    std::vector<Header> headers;    ///< all, in order; views as the type, valid until the next part begins
};

/// What happened in a form.
struct MultipartEvent {
    enum class Kind {
        part_began,     ///< `MultipartParser::part` is the part
        data_received,  ///< `data` is the next piece of it
        part_ended,
        form_ended,  ///< what comes behind is passed over
        failed,      ///< answer with `status`; nothing more happens
    };

    Kind kind{};
    std::string_view data{};    ///< valid until the next call of the parser
    int status = 0;             ///< of `failed`: 400 or 413
    std::string_view reason{};  ///< of `failed`: what was wrong, a literal
};

/// The boundary that the type `multipart/form-data` names; nothing if it is another type, or the boundary is none (RFC
/// 2046 §5.1.1).
[[nodiscard]] std::optional<std::string> multipart_boundary(std::string_view content_type);

/// Reads the parts of a form out of a body of the type `multipart/form-data` (RFC 7578, RFC 2046 §5.1), strictly.
///
/// After `receive` the owner calls `next_event` until it returns nothing. Data is given out as it comes: the parser
/// keeps the header lines of one part, and of data nothing.
class MultipartParser {
 public:
    explicit MultipartParser(std::string_view boundary, const FormLimits& limits = {});
    MultipartParser(const MultipartParser&) = delete;
    MultipartParser& operator=(const MultipartParser&) = delete;

    /// The next octets of the body, cut anywhere. They must stay valid until `next_event` has returned nothing.
    void receive(std::string_view octets);
    /// The body has ended. A form that is not complete then fails.
    void receive_eof() noexcept { is_eof_ = true; }
    /// What happened next; nothing: more octets are needed.
    std::optional<MultipartEvent> next_event();

    /// The part that the latest events are about.
    [[nodiscard]] const FormPart& part() const noexcept { return part_; }

 private:
    enum class State : std::uint8_t {
        preamble,
        data,
        delimiter_end,  // behind a delimiter
        padding,        // in the white space behind it
        delimiter_lf,
        headers,
        last_dash,
        finished,  // or failed
    };

    std::optional<MultipartEvent> advance();
    std::optional<MultipartEvent> read_data();
    std::optional<MultipartEvent> give_data(std::string_view data);
    std::optional<MultipartEvent> end_data();
    std::optional<MultipartEvent> read_delimiter_end();
    std::optional<MultipartEvent> read_headers();
    const char* parse_headers();
    const char* parse_disposition(std::string_view value);
    std::optional<MultipartEvent> fail(int status, std::string_view reason);

    FormLimits limits_;
    std::uint64_t form_bytes_left_;
    bool is_too_large_ = false;  // what came last did not fit
    std::string delimiter_;      // CRLF "--" boundary
    std::size_t matched_ = 2;    // octets of it that have come, and were not given out; the first one needs no CRLF
    State state_ = State::preamble;
    bool is_eof_ = false;
    std::size_t parts_ = 0;
    std::uint64_t part_bytes_ = 0;
    std::string_view input_;
    std::string header_text_;  // the header lines of the part
    FormPart part_;
};

}  // namespace parley::http
