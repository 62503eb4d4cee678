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

  bool has_expired(std::string_view today) const { return !expires.empty() && expires < today; }
};

class Expectations {
 public:
  // Both throw ConfigurationError.
  static Expectations read_file(const std::string& path);
  static Expectations parse(std::string_view text, const std::string& name);

  // Turns the verdict of a case into XFAIL or XPASS where an entry that has not expired on `today`
  // says so. SKIP and N/A stay: they say nothing about the target.
  void apply(CheckResult& result, std::string_view today) const;

  // The file as it should be after a complete run on `today`, so that the same run is as expected:
  // entries that hold or were not run are kept, those that passed or have expired are dropped,
  // those of which only a part holds give way to that part, and new ones are added; a reason that
  // no entry gave asks for a better one.
  std::string updated(const RunResult& run, std::string_view today) const;

  const std::vector<Expectation>& entries() const { return entries_; }

 private:
  static Expectations parse_table(TomlTable& file);
  // What stays of an entry, for a file.
  std::string kept(const Expectation& entry, const RunResult& run, std::string_view today) const;
  // The most specific entry that means this case and has not expired; may be null.
  const Expectation* find(const std::string& id, std::string_view today) const;

  std::vector<Expectation> entries_;
};

}  // namespace e3
