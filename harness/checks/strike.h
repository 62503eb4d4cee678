// SPDX-License-Identifier: MIT
// Faults in checks: calls of the target that fail, and the proof that they did.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "harness/checks/session.h"
#include "harness/faults/fault.h"

namespace e3 {

// Those of `faults` that this engine can show. Throws NotShown when it can show none.
std::vector<Fault> showable(Session& session, const std::vector<Fault>& faults);

// Calls that fail alike before time passes, of a target that does not pause.
inline constexpr std::uint32_t kInVain = 1000;

// A fault that strikes from now on, until its scenario ends. Session::sweep clears it then.
class Strike {
 public:
  Strike(Session& session, const Fault& fault);
  bool happened() const { return times() > 0; }
  std::size_t times() const { return world_->faults_struck() - before_; }
  // A warning where it was to strike kInVain times, and has: who is busy then is in wide use, and
  // it is seldom.
  void warn_of_calls_in_vain(Session& session, std::string expected) const;
  // Throws NotApplicable when the target has made no call that could be struck: nothing was shown.
  void require_happened() const;

 private:
  World* world_;
  std::string fault_;
  bool lasts_;  // for kInVain calls
  std::size_t before_;
};

}  // namespace e3
