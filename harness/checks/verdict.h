// SPDX-License-Identifier: MIT
// What a check concluded.
#pragma once

#include <optional>
#include <string_view>

namespace e3 {

enum class Verdict {
  kPass,
  kWarn,            // works, but a SHOULD is not followed or a lenient reading was chosen
  kFail,            // an obligation is broken
  kCrash,           // failed, and the target died of it
  kTimeout,         // failed: the target kept a peer waiting for ever
  kExpectedFail,    // not PASS, as the expectations file says
  kUnexpectedPass,  // PASS, though the expectations file says otherwise
  kSkip,            // the engine cannot show it
  kNotApplicable,   // the target's protocol does not have it
  kInconclusive,    // the undisturbed exchange failed
  kError,           // the harness or the target's start failed
};

// "PASS", "WARN", "FAIL", "CRASH", "TIMEOUT", "XFAIL", "XPASS", "SKIP", "N/A", ...
std::string_view to_string(Verdict verdict);
std::optional<Verdict> verdict_named(std::string_view name);

// FAIL and what is worse, and what says nothing about the target (INCONCLUSIVE, ERROR). A warning
// is none.
bool is_failure(Verdict verdict);

// How binding an obligation is, after RFC 2119. SHOULD and MAY are reported as WARN when they are
// not followed; death, spinning, leaks and deafness are failures at every level.
enum class Level { kMust, kShould, kMay };

std::string_view to_string(Level level);
std::optional<Level> level_named(std::string_view name);

}  // namespace e3
