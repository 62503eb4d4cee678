// SPDX-License-Identifier: MIT
// Where worlds come from: one running target, and a new one when a scenario has broken it.
#pragma once

#include <string>

#include "harness/world/world.h"

namespace e3 {

class WorldSource {
 public:
  virtual ~WorldSource() = default;

  // The world with the running target. Throws TargetUnavailable when there is none to be had.
  virtual World& world() = 0;
  // A check begins: engines that can give each check a new target at no cost do so.
  virtual void begin_check() = 0;
  // The target is broken: ends it and starts another, where that is in our power.
  virtual void renew() = 0;
  // Ends the target politely and starts it again at the same address (where abilities().process).
  // Throws TargetUnavailable when it does not come up there.
  virtual void restart() { renew(); }
  // Where it is not, a check ends with its first failure.
  virtual bool can_renew() const { return true; }
  // One line for reports: what is under test, and how.
  virtual std::string description() const = 0;
};

}  // namespace e3
