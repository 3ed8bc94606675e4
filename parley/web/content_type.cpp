// SPDX-License-Identifier: MIT
#include "parley/web/content_type.hpp"

#include <algorithm>
#include <array>

#include "parley/base/text.hpp"

namespace parley::web {
namespace {

struct Entry {
    std::string_view extension;
    std::string_view type;
};

// In the order of the extensions. Text that people wrote has its charset; formats that say it themselves do not.
constexpr std::array entries{
    Entry{"aac", "audio/aac"},
    Entry{"avif", "image/avif"},
    Entry{"bin", "application/octet-stream"},
    Entry{"bmp", "image/bmp"},
    Entry{"br", "application/x-brotli"},
    Entry{"cjs", "text/javascript; charset=utf-8"},
    Entry{"css", "text/css; charset=utf-8"},
    Entry{"csv", "text/csv; charset=utf-8"},
    Entry{"flac", "audio/flac"},
    Entry{"gif", "image/gif"},
    Entry{"gz", "application/gzip"},
    Entry{"htm", "text/html; charset=utf-8"},
    Entry{"html", "text/html; charset=utf-8"},
    Entry{"ico", "image/x-icon"},
    Entry{"ics", "text/calendar; charset=utf-8"},
    Entry{"jpeg", "image/jpeg"},
    Entry{"jpg", "image/jpeg"},
    Entry{"js", "text/javascript; charset=utf-8"},
    Entry{"json", "application/json; charset=utf-8"},
    Entry{"jsonld", "application/ld+json; charset=utf-8"},
    Entry{"m4a", "audio/mp4"},
    Entry{"m4v", "video/mp4"},
    Entry{"map", "application/json; charset=utf-8"},
    Entry{"markdown", "text/markdown; charset=utf-8"},
    Entry{"md", "text/markdown; charset=utf-8"},
    Entry{"mid", "audio/midi"},
    Entry{"mjs", "text/javascript; charset=utf-8"},
    Entry{"mov", "video/quicktime"},
    Entry{"mp3", "audio/mpeg"},
    Entry{"mp4", "video/mp4"},
    Entry{"mpeg", "video/mpeg"},
    Entry{"oga", "audio/ogg"},
    Entry{"ogg", "audio/ogg"},
    Entry{"ogv", "video/ogg"},
    Entry{"opus", "audio/ogg"},
    Entry{"otf", "font/otf"},
    Entry{"pdf", "application/pdf"},
    Entry{"png", "image/png"},
    Entry{"rtf", "application/rtf"},
    Entry{"svg", "image/svg+xml; charset=utf-8"},
    Entry{"tar", "application/x-tar"},
    Entry{"tif", "image/tiff"},
    Entry{"tiff", "image/tiff"},
    Entry{"toml", "application/toml; charset=utf-8"},
    Entry{"ts", "video/mp2t"},
    Entry{"ttf", "font/ttf"},
    Entry{"txt", "text/plain; charset=utf-8"},
    Entry{"vtt", "text/vtt; charset=utf-8"},
    Entry{"wasm", "application/wasm"},
    Entry{"wav", "audio/wav"},
    Entry{"weba", "audio/webm"},
    Entry{"webm", "video/webm"},
    Entry{"webmanifest", "application/manifest+json; charset=utf-8"},
    Entry{"webp", "image/webp"},
    Entry{"woff", "font/woff"},
    Entry{"woff2", "font/woff2"},
    Entry{"xhtml", "application/xhtml+xml; charset=utf-8"},
    Entry{"xml", "application/xml; charset=utf-8"},
    Entry{"yaml", "application/yaml; charset=utf-8"},
    Entry{"yml", "application/yaml; charset=utf-8"},
    Entry{"zip", "application/zip"},
    Entry{"zst", "application/zstd"},
};
static_assert(std::ranges::is_sorted(entries, {}, &Entry::extension));

constexpr std::string_view unknown = "application/octet-stream";
constexpr std::size_t longest_extension = 11;

}  // namespace

std::string_view content_type_for_extension(std::string_view extension) noexcept {
    std::array<char, longest_extension> lower{};
    if (extension.size() > lower.size()) return unknown;
    std::ranges::transform(extension, lower.begin(), to_lower);
    const std::string_view wanted(lower.data(), extension.size());
    const auto found = std::ranges::lower_bound(entries, wanted, {}, &Entry::extension);
    return found != entries.end() && found->extension == wanted ? found->type : unknown;
}

std::string_view content_type_for_path(std::string_view path) noexcept {
    const std::string_view name = path.substr(path.rfind('/') + 1);
    const std::size_t dot = name.rfind('.');
    // The dot of `.profile` begins no extension.
    return dot == std::string_view::npos || dot == 0 ? unknown : content_type_for_extension(name.substr(dot + 1));
}

}  // namespace parley::web
