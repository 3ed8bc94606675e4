// SPDX-License-Identifier: MIT
#include "parley/server/operator_port.hpp"

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>

#include "parley/net/loop.hpp"
#include "parley/server/metrics_table.hpp"
#include "parley/web/request.hpp"
#include "parley/web/response.hpp"

namespace parley {

namespace {

using server::detail::append_family;
using server::detail::append_sample;

constexpr std::string_view content_type = "text/plain; version=0.0.4; charset=utf-8";
constexpr std::size_t connections_max = 16;
constexpr std::size_t memory_max = 32 * 1024 * 1024;

void append_gauge(std::string& text, std::string_view name, std::string_view help, double value) {
    append_family(text, {name, "gauge", help});
    append_sample(text, name, {}, value);
}

double seconds(Duration time) {
    return std::chrono::duration<double>(time).count();
}

void append_loops(std::string& text, const Application& app) {
    const auto append = [&](std::string_view name, std::string_view help, Duration LoopLag::* member) {
        append_family(text, {name, "gauge", help});
        for (std::size_t loop = 0; loop < app.threads(); ++loop)
            append_sample(text, name, "loop=\"" + std::to_string(loop) + "\"", seconds(app.loop_lag(loop).*member));
    };
    append("parley_loop_turn_seconds", "How long the last turn of each loop took.", &LoopLag::last);
    append("parley_loop_turn_longest_seconds", "The longest one so far.", &LoopLag::longest);
}

/// The numbers that Prometheus' own libraries have of every process, under their names.
void append_process(std::string& text) {
    rusage usage{};
    if (::getrusage(RUSAGE_SELF, &usage) == 0) {
        const auto time = [](const timeval& value) {
            return static_cast<double>(value.tv_sec) + static_cast<double>(value.tv_usec) / 1e6;
        };
        append_family(text, {"process_cpu_seconds_total", "counter", "Time of processors, the system's included."});
        append_sample(text, "process_cpu_seconds_total", {}, time(usage.ru_utime) + time(usage.ru_stime));
    }
    if (std::FILE* const file = std::fopen("/proc/self/statm", "re")) {
        unsigned long all = 0;
        unsigned long resident = 0;
        if (std::fscanf(file, "%lu %lu", &all, &resident) == 2) {
            const auto page = static_cast<double>(::sysconf(_SC_PAGESIZE));
            append_gauge(text, "process_resident_memory_bytes", "Memory that is in use.",
                         static_cast<double>(resident) * page);
        }
        std::fclose(file);
    }
    if (DIR* const folder = ::opendir("/proc/self/fd")) {
        double count = -3;  // "." and "..", and that of the folder itself
        while (::readdir(folder) != nullptr)
            ++count;
        ::closedir(folder);
        append_gauge(text, "process_open_fds", "Descriptors that are open.", count);
    }
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0)
        append_gauge(text, "process_max_fds", "Descriptors that may be open.", static_cast<double>(limit.rlim_cur));
}

std::string page_of(const Application& app, const Metrics& metrics) {
    std::string text;
    metrics.append_to(text);
    append_gauge(text, "parley_stopping", "1 from stop() on.", app.is_stopping() ? 1 : 0);
    append_gauge(text, "parley_peer_memory_bytes", "Octets that are kept for peers.",
                 static_cast<double>(app.memory_used()));
    append_loops(text, app);
    append_process(text);
    return text;
}

}  // namespace

OperatorPort::OperatorPort(Application& app, const Metrics& metrics, const ListenOptions& where)
    : own_(std::make_unique<Application>(
          app.loop(), ApplicationOptions{.connections_max = connections_max, .memory_max = memory_max})) {
    own_->on_error([&app](const HandlerFailure& failure) { app.report(failure); });
    own_->get("/healthz", [](Response response) { response.type("txt").send("ok\n"); });
    own_->get("/readyz", [&app](Response response) {
        const bool is_ready = !app.is_stopping();
        response.status(is_ready ? 200 : 503).type("txt").send(is_ready ? "ready\n" : "stopping\n");
    });
    own_->get("/metrics", [&app, &metrics](Response response) {
        response.set("Content-Type", content_type).set("Cache-Control", "no-store").send(page_of(app, metrics));
    });
    own_->listen(where);
}

OperatorPort::~OperatorPort() = default;

int OperatorPort::port() const {
    return own_->port();
}

}  // namespace parley
