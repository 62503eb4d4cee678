// SPDX-License-Identifier: MIT
#include "harness/preload/program_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

namespace e3::preload {
namespace {

// A file with these bytes, for the length of a test.
class MadeFile {
 public:
  explicit MadeFile(const std::string& bytes)
      : path_(testing::TempDir() + "e3-program-file." + std::to_string(getpid())) {
    std::ofstream(path_, std::ios::binary) << bytes;
  }
  ~MadeFile() { std::filesystem::remove(path_); }
  MadeFile(const MadeFile&) = delete;
  MadeFile& operator=(const MadeFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// The beginning of this program; all of it would be hundreds of megabytes.
std::string own_bytes() {
  std::string bytes(200'000, '\0');
  std::ifstream("/proc/self/exe", std::ios::binary).read(bytes.data(), 200'000);
  return bytes;
}

TEST(ProgramFile, ThisProgramIsLoadedDynamicallyWithLibc) {
  const ProgramFile self = read_program_file("/proc/self/exe");
  EXPECT_EQ(self.kind, ProgramKind::kDynamic);
  EXPECT_NE(self.loader.find("ld-linux"), std::string::npos);
  EXPECT_NE(std::find(self.needed.begin(), self.needed.end(), "libc.so.6"), self.needed.end());
}

TEST(ProgramFile, AScriptIsNoElf) {
  EXPECT_EQ(read_program_file(MadeFile("#!/bin/sh\n").path()).kind, ProgramKind::kScript);
  EXPECT_EQ(read_program_file(MadeFile("hello").path()).kind, ProgramKind::kNoProgram);
  EXPECT_EQ(read_program_file("/no/such/file").kind, ProgramKind::kNoProgram);
}

TEST(ProgramFile, AnotherMachinesProgramIsForeign) {
  std::string bytes = own_bytes();
  bytes[18] = 2;  // e_machine: SPARC
  bytes[19] = 0;
  EXPECT_EQ(read_program_file(MadeFile(bytes).path()).kind, ProgramKind::kForeign);
}

TEST(ProgramFile, ACutFileIsReadAsFarAsItGoes) {
  const std::string bytes = own_bytes();
  for (const std::size_t size : {4U, 63U, 64U, 100U, 1000U, 100'000U}) {
    read_program_file(MadeFile(bytes.substr(0, size)).path());  // returns, and reads nothing beyond
  }
  EXPECT_EQ(read_program_file(MadeFile(bytes.substr(0, 64)).path()).kind, ProgramKind::kStatic);
}

TEST(ProgramFile, ProgramsAreFoundAsTheShellFindsThem) {
  EXPECT_TRUE(find_program("sh").ends_with("/sh"));
  EXPECT_EQ(find_program("no-such-program"), "");
  EXPECT_EQ(find_program("/bin/sh"), "/bin/sh");
  EXPECT_EQ(find_program("/no/such/program"), "");
}

TEST(ProgramFile, ASanitizersRuntimeComesFirst) {
  ProgramFile program;
  program.needed = {"libm.so.6", "libasan.so.8", "libc.so.6"};
  EXPECT_EQ(preload_list(program, "/lib/e3.so", ""), "libasan.so.8:/lib/e3.so");
  program.needed = {"libc.so.6"};
  EXPECT_EQ(preload_list(program, "/lib/e3.so", "theirs.so"), "/lib/e3.so:theirs.so");
}

}  // namespace
}  // namespace e3::preload
