// SPDX-License-Identifier: MIT
//
// Theory of operation. The parser walks over the body once.
//
//   state          takes                                                   goes to
//   preamble       what stands before the first delimiter, for nobody      delimiter_end
//   data           what stands before the next delimiter: data_received    delimiter_end; part_ended
//   delimiter_end  CR, white space or the first dash of the last one       delimiter_lf, padding, last_dash
//   padding        white space, CR                                         delimiter_lf
//   delimiter_lf   LF                                                      headers
//   headers        lines up to an empty one: part_began                    data
//   last_dash      the second dash: form_ended                             finished
//   finished       all that comes, for nobody                              finished
//
// A delimiter may be cut. CR stands at its beginning and nowhere else in it, so there is one place where the beginning
// of a cut one can be, and what turns out to be no delimiter is given out as a view of ours.
#include "parley/http/multipart.hpp"

#include <algorithm>
#include <utility>

#include "parley/base/text.hpp"
#include "parley/http/characters.hpp"
#include "parley/http/media_type.hpp"

namespace parley::http {
namespace {

constexpr const char* malformed_disposition = "the Content-Disposition of a part is malformed";

struct Parameter {
    std::string_view name;
    std::string value;
};

// The text in quotes that `rest` begins with. A backslash escapes a quote and itself, and is itself elsewhere, where
// old browsers name a file by its whole path.
std::optional<std::string> take_quoted(std::string_view& rest) {
    std::string text;
    for (std::size_t i = 1; i < rest.size(); ++i) {
        if (rest[i] == '"') {
            rest.remove_prefix(i + 1);
            return text;
        }
        const bool is_escape = rest[i] == '\\' && i + 1 < rest.size() && (rest[i + 1] == '"' || rest[i + 1] == '\\');
        text.push_back(rest[is_escape ? ++i : i]);
    }
    return std::nullopt;
}

// The parameter that `rest` begins with: `; name=value`.
std::optional<Parameter> take_parameter(std::string_view& rest) {
    if (rest.front() != ';') return std::nullopt;
    rest = trim_ows(rest.substr(1));
    const std::size_t equals = std::min(rest.find('='), rest.size());
    Parameter parameter{.name = rest.substr(0, equals), .value = {}};
    rest.remove_prefix(std::min(equals + 1, rest.size()));
    if (rest.starts_with('"')) {
        std::optional<std::string> quoted = take_quoted(rest);
        if (!quoted) return std::nullopt;
        parameter.value = std::move(*quoted);
    } else {
        const std::string_view token = rest.substr(0, rest.find_first_of("; \t"));
        if (!detail::is_token(token)) return std::nullopt;
        parameter.value = token;
        rest.remove_prefix(token.size());
    }
    rest = trim_ows(rest);
    return detail::is_token(parameter.name) ? std::optional(std::move(parameter)) : std::nullopt;
}

// Calls `visit` for each parameter; false if they are malformed, or it says so.
template <typename Visit>
bool for_each_parameter(std::string_view value, Visit&& visit) {
    std::string_view rest = trim_ows(value.substr(std::min(value.find(';'), value.size())));
    while (!rest.empty() && rest != ";") {
        std::optional<Parameter> parameter = take_parameter(rest);
        if (!parameter || !visit(*parameter)) return false;
    }
    return true;
}

bool is_boundary(std::string_view text) {
    constexpr std::size_t boundary_bytes_max = 70;
    constexpr std::string_view marks = "'()+_,-./:=? ";
    return !text.empty() && text.size() <= boundary_bytes_max && text.back() != ' ' &&
           std::ranges::all_of(text, [&](char c) {
               return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'z') || marks.contains(c);
           });
}

// Browsers write a quote as %22, and no other character in this way that may stand in a name (HTML §4.10.21.8).
void decode_quotes(std::string& text) {
    for (std::size_t at = text.find("%22"); at != std::string::npos; at = text.find("%22", at + 1))
        text.replace(at, 3, "\"");
}

std::string without_directories(std::string_view path) {
    const std::string_view name = path.substr(path.find_last_of("/\\") + 1);  // npos + 1 is the beginning
    return std::string(name == "." || name == ".." ? std::string_view() : name);
}

}  // namespace

