// SPDX-License-Identifier: MIT
// Scenarios in files: text in *.e3, the byte form of fuzzers in all others.
#pragma once

#include <string>

#include "harness/scenario/step.h"

namespace e3::cli {

struct ScenarioFile {
  std::string path;
  std::string name;  // without folders and .e3
  scenario::Scenario scenario;
};

// `file_or_id`: a path, or the name of a scenario below corpus/ or findings/, where that is in
// the current folder. Throws UsageError, and scenario::ParseError.
ScenarioFile read_scenario(const std::string& file_or_id);

}  // namespace e3::cli
