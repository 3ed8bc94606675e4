// SPDX-License-Identifier: MIT
#include "apps/terminal/prompt_line.hpp"

#include <algorithm>

#include "apps/terminal/clusters.hpp"

namespace parley::terminal {

namespace {

// Of xterm and its relatives. Everything stays in its row while lines do not wrap by themselves.
constexpr std::string_view no_wrap = "\x1b[?7l";
constexpr std::string_view wrap = "\x1b[?7h";
constexpr std::string_view keep_cursor =
    "\x1b"
    "7";
constexpr std::string_view kept_cursor =
    "\x1b"
    "8";
constexpr std::string_view erase_to_end = "\x1b[K";
constexpr std::string_view dim = "\x1b[2m";
constexpr std::string_view bold = "\x1b[1m";
constexpr std::string_view yellow = "\x1b[33m";
constexpr std::string_view plain = "\x1b[0m";

constexpr std::size_t status_gap = 2;

std::string_view sign_of(std::string_view cluster) {
    if (cluster == "\n") return "\u23CE";  // the sign of the return key
    if (cluster == "\t") return " ";
    return cluster;
}

std::size_t sign_columns(std::string_view cluster) {
    return cluster == "\n" || cluster == "\t" ? 1 : cluster_columns(cluster);
}

std::size_t sign_columns_of(std::string_view text) {
    std::size_t columns = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = next_cluster(text, at);
        columns += sign_columns(text.substr(at, end - at));
        at = end;
    }
    return columns;
}

/// The first clusters of `text` that fit in so many columns.
std::string_view fitting(std::string_view text, std::size_t columns) {
    std::size_t at = 0;
    for (std::size_t used = 0; at < text.size();) {
        const std::size_t end = next_cluster(text, at);
        used += sign_columns(text.substr(at, end - at));
        if (used > columns) break;
        at = end;
    }
    return text.substr(0, at);
}

void append_signs(std::string& out, std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = next_cluster(text, at);
        out += sign_of(text.substr(at, end - at));
        at = end;
    }
}

void append_in(std::string& out, std::string_view style, std::string_view text) {
    if (style.empty() || text.empty()) {
        out += text;
        return;
    }
    out += style;
    out += text;
    out += plain;
}

/// The part of a text that is seen.
struct Window {
    std::size_t begin = 0;  ///< in octets
    std::size_t end = 0;
    bool goes_on = false;  ///< beyond the end
};

/// Where the window begins moves by halves of its width: so it stands still while somebody types.
Window window_of(const PromptLine& line, std::size_t width) {
    if (sign_columns_of(line.text) <= width) return {0, line.text.size(), false};
    // Signs of what is hidden at either side take a column each.
    const std::size_t room = width - 2;
    const std::size_t before = sign_columns_of(line.text.substr(0, line.cursor));
    Window window;
    if (before > room) {
        const std::size_t step = std::max<std::size_t>(1, room / 2);
        const std::size_t hidden = (before - room + step - 1) / step * step;
        while (sign_columns_of(line.text.substr(0, window.begin)) < hidden && window.begin < line.cursor)
            window.begin = next_cluster(line.text, window.begin);
    }
    window.end = window.begin + fitting(line.text.substr(window.begin), room).size();
    window.goes_on = window.end < line.text.size();
    return window;
}

}  // namespace

Drawing draw(const PromptLine& line, std::size_t columns, Colours colours) {
    const bool has_colours = colours == Colours::ansi;
    constexpr std::size_t columns_min = 8;  // narrower ones are cut
    columns = std::max(columns, columns_min);
    const std::string_view prompt = fitting(line.prompt, columns / 2);
    const std::size_t prompt_columns = columns_of(prompt);
    // The last column stays free: the cursor may stand there.
    const std::size_t width = columns - prompt_columns - 1;
    const Window window = window_of(line, width);

    Drawing drawing;
    drawing.octets = "\r";
    drawing.octets += no_wrap;
    append_in(drawing.octets, !has_colours ? "" : line.mood == Mood::alarmed ? yellow : bold, prompt);
    if (window.begin > 0) append_in(drawing.octets, has_colours ? dim : "", "<");
    const std::size_t cursor = std::clamp(line.cursor, window.begin, window.end);
    append_signs(drawing.octets, line.text.substr(window.begin, cursor - window.begin));
    drawing.octets += keep_cursor;
    append_signs(drawing.octets, line.text.substr(cursor, window.end - cursor));
    if (window.goes_on) append_in(drawing.octets, has_colours ? dim : "", ">");
    drawing.octets += erase_to_end;

    const std::size_t left = prompt_columns + (window.begin > 0 ? 1 : 0);
    drawing.cursor = left + sign_columns_of(line.text.substr(window.begin, cursor - window.begin));
    drawing.columns =
        left + sign_columns_of(line.text.substr(window.begin, window.end - window.begin)) + (window.goes_on ? 1 : 0);
    const std::size_t status_columns = columns_of(line.status);
    if (status_columns > 0 && drawing.columns + status_gap + status_columns < columns) {
        drawing.octets += "\x1b[" + std::to_string(columns - status_columns) + "G";
        append_in(drawing.octets, has_colours ? dim : "", line.status);
        drawing.columns = columns - 1;
    }
    drawing.octets += kept_cursor;
    drawing.octets += wrap;
    return drawing;
}

}  // namespace parley::terminal
