// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "parley/base/error.hpp"
#include "parley/web/directory.hpp"
#include "parley/web/request.hpp"
#include "parley/web/response.hpp"
#include "parley/web/static_options.hpp"

namespace parley::web {

/// A directory of files to serve, and no way out of it.
///
/// Holds a descriptor of the directory; files are opened beneath it per request. A path that ends with a slash asks for
/// the directory's index; one that names a directory without the slash is redirected to it with 301, because the
/// index's relative links are meant from there. Loop-affine.
class StaticFiles {
 public:
    /// Opens the directory. An error, in one sentence, if there is none.
    static Result<StaticFiles> open(const std::string& directory, const StaticOptions& options);

    /// Answers a GET or HEAD for a file of the directory. False, and nothing answered, if there is no such file or the
    /// method is another: the request then goes on to the next handler. `path` is the part of the request's path behind
    /// the prefix, as it was sent (not decoded); it begins with `/`, or is empty for the prefix itself.
    bool handle(const Request& request, const Response& response, std::string_view path) const;

 private:
    StaticFiles(Directory directory, StaticOptions options);

    [[nodiscard]] std::optional<std::string> name_of(std::string_view path) const;
    Directory directory_;
    StaticOptions options_;
};

}  // namespace parley::web
