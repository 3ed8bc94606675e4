// SPDX-License-Identifier: MIT
#include "apps/parley/data_file.hpp"

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <string_view>

#include "apps/chat/store/sqlite_history.hpp"
#include "parley/base/error.hpp"
#include "parley/web.hpp"

namespace parley {

namespace {

constexpr std::int64_t mebibyte = 1024 * 1024;
constexpr std::int64_t mebibytes_in_file = 10'240;
constexpr std::int64_t mebibytes_in_memory = 64;

std::string absolute_path_in(const char* variable) {
    const char* const value = std::getenv(variable);
    // A relative one is to be ignored, the specification says.
    return value != nullptr && std::string_view(value).starts_with('/') ? value : std::string();
}

/// The folders on the way to a file, for nobody else to read.
void make_folders(const std::filesystem::path& file) {
    std::error_code failed;
    std::filesystem::path made;
    for (const std::filesystem::path& part : file.parent_path()) {
        made /= part;
        if (!std::filesystem::exists(made, failed)) ::mkdir(made.c_str(), 0700);
    }
}

std::unique_ptr<chat::History> open_file(const std::string& file, const DataOptions& options, Application& app) {
    const std::int64_t most = options.mebibytes_max.value_or(file.empty() ? mebibytes_in_memory : mebibytes_in_file);
    return std::make_unique<chat::SqliteHistory>(chat::SqliteHistoryOptions{.file = file, .bytes_max = most * mebibyte},
                                                 [&app](Function<void()> function) { app.post(std::move(function)); });
}

}  // namespace

std::string default_data_file() {
    std::string folder = absolute_path_in("XDG_STATE_HOME");
    if (folder.empty()) {
        folder = absolute_path_in("HOME");
        if (folder.empty()) return {};
        folder += "/.local/state";
    }
    return folder + "/parley/chat.db";
}

OpenHistory open_history(const DataOptions& options, Application& app) {
    OpenHistory open;
    const bool is_default = options.file.empty();
    const std::string file = is_default ? default_data_file() : options.file;
    if (file == ":memory:") {
        open.history = open_file({}, options, app);
        open.note = "what is said is forgotten when the server ends (--data :memory:)";
        return open;
    }
    std::string why = "neither XDG_STATE_HOME nor HOME names a folder.";
    try {
        if (is_default) make_folders(file);
        if (!file.empty()) {
            open.history = open_file(file, options, app);
            open.note = "what is said is kept in " + file;
            return open;
        }
    } catch (const SetupError& error) {
        why = error.what();
        const bool has_no_place = error.error().code == ErrorCode::permission_denied;
        if (!is_default || !has_no_place) {
            throw SetupError({error.error().code, why + " Give another file with --data FILE, or keep nothing with "
                                                        "--data :memory:."});
        }
    }
    open.history = open_file({}, options, app);
    open.note = "what is said is forgotten when the server ends: " + why + " Give a file with --data FILE";
    open.is_as_wished = false;
    return open;
}

}  // namespace parley
