// SPDX-License-Identifier: MIT
// Runs a fuzz target over files, and over the files in directories, without a fuzzing engine. Exit
// code 0: all ran; 2: a path cannot be read, or none holds an input. A finding aborts.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" [[gnu::weak]] int LLVMFuzzerInitialize(int* argc, char*** argv);

namespace {

namespace fs = std::filesystem;

constexpr int kUnusableInput = 2;

int fail(const std::string& what) {
  std::fprintf(stderr, "replay: %s\n", what.c_str());
  return kUnusableInput;
}

bool collect(const fs::path& path, std::vector<fs::path>& files, std::error_code& error) {
  if (!fs::is_directory(path, error)) {
    files.push_back(path);
    return !error;
  }
  for (fs::recursive_directory_iterator at(path, error), end; !error && at != end;
       at.increment(error)) {
    if (at->is_regular_file(error)) files.push_back(at->path());
  }
  return !error;
}

bool replay(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return false;
  const std::vector<char> bytes{std::istreambuf_iterator<char>(file),
                                std::istreambuf_iterator<char>()};
  if (file.bad()) return false;
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (LLVMFuzzerInitialize != nullptr) LLVMFuzzerInitialize(&argc, &argv);
  if (argc < 2) return fail("usage: " + std::string(argv[0]) + " FILE|DIRECTORY...");
  std::vector<fs::path> files;
  for (int i = 1; i != argc; ++i) {
    std::error_code error;
    if (!collect(argv[i], files, error)) {
      return fail("cannot read " + std::string(argv[i]) + ": " + error.message());
    }
  }
  if (files.empty()) return fail("no input files; give a file, or a directory that holds some");
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) {
    // Named before it runs, so that a crash says whose it is.
    std::fprintf(stderr, "replay: %s\n", file.c_str());
    if (!replay(file)) return fail("cannot read " + file.string());
  }
  std::printf("%zu inputs replayed\n", files.size());
  return 0;
}
