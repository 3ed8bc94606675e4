// SPDX-License-Identifier: MIT
#include "apps/parley/new_project.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <span>
#include <stdexcept>
#include <string_view>
#include <system_error>

#include "parley/web/embedded_file.hpp"

namespace parley::embedded {
extern const std::span<const EmbeddedFile> project_template;
}

namespace parley {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t name_bytes_max = 64;

bool can_name_a_project(std::string_view name) {
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    const auto may_follow = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_'; };
    return !name.empty() && name.size() <= name_bytes_max && is_letter(name.front()) &&
           std::ranges::all_of(name, may_follow);
}

std::string with_name(std::string_view text, std::string_view name) {
    constexpr std::string_view place = "{{name}}";
    std::string made;
    for (std::size_t found = 0; (found = text.find(place)) != std::string_view::npos;) {
        made.append(text.substr(0, found)).append(name);
        text.remove_prefix(found + place.size());
    }
    return made.append(text);
}

void write_file(const fs::path& path, std::string_view content) {
    std::ofstream file(path, std::ios::binary);
    file << content;
    file.close();
    if (!file) throw std::runtime_error("\"" + path.string() + "\" cannot be written.");
}

int make_project(const std::string& folder) {
    const std::string name = write_new_project(folder);
    const std::string there = folder.ends_with('/') ? folder.substr(0, folder.size() - 1) : folder;
    std::cout
        << there << " has a server and its page now. Build and start it:\n\n"
        << "    cmake -S " << there << " -B " << there << "/build && cmake --build " << there << "/build && " << there
        << "/build/" << name << "\n\n"
        << "It takes the library from the package libparley-dev, or from a checkout with -DPARLEY_SOURCE=folder.\n";
    return 0;
}

}  // namespace

std::string write_new_project(const std::string& folder) {
    std::error_code failed;
    fs::path path = fs::absolute(folder, failed).lexically_normal();
    if (!path.has_filename()) path = path.parent_path();  // as in "board/"
    const std::string name = path.filename().string();
    if (folder.empty() || failed || !can_name_a_project(name)) {
        throw std::runtime_error("\"" + name +
                                 "\" cannot name a project. Use at most 64 letters, digits, - and _, with a "
                                 "letter first.");
    }
    if (fs::exists(path, failed) && !fs::is_empty(path, failed))
        throw std::runtime_error("\"" + folder +
                                 "\" is there already. Give the name of a folder that is not, or is empty.");

    const fs::path page = path / "page";
    fs::create_directories(page, failed);
    if (failed) throw std::runtime_error("\"" + folder + "\" cannot be made: " + failed.message() + ".");
    for (const EmbeddedFile& file : embedded::project_template)
        write_file((file.name.ends_with(".html") ? page : path) / file.name, with_name(file.identity, name));
    return name;
}

void add_new(CLI::App& program, Chosen& chosen) {
    const auto folder = std::make_shared<std::string>();
    CLI::App* make = program.add_subcommand("new", "Write a project that builds: a server and its page");
    make->add_option("NAME", *folder, "Folder to write it to, and what it is called")->required();
    choose(*make, chosen, [folder] { return make_project(*folder); });
}

}  // namespace parley
