// SPDX-License-Identifier: MIT
// A run as JSON values: the ones that report.schema.json describes.
#pragma once

#include <nlohmann/json.hpp>

#include "harness/checks/runner.h"

namespace e3::report {

// The version of report.schema.json. Raised when a field changes its meaning or goes away, not
// when one is added.
constexpr int kSchemaVersion = 1;

nlohmann::json check_object(const RunResult& run, const CheckResult& result);
// All of the run but its checks.
nlohmann::json run_object(const RunResult& run);

// As text. What is not UTF-8 is replaced, not thrown.
std::string dumped(const nlohmann::json& value, int indent = -1);

}  // namespace e3::report
