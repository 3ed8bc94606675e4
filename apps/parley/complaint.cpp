// SPDX-License-Identifier: MIT
#include "apps/parley/complaint.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string_view>
#include <vector>

#include "apps/chat/wording.hpp"
#include "apps/parley/nearest_word.hpp"

namespace parley {

namespace {

std::string listed(const std::vector<std::string>& words) {
    std::string list;
    for (const std::string& word : words)
        list += (list.empty() ? "" : ", ") + word;
    return list;
}

std::vector<std::string> commands_of(const CLI::App& program) {
    std::vector<std::string> names;
    for (const CLI::App* command : program.get_subcommands([](const CLI::App*) { return true; }))
        names.push_back(command->get_name());
    return names;
}

std::vector<std::string> options_of(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::Option* option : app.get_options()) {
        for (const std::string& name : option->get_lnames())
            names.push_back("--" + name);
    }
    return names;
}

/// The first option that nobody knows, else the first word.
std::string unexpected_word(const CLI::App& program) {
    const std::vector<std::string> words = program.remaining(true);
    const auto option = std::ranges::find_if(words, [](std::string_view word) { return word.starts_with('-'); });
    return option != words.end() ? *option : words.front();
}

std::string complain_of(const std::string& word, const CLI::App& program) {
    const std::vector<CLI::App*> given = program.get_subcommands();
    const CLI::App& asked = given.empty() ? program : *given.front();
    const std::string called = given.empty() ? "parley" : "parley " + asked.get_name();
    const bool is_option = word.starts_with('-');
    const std::vector<std::string> known = is_option ? options_of(asked) : commands_of(asked);
    const std::string meant = nearest_word(word.substr(0, word.find('=')), known);

    std::string sentence = is_option       ? "\"" + called + "\" has no option " + word + ". "
                           : given.empty() ? "There is no command \"" + word + "\". "
                                           : "\"" + called + "\" does not know what to do with \"" + word + "\". ";
    if (!meant.empty()) return sentence + "Did you mean " + meant + "?";
    if (given.empty() && !is_option) return sentence + "The commands are: " + listed(known) + ".";
    return sentence + "See: " + called + " --help";
}

// Without a command, or without what one cannot do without.
std::string complain_of_lack(const CLI::App& program, const std::string& said) {
    const std::vector<CLI::App*> given = program.get_subcommands();
    if (given.empty()) {
        return "Say what to do, as in \"parley serve\". The commands are: " + listed(commands_of(program)) +
               ". See: parley --help";
    }
    const CLI::App& asked = *given.front();
    std::vector<std::string> needed;
    for (const CLI::Option* option : asked.get_options())
        if (option->get_required() && option->get_positional()) needed.push_back(option->get_name());
    // What a command itself finds missing, it names.
    if (needed.empty()) needed.push_back(said.substr(0, said.find(" is required")));
    return "\"parley " + asked.get_name() + "\" needs: " + listed(needed) + ". See: parley " + asked.get_name() +
           " --help";
}

}  // namespace

std::string complaint(const CLI::App& program, const CLI::ParseError& error) {
    const std::string said = error.what();
    switch (static_cast<CLI::ExitCodes>(error.get_exit_code())) {
        case CLI::ExitCodes::ExtrasError:
            return complain_of(chat::printable(unexpected_word(program)), program);
        case CLI::ExitCodes::RequiredError:
            return complain_of_lack(program, said);
        case CLI::ExitCodes::ArgumentMismatch:
            return said.substr(0, said.find(':')) +
                   (said.contains("At Most") ? " may be given once." : " needs a value after it.");
        default:
            return chat::printable(said);
    }
}

}  // namespace parley
