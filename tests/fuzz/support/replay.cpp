// SPDX-License-Identifier: MIT
// Gives files to a fuzz target, without libFuzzer: each file of the folders and each file that are named.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

void collect(const std::filesystem::path& path, std::vector<std::filesystem::path>& files) {
    if (!std::filesystem::is_directory(path)) {
        files.push_back(path);
        return;
    }
    for (const auto& entry : std::filesystem::directory_iterator(path))
        files.push_back(entry.path());
}

void replay(const std::filesystem::path& file) {
    // Named before it runs: it may end the process.
    std::printf("%s\n", file.c_str());
    std::fflush(stdout);
    std::ifstream stream(file, std::ios::binary);
    const std::vector<char> octets{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    // Exactly as long as the input is, so that a look behind it is found.
    const auto data = std::make_unique<std::uint8_t[]>(octets.size());
    std::copy(octets.begin(), octets.end(), data.get());
    LLVMFuzzerTestOneInput(data.get(), octets.size());
}

}  // namespace

int main(int count, char** arguments) {
    std::vector<std::filesystem::path> files;
    for (int i = 1; i < count; ++i)
        collect(arguments[i], files);
    std::sort(files.begin(), files.end());
    for (const std::filesystem::path& file : files)
        replay(file);
    std::printf("%zu inputs\n", files.size());
    // A corpus that is not there must not look like one that passes.
    return files.empty() ? 1 : 0;
}
