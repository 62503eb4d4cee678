// SPDX-License-Identifier: MIT
// The scenarios of the corpus acquit the shipped server, and the fuzzers' seeds are made of them.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "harness/explore/http_protocol.h"
#include "harness/explore/world_judge.h"
#include "harness/scenario/byte_form.h"
#include "harness/scenario/text_form.h"
#include "harness/targets/shipped_server.h"
#include "harness/world/engines/in_process_source.h"

namespace e3::explore {
namespace {

namespace fs = std::filesystem;

std::string contents(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::vector<fs::path> scenario_files() {
  std::vector<fs::path> files;
  for (const char* folder : {"scenarios", "regressions"}) {
    const std::size_t before = files.size();
    for (const auto& entry : fs::directory_iterator(fs::path(E3_SOURCE_DIR "/corpus") / folder)) {
      if (entry.path().extension() == ".e3") files.push_back(entry.path());
    }
    EXPECT_GT(files.size(), before) << "no scenario in corpus/" << folder;
  }
  return files;
}

TEST(Corpus, AcquitsTheShippedServer) {
  for (const InProcessEngine engine : {InProcessEngine::kSim, InProcessEngine::kSocketpair}) {
    Transcript transcript;
    InProcessSource source(targets::shipped_server("http"), engine, 42, transcript);
    WorldJudge judge(source, http_protocol("GET /e3 HTTP/1.0\r\n\r\n"));
    for (const fs::path& path : scenario_files()) {
      const auto found = judge.judge(scenario::parse(contents(path), path.string()));
      EXPECT_FALSE(found) << path << " " << to_string(found->symptom) << ": " << found->actual;
    }
  }
}

TEST(Corpus, SeedsAreTheScenariosAsBytes) {
  for (const fs::path& path : scenario_files()) {
    const fs::path seed = fs::path(E3_SOURCE_DIR "/corpus/fuzz_schedule") / path.stem();
    EXPECT_EQ(contents(seed), scenario::encode(scenario::parse(contents(path), path.string())))
        << "run: e3 seeds " << path << " -o corpus/fuzz_schedule";
  }
}

}  // namespace
}  // namespace e3::explore
