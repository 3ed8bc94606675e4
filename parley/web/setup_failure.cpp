// SPDX-License-Identifier: MIT
#include "parley/web/setup_failure.hpp"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

#include "parley/base/error.hpp"
#include "parley/base/printable.hpp"
#include "parley/net/line_output.hpp"

namespace parley::web {

namespace {

// A global, because the process has one terminate handler.
constinit std::atomic<std::terminate_handler> handler_before = nullptr;

// No destructors run, as none run in an abort: other threads go on until the end.
[[noreturn]] void end_with(const char* sentence) noexcept {
    try {
        std::fflush(nullptr);
        net::LineOutput().write("parley: " + printable(sentence));
    } catch (...) {  // no memory for the line: the status says it alone
    }
    std::_Exit(1);
}

[[noreturn]] void handle_terminate() {
    try {
        if (std::current_exception()) throw;
    } catch (const SetupError& error) {
        end_with(error.what());
    } catch (...) {
    }
    handler_before.load()();
    std::abort();
}

bool is_usual(std::terminate_handler handler) noexcept {
#ifdef __GLIBCXX__
    return handler == __gnu_cxx::__verbose_terminate_handler;
#else
    static_cast<void>(handler);
    return true;
#endif
}

}  // namespace

void tell_uncaught_setup_errors() noexcept {
    const std::terminate_handler current = std::get_terminate();
    if (current == handle_terminate || current == nullptr || !is_usual(current)) return;
    handler_before.store(current);
    std::set_terminate(handle_terminate);
}

}  // namespace parley::web
