// SPDX-License-Identifier: MIT
#include "apps/parley/log_sink.hpp"

#include <unistd.h>

#include <string>
#include <string_view>

namespace parley {

namespace {

std::string_view colour_of(spdlog::level::level_enum level) {
    switch (level) {
        case spdlog::level::debug:
            return "\x1b[36m";
        case spdlog::level::info:
            return "\x1b[32m";
        default:
            return "\x1b[31m\x1b[1m";
    }
}

}  // namespace

LogSink::LogSink() : has_colours_(::isatty(STDERR_FILENO) == 1) {}

void LogSink::sink_it_(const spdlog::details::log_msg& message) {
    spdlog::memory_buf_t formatted;
    formatter_->format(message, formatted);
    std::string line(formatted.data(), formatted.size());
    if (line.ends_with('\n')) line.pop_back();
    if (has_colours_ && message.color_range_end > message.color_range_start) {
        line.insert(message.color_range_end, "\x1b[m");
        line.insert(message.color_range_start, colour_of(message.level));
    }
    output_.write(line);
}

}  // namespace parley
