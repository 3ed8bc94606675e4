// SPDX-License-Identifier: MIT
#pragma once

#include <spdlog/sinks/base_sink.h>

#include <mutex>

#include "parley/net/line_output.hpp"

namespace parley {

/// The log on the standard error, in colours where a person reads it. A line for which there is no room is lost: the
/// server does not wait for whoever reads its log.
class LogSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
    LogSink();

 private:
    void sink_it_(const spdlog::details::log_msg& message) override;
    void flush_() override {}

    net::LineOutput output_;
    bool has_colours_;
};

}  // namespace parley
