// SPDX-License-Identifier: MIT
#include "apps/parley/doctor.hpp"

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "apps/parley/doctor_examination.hpp"
#include "apps/terminal/terminal.hpp"

namespace parley {

int examine(const DoctorCommand& command) {
    DoctorExamination examination(command);
    DoctorReport report(command.connect.url);
    const auto colours = terminal::Terminal::has_colours() ? terminal::Colours::ansi : terminal::Colours::none;
    examination.run([&](const DoctorStep& step) {
        report.add(step);
        if (!command.as_json) std::cout << DoctorReport::text(step, colours) << std::endl;
    });
    std::cout << (command.as_json ? report.json() : report.summary()) << std::endl;
    return report.is_well() ? 0 : 1;
}

void add_doctor(CLI::App& program, Chosen& chosen) {
    const auto command = std::make_shared<DoctorCommand>();
    command->connect.timeout_seconds = 5;
    CLI::App* doctor = program.add_subcommand(
        "doctor", "Connect to a Socket.IO server step by step, and say what is wrong and what to do");
    add_connect(*doctor, command->connect);
    add_identity(*doctor, command->connect);
    doctor->add_option("--path", command->path, "Path of the engine on the server")
        ->type_name("PATH")
        ->capture_default_str();
    doctor
        ->add_option("--origin", command->origin,
                     "Origin of a page that is to connect, as in https://example.com: whether the server lets it")
        ->type_name("ORIGIN");
    doctor->add_flag("--json", command->as_json, "Print one JSON object for programs");
    choose(*doctor, chosen, [command] { return examine(*command); });
}

}  // namespace parley
