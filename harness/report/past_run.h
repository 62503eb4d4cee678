// SPDX-License-Identifier: MIT
// A run as its JSON report tells it.
#pragma once

#include <string>
#include <vector>

namespace e3::report {

struct PastCheck {
  std::string id;
  std::string verdict;  // as in the report
  std::string said;     // cause and what was seen, or the reason
};

struct PastRun {
  std::string path;
  std::string target;
  std::string profile;
  std::string tool_version;
  std::string seed;
  std::vector<PastCheck> checks;
  std::string cut_short;  // why not all that was selected was run; empty when it was
};

// Throws std::invalid_argument when the file cannot be read or is no JSON report of e3.
PastRun read_run(const std::string& path);

// Also when e3 does not know the verdict: a newer one wrote it, and better taken for a failure
// than overlooked.
bool failed(const PastCheck& check);

}  // namespace e3::report
