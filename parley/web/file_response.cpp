// SPDX-License-Identifier: MIT
#include "parley/web/file_response.hpp"

#include <array>
#include <charconv>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include "parley/http/conditional.hpp"
#include "parley/http/range.hpp"
#include "parley/http/response.hpp"
#include "parley/web/body_source.hpp"
#include "parley/web/content_type.hpp"
#include "parley/web/exchange.hpp"

namespace parley::web {
namespace {

// A part of a file, read as the peer takes it.
class FileSource final : public BodySource {
 public:
    FileSource(OpenFile file, std::uint64_t offset, std::uint64_t size)
        : file_(std::move(file)), offset_(offset), left_(size) {}

    bool produce(std::size_t octets_max, Outbox& outbox) override {
        const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(left_, octets_max));
        if (wanted == 0) return false;
        const std::int64_t read = file_.read(outbox.prepare(wanted), wanted, offset_);
        if (read <= 0) return false;  // the file has shrunk, or the disk failed: there is nothing right to send
        outbox.commit(static_cast<std::size_t>(read));
        offset_ += static_cast<std::uint64_t>(read);
        left_ -= static_cast<std::uint64_t>(read);
        return true;
    }

 private:
    OpenFile file_;
    std::uint64_t offset_;
    std::uint64_t left_;
};

void append_hexadecimal(std::string& out, std::uint64_t number) {
    std::array<char, 16> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, 16).ptr;
    out.append(digits.data(), end);
}

// Strong: file systems keep the time of a change to the nanosecond, and a change that keeps it is made on purpose.
std::string etag_of(const OpenFile& file) {
    std::string etag = "\"";
    append_hexadecimal(etag, file.size());
    etag += '-';
    append_hexadecimal(etag, static_cast<std::uint64_t>(file.modified().time_since_epoch().count()));
    etag += '"';
    return etag;
}

void set_unless_set(const Response& response, std::string_view name, std::string_view value) {
    if (response.header(name).empty()) response.set(name, value);
}

http::RangeSelection select_part(const http::RequestHead& head, const http::Validators& validators,
                                 std::uint64_t size) {
    const bool has_range = head.method() == "GET" && head.count("Range") == 1 && http::if_range_holds(head, validators);
    return has_range ? http::select_range(*head.find("Range"), size) : http::RangeSelection{};
}

void answer_part(const Request& request, const Response& response, OpenFile file, const http::Validators& validators) {
    const http::RangeSelection part = select_part(request.head(), validators, file.size());
    if (part.kind == http::RangeSelection::Kind::whole) {
        const std::uint64_t size = file.size();
        return response.send_from(new FileSource(std::move(file), 0, size), size);
    }
    response.set("Content-Range", http::content_range(part, file.size()));
    if (part.kind == http::RangeSelection::Kind::unsatisfiable) return response.status(416).end();
    response.status(206);
    return response.send_from(new FileSource(std::move(file), part.offset, part.length), part.length);
}

// The path is the program's own, so that this is its failure, too, and tells which directory it was started in.
void answer_without_file(const Response& response, const std::string& path, OpenFailure why) {
    std::error_code unused;
    const std::string absolute = std::filesystem::absolute(path, unused).string();
    const std::string_view reason = why == OpenFailure::unavailable    ? "could not be opened just now"
                                    : why == OpenFailure::is_directory ? "is a directory"
                                                                       : "is not there, or no file to be read";
    Exchange::of(response).report("send_file: '" + absolute + "' " + std::string(reason));
    return response.send_status(why == OpenFailure::unavailable ? 503 : 404);
}

}  // namespace

void answer_with_file(const Request& request, const Response& response, std::string_view path,
                      const SendFileOptions& options) {
    if (!response.is_open()) return;
    std::expected<OpenFile, OpenFailure> file = OpenFile::open(std::string(path));
    if (!file) return answer_without_file(response, std::string(path), file.error());
    if (!options.content_type.empty()) return answer_with_open_file(request, response, std::move(*file), options);
    return answer_with_open_file(
        request, response, std::move(*file),
        {.content_type = std::string(content_type_for_path(path)), .cache_control = options.cache_control});
}

void answer_with_open_file(const Request& request, const Response& response, OpenFile file,
                           const SendFileOptions& options) {
    if (!response.is_open()) return;
    const std::string etag = etag_of(file);
    const auto modified = std::chrono::floor<std::chrono::seconds>(file.modified());
    const http::Validators validators{.etag = etag, .last_modified = modified};
    set_unless_set(response, "Cache-Control",
                   options.cache_control.empty() ? "public, max-age=0" : options.cache_control);
    response.set("ETag", etag).set("Last-Modified", http::http_date(modified));

    // Conditions are about answers that would have been successes, so not about the page of a 404 (RFC 9110 §13.2.1).
    const bool is_success = Exchange::of(response).answer.status == 200;
    if (is_success) {
        switch (http::evaluate_preconditions(request.head(), validators)) {
            case http::Precondition::not_modified:
                return response.status(304).end();
            case http::Precondition::failed:
                return response.send_status(412);
            case http::Precondition::proceed:
                break;
        }
        response.set("Accept-Ranges", "bytes");
    }
    set_unless_set(response, "Content-Type", options.content_type);
    if (is_success) return answer_part(request, response, std::move(file), validators);
    const std::uint64_t size = file.size();
    return response.send_from(new FileSource(std::move(file), 0, size), size);
}

}  // namespace parley::web
