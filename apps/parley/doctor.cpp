// SPDX-License-Identifier: MIT
#include "apps/parley/doctor.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>

#include "apps/chat/wording.hpp"
#include "apps/parley/examination.hpp"

namespace parley {
namespace {

std::string_view word_of(Finding::State state) {
    switch (state) {
        case Finding::State::ok:
            return "ok";
        case Finding::State::failed:
            return "failed";
        default:
            return "skipped";
    }
}

}  // namespace

int diagnose(const DoctorCommand& command) {
    const std::vector<Finding> findings = Examination(command).examine();
    const bool is_well =
        std::ranges::none_of(findings, [](const Finding& finding) { return finding.state == Finding::State::failed; });
    if (command.as_json) {
        Json steps = Json::array();
        for (const Finding& finding : findings)
            steps.push_back({{"step", finding.step},
                             {"state", word_of(finding.state)},
                             {"sentence", chat::printable(finding.sentence)}});
        std::cout << to_json(Json{{"url", command.connect.url}, {"ok", is_well}, {"steps", std::move(steps)}})
                  << std::endl;
    } else {
        constexpr std::size_t state_columns = 9;
        constexpr std::size_t step_columns = 12;
        for (const Finding& finding : findings) {
            std::string line(word_of(finding.state));
            line.resize(state_columns, ' ');
            line += finding.step;
            line.resize(state_columns + step_columns, ' ');
            std::cout << line << chat::printable(finding.sentence) << "\n";
        }
        std::cout << std::flush;
    }
    return is_well ? 0 : 1;
}

void add_doctor(CLI::App& program, Chosen& chosen) {
    const auto command = std::make_shared<DoctorCommand>();
    CLI::App* doctor = program.add_subcommand("doctor", "Say what keeps clients from a Socket.IO server, step by step");
    add_connect(*doctor, command->connect);
    doctor->add_option("-n,--namespace", command->connect.nsp, "Namespace, as in /admin")->type_name("NAME");
    doctor->add_option("--auth", command->connect.auth, "What to say about oneself: a JSON object")->type_name("JSON");
    doctor->add_option("--path", command->path, "Where Socket.IO is on the server")
        ->type_name("PATH")
        ->capture_default_str();
    doctor->add_option("--origin", command->origin, "Origin of a page that wants to connect, as in https://example.com")
        ->type_name("ORIGIN");
    doctor->add_flag("--json", command->as_json, "Print one JSON object, for scripts");
    choose(*doctor, chosen, [command] { return diagnose(*command); });
}

}  // namespace parley
