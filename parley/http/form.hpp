// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "parley/base/error.hpp"
#include "parley/http/multipart.hpp"
#include "parley/http/query.hpp"

namespace parley::http {

/// A file of a form that is in memory.
struct FormFile {
    std::string field;         ///< the name of the field
    std::string name;          ///< as the browser names it, see `FormPart::file_name`; empty where none was chosen
    std::string content_type;  ///< as the browser says it; nothing has looked into the file
    std::string_view data;     ///< a view of the body
};

/// A form that is in memory.
struct Form {
    QueryParameters fields;
    std::vector<FormFile> files;

    /// The file of a field, the first of several; null without one.
    [[nodiscard]] const FormFile* file(std::string_view field) const noexcept;
};

/// A whole form out of a body, in either of the encodings that browsers send: `application/x-www-form-urlencoded`, of
/// which nothing fails, and `multipart/form-data`. An error if the body is neither, is malformed (`invalid_input`), or
/// is beyond a limit (`limit_exceeded`).
[[nodiscard]] Result<Form> read_form(std::string_view content_type, std::string_view body,
                                     const FormLimits& limits = {});

}  // namespace parley::http
