// SPDX-License-Identifier: MIT
// What the file of a program tells about how it is loaded: whether a library can be preloaded into
// it. Read from its ELF headers, elf(5); the program is not run.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace e3::preload {

enum class ProgramKind {
  kDynamic,   // loaded by ld.so: a library can be preloaded
  kStatic,    // has no loader
  kForeign,   // for another machine, or another C library's loader
  kScript,    // begins with #!
  kNoProgram  // nothing of these, or cannot be read
};

struct ProgramFile {
  ProgramKind kind = ProgramKind::kNoProgram;
  std::string loader;               // the path of ld.so
  std::vector<std::string> needed;  // libraries it is linked with, in order
};

// The file that execvp(3) would run for `word`; empty when there is none.
std::string find_program(const std::string& word);

ProgramFile read_program_file(const std::string& path);

// The value of LD_PRELOAD that puts `library` into the program: a sanitizer's shared runtime must
// come before all other libraries, and `inherited` stays.
std::string preload_list(const ProgramFile& program, const std::string& library,
                         std::string_view inherited);

}  // namespace e3::preload