std::optional<std::string> multipart_boundary(std::string_view content_type) {
    if (!is_media_type(content_type, "multipart/form-data")) return std::nullopt;
    std::optional<std::string> boundary;
    const bool is_well_formed = for_each_parameter(content_type, [&](Parameter& parameter) {
        if (!equals_ignoring_case(parameter.name, "boundary")) return true;
        return !std::exchange(boundary, std::move(parameter.value));
    });
    return is_well_formed && boundary && is_boundary(*boundary) ? boundary : std::nullopt;
}

MultipartParser::MultipartParser(std::string_view boundary, const FormLimits& limits)
    : limits_(limits), form_bytes_left_(limits.form_bytes_max), delimiter_("\r\n--" + std::string(boundary)) {}

void MultipartParser::receive(std::string_view octets) {
    const auto left = static_cast<std::size_t>(std::min<std::uint64_t>(form_bytes_left_, octets.size()));
    input_ = octets.substr(0, left);
    form_bytes_left_ -= left;
    is_too_large_ = left < octets.size();
}

std::optional<MultipartEvent> MultipartParser::next_event() {
    if (state_ == State::finished) return std::nullopt;
    while (!input_.empty()) {
        if (std::optional<MultipartEvent> event = advance()) return event;
    }
    if (state_ == State::finished) return std::nullopt;
    if (is_too_large_) return fail(413, "the form is too large");
    if (is_eof_) return fail(400, "the form ends within a part");
    return std::nullopt;
}

std::optional<MultipartEvent> MultipartParser::advance() {
    switch (state_) {
        case State::preamble:
        case State::data:
            return read_data();
        case State::headers:
            return read_headers();
        case State::finished:
            input_ = {};
            return std::nullopt;
        default:
            return read_delimiter_end();
    }
}

std::optional<MultipartEvent> MultipartParser::read_data() {
    if (matched_ > 0) {
        while (matched_ < delimiter_.size() && !input_.empty() && input_.front() == delimiter_[matched_]) {
            ++matched_;
            input_.remove_prefix(1);
        }
        if (matched_ == delimiter_.size()) return end_data();
        if (input_.empty()) return std::nullopt;
        return give_data(std::string_view(delimiter_).substr(0, std::exchange(matched_, 0)));
    }
    const std::size_t at = input_.find(delimiter_);
    const std::string_view data = input_.substr(0, at);
    if (at == 0) {
        input_.remove_prefix(delimiter_.size());
        return end_data();
    }
    if (at != std::string_view::npos) {
        input_.remove_prefix(at);
        return give_data(data);
    }
    input_ = {};
    const std::size_t cr = data.rfind('\r');
    if (cr == std::string_view::npos || !delimiter_.starts_with(data.substr(cr))) return give_data(data);
    matched_ = data.size() - cr;
    return give_data(data.substr(0, cr));
}

std::optional<MultipartEvent> MultipartParser::give_data(std::string_view data) {
    if (state_ == State::preamble || data.empty()) return std::nullopt;
    part_bytes_ += data.size();
    if (part_.is_file && part_bytes_ > limits_.file_bytes_max) return fail(413, "a file of the form is too large");
    if (!part_.is_file && part_bytes_ > limits_.field_bytes_max) return fail(413, "a field of the form is too large");
    return MultipartEvent{.kind = MultipartEvent::Kind::data_received, .data = data};
}

std::optional<MultipartEvent> MultipartParser::end_data() {
    matched_ = 0;
    const bool is_part = std::exchange(state_, State::delimiter_end) == State::data;
    return is_part ? std::optional(MultipartEvent{.kind = MultipartEvent::Kind::part_ended}) : std::nullopt;
}

