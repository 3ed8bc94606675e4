// SPDX-License-Identifier: MIT
#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>

#include "apps/chat/wording.hpp"
#include "apps/parley/bench.hpp"
#include "apps/parley/chat.hpp"
#include "apps/parley/complaint.hpp"
#include "apps/parley/doctor.hpp"
#include "apps/parley/emit.hpp"
#include "apps/parley/licenses.hpp"
#include "apps/parley/listen.hpp"
#include "apps/parley/new_project.hpp"
#include "apps/parley/serve.hpp"
#include "apps/parley/ws.hpp"

namespace {

constexpr int exit_usage = 2;  // as shells and most programs say that the command line was wrong

}  // namespace

int main(int argc, char** argv) {
    CLI::App program{"Parley: Socket.IO and WebSocket for C++", "parley"};
    program.set_version_flag("--version", "parley " PARLEY_VERSION);
    parley::Chosen chosen;
    parley::add_serve(program, chosen);
    parley::add_chat(program, chosen);
    parley::add_new(program, chosen);
    parley::add_emit(program, chosen);
    parley::add_listen(program, chosen);
    parley::add_ws(program, chosen);
    parley::add_doctor(program, chosen);
    parley::add_bench(program, chosen);
    parley::add_licenses(program, chosen);

    try {
        program.parse(argc, argv);
        if (!chosen) throw CLI::RequiredError("a command");
        return chosen();
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) return program.exit(error);  // --help and --version come this way too
        std::cerr << "parley: " << parley::complaint(program, error) << "\n";
        return exit_usage;
    } catch (const std::exception& error) {
        std::cerr << "parley: " << parley::chat::printable(error.what()) << "\n";
        return 1;
    }
}
