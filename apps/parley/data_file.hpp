// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "apps/chat/history.hpp"

namespace parley {

class Application;

/// Where `parley serve` keeps what is said.
struct DataOptions {
    std::string file;  ///< empty: in the user's state directory; ":memory:": nowhere
    /// Beyond it the oldest messages are forgotten; 0: no bound. None: 10,240 in a file, 64 in memory.
    std::optional<std::int64_t> mebibytes_max;
};

/// The file in the user's state directory (XDG Base Directory Specification, `XDG_STATE_HOME`); empty without one.
[[nodiscard]] std::string default_data_file();

/// A history, and what the log is to say about it once the server runs.
struct OpenHistory {
    std::unique_ptr<chat::History> history;
    std::string note;
    bool is_as_wished = true;
};

/// Opens the history that was asked for. Throws SetupError, with a sentence that helps, when that cannot be. Without a
/// word about where, a chat that cannot have the default file talks all the same: the note says that nothing is kept,
/// and why. The application must outlive the history.
[[nodiscard]] OpenHistory open_history(const DataOptions& options, Application& app);

}  // namespace parley
