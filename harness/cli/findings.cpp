// SPDX-License-Identifier: MIT
#include "harness/cli/findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <string>
#include <utility>

#include "harness/cli/bench.h"
#include "harness/cli/progress_line.h"
#include "harness/explore/minimize.h"
#include "harness/world/interrupt.h"

namespace e3::cli {
namespace {

struct Finding {
  std::string scenario;
  Violation violation;
  std::size_t runs = 1;
};

void add(std::vector<Finding>& distinct, const explore::Conviction& one) {
  std::string text = scenario::print(one.scenario);
  const auto known = std::find_if(distinct.begin(), distinct.end(), [&](const Finding& each) {
    return each.scenario == text && each.violation.symptom == one.violation.symptom;
  });
  if (known != distinct.end()) {
    ++known->runs;
  } else {
    distinct.push_back({std::move(text), one.violation});
  }
}

void print(const std::vector<Finding>& distinct) {
  for (const Finding& finding : distinct) {
    print_violation(finding.violation);
    fmt::print("  seen in:  {} run{}\n\n{}\n", finding.runs, finding.runs == 1 ? "" : "s",
               finding.scenario);
  }
}

}  // namespace

void print_findings(const std::vector<explore::Conviction>& found, explore::Judge& judge,
                    const Options& options) {
  std::vector<Finding> distinct;
  std::exception_ptr ended_by;
  ProgressLine line;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (ended_by) {
      add(distinct, found[i]);
      continue;
    }
    const explore::Minimized small = explore::minimize(
        found[i].scenario, judge, found[i].violation, minimizing_runs(options),
        [&](std::size_t runs) {
          throw_if_interrupted();
          line.show_now_and_then([&] {
            return fmt::format("minimises finding {} of {}: {} runs", i + 1, found.size(), runs);
          });
        });
    add(distinct, {small.scenario, small.violation});
    ended_by = small.ended_by;
  }
  line.clear();
  print(distinct);
  if (ended_by) std::rethrow_exception(ended_by);
}

void print_findings_as_found(const std::vector<explore::Conviction>& found) {
  std::vector<Finding> distinct;
  for (const explore::Conviction& one : found) add(distinct, one);
  print(distinct);
}

}  // namespace e3::cli
