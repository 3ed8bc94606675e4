// SPDX-License-Identifier: MIT
#include "apps/parley/doctor_report.hpp"

#include <doctest/doctest.h>

using namespace parley;
using enum StepState;
using terminal::Colours;

TEST_CASE("a step is a line, with what to do below it") {
    CHECK(DoctorReport::text({"name", ok, "It is there."}, Colours::none) == "ok       name        It is there.");
    CHECK(DoctorReport::text({"http", failed, "No\x1b[31m.", "Do\nthis."}, Colours::none) ==
          "failed   http        No?[31m.\n                     Do?this.");
    CHECK(DoctorReport::text({"http", failed, "No."}, Colours::ansi).starts_with("\x1b[31mfailed   \x1b[0mhttp"));
}

TEST_CASE("a report is well when nothing has failed") {
    DoctorReport report("http://x");
    report.add({"name", ok, "a"});
    report.add({"http", skipped, "b", "c"});
    CHECK(report.is_well());
    CHECK(report.summary() == "All is well.");
    CHECK(report.json() == R"({"url":"http://x","ok":true,"steps":[{"step":"name","state":"ok","sentence":"a"},)"
                           R"({"step":"http","state":"skipped","sentence":"b","advice":"c"}]})");
    report.add({"sticky", failed, "d", "e"});
    CHECK(report.summary() == "One step failed: sticky.");
    report.add({"origin", failed, "d", "e"});
    CHECK_FALSE(report.is_well());
    CHECK(report.summary() == "2 steps failed. Begin with the first: sticky.");
}
