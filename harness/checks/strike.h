// SPDX-License-Identifier: MIT
// Faults in checks: calls of the target that fail, and the proof that they did.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "harness/checks/session.h"
#include "harness/faults/fault.h"

namespace e3 {

// Those of `faults` that this engine can show. Throws NotShown when it can show none.
std::vector<Fault> showable(Session& session, const std::vector<Fault>& faults);

// A fault that strikes from now on, until its scenario ends. Session::sweep clears it then.
class Strike {
 public:
  Strike(Session& session, const Fault& fault);
  bool happened() const { return times() > 0; }
  std::size_t times() const { return world_->faults_struck() - before_; }
  // Throws NotApplicable when the target has made no call that could be struck: nothing was shown.
  void require_happened() const;

 private:
  World* world_;
  std::string fault_;
  std::size_t before_;
};

}  // namespace e3
