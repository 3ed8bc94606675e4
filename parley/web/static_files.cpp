// SPDX-License-Identifier: MIT
#include "parley/web/static_files.hpp"

#include <algorithm>
#include <utility>

#include "parley/base/text.hpp"
#include "parley/http/query.hpp"
#include "parley/web/content_type.hpp"
#include "parley/web/file_response.hpp"

namespace parley::web {
namespace {

// Whether a decoded segment may be part of a file's name. An encoded slash does not separate, so it is part of no name;
// a backslash is, but elsewhere it separates.
bool is_name_part(std::string_view segment, bool serve_dotfiles) {
    if (segment.empty() || segment == "." || segment == "..") return false;
    if (segment.front() == '.' && !serve_dotfiles) return false;
    return std::ranges::none_of(segment, [](char c) {
        const auto octet = static_cast<unsigned char>(c);
        return octet < 0x20 || octet == 0x7f || c == '/' || c == '\\';
    });
}

// The path has passed `name_of`, or is the prefix: it begins with one slash, so this stays on the server.
bool redirect_to_directory(const Request& request, const Response& response) {
    std::string location(request.path());
    location += '/';
    if (!request.query_string().empty()) location.append("?").append(request.query_string());
    response.redirect(location, 301);
    return true;
}

}  // namespace

Result<StaticFiles> StaticFiles::open(const std::string& directory, const StaticOptions& options) {
    Result<Directory> opened = Directory::open(directory);
    if (!opened) return std::unexpected(std::move(opened.error()));
    return StaticFiles(std::move(*opened), options);
}

StaticFiles::StaticFiles(Directory directory, StaticOptions options)
    : directory_(std::move(directory)), options_(std::move(options)) {}

// Split first, then each segment decoded once: the order in which nothing can be hidden. The name of what a request
// asks for, relative to the directory, ends with a slash where the path does; nothing if it can be no file's.
std::optional<std::string> StaticFiles::name_of(std::string_view path) const {
    std::string name;
    if (!path.starts_with('/')) return std::nullopt;
    path.remove_prefix(1);
    while (!path.empty()) {
        const bool is_followed = path.find('/') != std::string_view::npos;
        const std::optional<std::string> segment = http::percent_decode(take_until(path, '/'));
        if (!segment || !is_name_part(*segment, options_.serve_dotfiles)) return std::nullopt;
        name += *segment;
        if (is_followed) name += '/';
    }
    return name;
}

bool StaticFiles::handle(const Request& request, const Response& response, std::string_view path) const {
    if (request.method() != "GET" && request.method() != "HEAD") return false;
    if (path.empty()) return redirect_to_directory(request, response);
    std::optional<std::string> name = name_of(path);
    if (!name) return false;
    if (name->empty() || name->ends_with('/')) {
        if (options_.index.empty()) return false;
        *name += options_.index;
    }
    std::expected<OpenFile, OpenFailure> file = directory_.open_file(*name, options_.follow_symlinks);
    if (file) {
        answer_with_open_file(
            request, response, std::move(*file),
            {.content_type = std::string(content_type_for_path(*name)), .cache_control = options_.cache_control});
        return true;
    }
    if (file.error() == OpenFailure::is_directory && !options_.index.empty())
        return redirect_to_directory(request, response);
    if (file.error() != OpenFailure::unavailable) return false;
    response.send_status(503);
    return true;
}

}  // namespace parley::web
