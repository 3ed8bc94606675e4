// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "parley/websocket/frame.hpp"
#include "tests/simulation/report.hpp"

namespace parley::simulation {

/// What the server wrote, read by other code than its own; what is not well-formed is a violation.

struct HttpAnswer {
    int status = 0;
    std::string head;
    std::string body;
};

/// Takes the first whole answer out of `octets`. One to HEAD, and 101, have no body.
std::optional<HttpAnswer> take_answer(std::string& octets, Report& report);

struct Frame {
    websocket::Opcode opcode{};
    std::string payload;
};

std::optional<Frame> take_frame(std::string& octets, Report& report);

/// A request as a client that keeps its connection writes it.
std::string write_request(std::string_view method, std::string_view target, std::string_view body = {});

}  // namespace parley::simulation
