// SPDX-License-Identifier: MIT
#include "parley/web/access_log.hpp"

#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "parley/net/backend/backend.hpp"
#include "parley/net/line_output.hpp"
#include "parley/web/application_state.hpp"
#include "parley/web/exchange.hpp"
#include "parley/web/http_connection.hpp"

namespace parley {

namespace {

struct AccessLog {
    AccessLogOptions options;
    net::LineOutput standard_output{1};
    std::mutex mutex;  // several threads may serve

    void write(std::string_view line) {
        if (options.write) return options.write(line);
        const std::lock_guard lock(mutex);
        standard_output.write(line);
    }
};

struct Arrival {
    TimePoint time;
    std::chrono::sys_seconds date;
};

void write_line(AccessLog& log, Request& request, const ResponseSummary& summary, Arrival arrival, TimePoint now) {
    const std::string address = request.remote_address();
    const std::string user = http::basic_user(request.header("Authorization"));
    http::LogEntry entry{.remote_address = address,
                         .remote_user = user,
                         .method = request.method(),
                         .target = request.url(),
                         .minor_version = request.head().minor_version(),
                         .status = summary.status,
                         .referrer = request.header("Referer"),
                         .user_agent = request.header("User-Agent"),
                         .received = arrival.date,
                         .duration = now - arrival.time};
    if (summary.status != 0 && !http::is_bodiless(summary.status)) entry.body_bytes = summary.body_bytes;
    log.write(http::log_line(log.options.format, entry));
}

}  // namespace

web::Handler access_log(AccessLogOptions options) {
    return [log = std::make_shared<AccessLog>(std::move(options))](Request& request, Response& response, Next& next) {
        // The time of the turn is that of its beginning: what a handler takes would not be in it.
        net::Loop& loop = web::Exchange::of(response).connection()->application().loop;
        const Arrival arrival{loop.backend().now(), loop.wall_time()};
        response.on_finish([log, &request, &loop, arrival](const ResponseSummary& summary) {
            write_line(*log, request, summary, arrival, loop.backend().now());
        });
        next();
    };
}

web::Handler access_log(LogFormat format) {
    return access_log(AccessLogOptions{.format = format, .write = {}});
}

}  // namespace parley
