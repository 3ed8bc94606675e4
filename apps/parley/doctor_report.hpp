// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "apps/terminal/prompt_line.hpp"

namespace parley {

/// How a step of an examination went.
enum class StepState : std::uint8_t {
    ok,
    failed,
    skipped,  ///< it was not possible, not asked for, or does not matter
};

/// One step of an examination: what was found, and what to do about it. The texts may be those of a server: they are
/// made printable when they are shown.
struct DoctorStep {
    std::string name;  ///< a word, the same for ever: programs read it
    StepState state = StepState::ok;
    std::string sentence;  ///< what was found
    std::string advice{};  ///< what to do; empty where nothing is wrong
};

/// The steps of an examination, in order.
class DoctorReport {
 public:
    explicit DoctorReport(std::string url) : url_(std::move(url)) {}

    void add(DoctorStep step) { steps_.push_back(std::move(step)); }

    /// Whether nothing has failed.
    [[nodiscard]] bool is_well() const;
    /// A step for people: state, name and sentence, and the advice below that.
    [[nodiscard]] static std::string text(const DoctorStep& step, terminal::Colours colours);
    /// The last line for people.
    [[nodiscard]] std::string summary() const;
    /// All of it for programs: `{"url", "ok", "steps": [{"step", "state", "sentence", "advice"}]}`.
    [[nodiscard]] std::string json() const;

 private:
    std::string url_;
    std::vector<DoctorStep> steps_;
};

}  // namespace parley
