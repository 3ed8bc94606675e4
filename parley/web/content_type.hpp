// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace parley::web {

/// The media type for a file extension, without its dot and in any case, with the charset where one is needed;
/// `application/octet-stream` for one that is not known.
std::string_view content_type_for_extension(std::string_view extension) noexcept;

/// The media type for the file name at the end of `path`, by its extension.
std::string_view content_type_for_path(std::string_view path) noexcept;

}  // namespace parley::web
