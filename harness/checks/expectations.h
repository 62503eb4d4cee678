// SPDX-License-Identifier: MIT
// What is known not to pass, and why: a TOML file of [[expect]] tables. A case that comes out as
// expected is XFAIL; one that passes although it is listed is XPASS, so that the list stays true.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/checks/runner.h"

namespace e3 {

class TomlTable;

struct Expectation {
  std::string id;  // of a case; or a family, or a glob
  Verdict verdict = Verdict::kFail;
  std::string reason;
  std::string issue = {};  // a URL; may be empty
  std::string expires =
      {};  // "2026-12-31"; may be empty. From the day after on the entry is ignored
};

class Expectations {
 public:
  // Both throw ConfigurationError.
  static Expectations read_file(const std::string& path);
  static Expectations parse(std::string_view text, const std::string& name);

  // Turns the verdict of a case into XFAIL or XPASS where an entry that has not expired on `today`
  // says so. SKIP and N/A stay: they say nothing about the target.
  void apply(CheckResult& result, std::string_view today) const;

  // The file as it should be after a complete run: entries that came true or were not run are kept,
  // those that passed are dropped, new ones are added with a reason that asks for a better one.
  std::string updated(const RunResult& result) const;

  const std::vector<Expectation>& entries() const { return entries_; }

 private:
  static Expectations parse_table(TomlTable& file);
  const Expectation* find(const std::string& id, std::string_view today) const;

  std::vector<Expectation> entries_;
};

}  // namespace e3
