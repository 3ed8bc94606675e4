// SPDX-License-Identifier: MIT
#include "parley/http/form.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "parley/http/media_type.hpp"

namespace parley::http {
namespace {

// Each part of a body that is whole is one piece, and a view of it.
Result<Form> read_multipart(std::string_view boundary, std::string_view body, const FormLimits& limits) {
    using Kind = MultipartEvent::Kind;
    Form form;
    MultipartParser parser(boundary, limits);
    parser.receive(body);
    parser.receive_eof();
    std::string_view data;
    while (const std::optional<MultipartEvent> event = parser.next_event()) {
        const FormPart& part = parser.part();
        if (event->kind == Kind::failed) {
            const ErrorCode code = event->status == 413 ? ErrorCode::limit_exceeded : ErrorCode::invalid_input;
            return std::unexpected(Error{code, std::string(event->reason)});
        }
        if (event->kind == Kind::part_began) data = {};
        if (event->kind == Kind::data_received) data = event->data;
        if (event->kind != Kind::part_ended) continue;
        if (part.is_file) {
            form.files.push_back({part.name, part.file_name, std::string(part.content_type), data});
        } else {
            form.fields.add({part.name, std::string(data)});
        }
    }
    return form;
}

}  // namespace

const FormFile* Form::file(std::string_view field) const noexcept {
    const auto found = std::ranges::find(files, field, &FormFile::field);
    return found == files.end() ? nullptr : &*found;
}

Result<Form> read_form(std::string_view content_type, std::string_view body, const FormLimits& limits) {
    if (is_media_type(content_type, "application/x-www-form-urlencoded"))
        return Form{.fields = QueryParameters(body), .files = {}};
    if (const std::optional<std::string> boundary = multipart_boundary(content_type))
        return read_multipart(*boundary, body, limits);
    std::string message = "the request does not say that its body is a form: ";
    message.append(content_type.empty() ? "it has no Content-Type" : "its Content-Type is ").append(content_type);
    return std::unexpected(Error{ErrorCode::invalid_input, std::move(message)});
}

}  // namespace parley::http
