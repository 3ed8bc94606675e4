// SPDX-License-Identifier: MIT
#pragma once

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "tests/support/temporary_directory.hpp"
#include "tests/support/web_site.hpp"

namespace parley::web::test {

/// One response, taken apart.
struct Answer {
    int status = 0;
    std::string head;
    std::string body;

    explicit Answer(const std::string& octets)
        : status(status_of(octets)), head(octets.substr(0, octets.find("\r\n\r\n") + 2)), body(body_of(octets)) {}

    [[nodiscard]] std::string header(std::string_view name) const {
        const std::size_t at = head.find("\r\n" + std::string(name) + ": ");
        if (at == std::string::npos) return "";
        const std::size_t begin = at + name.size() + 4;
        return head.substr(begin, head.find("\r\n", begin) - begin);
    }
};

/// A site with a directory of files; `page.html` in it has a fixed time.
struct FileSite : Site {
    static constexpr std::string_view page_date = "Tue, 29 Feb 2000 12:34:56 GMT";
    static constexpr std::string_view page_etag = "\"6-d35923f22d12d15\"";

    explicit FileSite(const net::SimulatedNetworkOptions& network_options = smooth) : Site({}, 1, network_options) {
        directory.write("page.html", "<page>");
        directory.write("index.html", "<index>");
        directory.write("js/chat.js", "chat();");
        directory.write("sub/index.html", "<sub index>");
        directory.write("no-index/a.txt", "a");
        directory.write("with space.txt", "space");
        directory.write("gr\xc3\xbc\xc3\x9f.txt", "umlaut");
        directory.write("empty.txt", "");
        directory.write("data", "0123456789");
        directory.write(".env", "SECRET");
        directory.write(".git/config", "SECRET");
        constexpr timespec time{.tv_sec = 951'827'696, .tv_nsec = 123'456'789};
        const timespec times[] = {time, time};
        REQUIRE(::utimensat(AT_FDCWD, path_of("page.html").c_str(), times, 0) == 0);
    }

    [[nodiscard]] std::string path_of(std::string_view name) const {
        return directory.path() + "/" + std::string(name);
    }

    /// Asks on a connection of its own, with more header lines if there are any.
    Answer request(std::string_view method, std::string_view target, std::string_view header_lines = "") {
        return Answer(ask(std::string(method) + " " + std::string(target) +
                          " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + std::string(header_lines) + "\r\n"));
    }

    parley::test::TemporaryDirectory directory;
};

}  // namespace parley::web::test
