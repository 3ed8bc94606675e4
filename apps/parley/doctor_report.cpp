// SPDX-License-Identifier: MIT
#include "apps/parley/doctor_report.hpp"

#include <algorithm>
#include <string_view>

#include "apps/chat/wording.hpp"
#include "parley/json.hpp"

namespace parley {

namespace {

constexpr std::size_t name_columns = 12;
constexpr std::size_t state_columns = 9;

std::string_view word_of(StepState state) {
    switch (state) {
        case StepState::ok:
            return "ok";
        case StepState::failed:
            return "failed";
        case StepState::skipped:
            return "skipped";
    }
    return "";
}

std::string_view style_of(StepState state) {
    switch (state) {
        case StepState::ok:
            return "\x1b[32m";
        case StepState::failed:
            return "\x1b[31m";
        case StepState::skipped:
            return "\x1b[2m";
    }
    return "";
}

std::string padded(std::string_view text, std::size_t columns) {
    std::string all(text);
    all.resize(std::max(columns, text.size() + 1), ' ');
    return all;
}

}  // namespace

bool DoctorReport::is_well() const {
    return std::ranges::none_of(steps_, [](const DoctorStep& step) { return step.state == StepState::failed; });
}

std::string DoctorReport::text(const DoctorStep& step, terminal::Colours colours) {
    std::string state = padded(word_of(step.state), state_columns);
    if (colours == terminal::Colours::ansi) state = std::string(style_of(step.state)) + state + "\x1b[0m";
    std::string lines = state + padded(step.name, name_columns) + chat::printable(step.sentence);
    if (!step.advice.empty())
        lines += "\n" + std::string(name_columns + state_columns, ' ') + chat::printable(step.advice);
    return lines;
}

std::string DoctorReport::summary() const {
    if (is_well()) return "All is well.";
    const auto failed = [](const DoctorStep& step) { return step.state == StepState::failed; };
    const auto count = std::ranges::count_if(steps_, failed);
    return count == 1 ? "One step failed: " + std::ranges::find_if(steps_, failed)->name + "."
                      : std::to_string(count) +
                            " steps failed. Begin with the first: " + std::ranges::find_if(steps_, failed)->name + ".";
}

std::string DoctorReport::json() const {
    Json steps = Json::array();
    for (const DoctorStep& step : steps_) {
        Json one = {{"step", step.name}, {"state", word_of(step.state)}, {"sentence", chat::printable(step.sentence)}};
        if (!step.advice.empty()) one.set("advice", chat::printable(step.advice));
        steps.push_back(std::move(one));
    }
    return to_json(Json{{"url", url_}, {"ok", is_well()}, {"steps", std::move(steps)}});
}

}  // namespace parley