std::optional<MultipartEvent> MultipartParser::read_delimiter_end() {
    const char c = input_.front();
    input_.remove_prefix(1);
    const bool is_at_end = state_ == State::delimiter_end || state_ == State::padding;
    if (is_at_end && c == '\r') {
        state_ = State::delimiter_lf;
    } else if (is_at_end && (c == ' ' || c == '\t')) {
        state_ = State::padding;
    } else if (state_ == State::delimiter_end && c == '-') {
        state_ = State::last_dash;
    } else if (state_ == State::last_dash && c == '-') {
        state_ = State::finished;
        return MultipartEvent{.kind = MultipartEvent::Kind::form_ended};
    } else if (state_ == State::delimiter_lf && c == '\n') {
        state_ = State::headers;
        header_text_.clear();
        if (++parts_ > limits_.parts_max) return fail(413, "the form has too many parts");
    } else {
        return fail(400, "a line of the form begins with the boundary and is none");
    }
    return std::nullopt;
}

std::optional<MultipartEvent> MultipartParser::read_headers() {
    const std::size_t line = std::min(input_.find('\n'), input_.size() - 1) + 1;
    if (header_text_.size() + line > limits_.part_header_bytes_max)
        return fail(413, "the headers of a part of the form are too large");
    header_text_.append(input_.substr(0, line));
    input_.remove_prefix(line);
    if (header_text_ != "\r\n" && !header_text_.ends_with("\r\n\r\n")) return std::nullopt;
    if (const char* const problem = parse_headers()) return fail(400, problem);
    if (std::max(part_.name.size(), part_.file_name.size()) > limits_.name_bytes_max)
        return fail(413, "a name in the form is too long");
    state_ = State::data;
    part_bytes_ = 0;
    return MultipartEvent{.kind = MultipartEvent::Kind::part_began};
}

// What is wrong with them, if anything is.
const char* MultipartParser::parse_headers() {
    part_ = {};
    bool has_disposition = false;
    std::string_view rest(header_text_);
    while (rest.size() > 2) {
        std::string_view value = rest.substr(0, rest.find("\r\n"));
        rest.remove_prefix(value.size() + 2);
        const std::string_view name = value.substr(0, value.find(':'));
        if (!detail::is_token(name) || name.size() == value.size()) return "a header of a part is malformed";
        value = trim_ows(value.substr(name.size() + 1));
        if (std::ranges::any_of(value, detail::is_forbidden_control)) return "a header of a part is malformed";
        part_.headers.push_back({name, value});
        if (equals_ignoring_case(name, "Content-Type")) part_.content_type = value;
        if (!equals_ignoring_case(name, "Content-Disposition")) continue;
        if (std::exchange(has_disposition, true)) return malformed_disposition;
        if (const char* const problem = parse_disposition(value)) return problem;
    }
    return has_disposition ? nullptr : "a part of the form has no Content-Disposition";
}

const char* MultipartParser::parse_disposition(std::string_view value) {
    if (!is_media_type(value, "form-data")) return malformed_disposition;
    bool has_name = false;
    const bool is_well_formed = for_each_parameter(value, [&](Parameter& parameter) {
        if (equals_ignoring_case(parameter.name, "name")) {
            part_.name = std::move(parameter.value);
            decode_quotes(part_.name);
            return !std::exchange(has_name, true);
        }
        if (!equals_ignoring_case(parameter.name, "filename")) return true;
        part_.file_name = without_directories(parameter.value);
        decode_quotes(part_.file_name);
        return !std::exchange(part_.is_file, true);
    });
    if (!is_well_formed) return malformed_disposition;
    return has_name ? nullptr : "a part of the form has no name";
}

std::optional<MultipartEvent> MultipartParser::fail(int status, std::string_view reason) {
    state_ = State::finished;
    input_ = {};
    return MultipartEvent{.kind = MultipartEvent::Kind::failed, .status = status, .reason = reason};
}

}  // namespace parley::http
