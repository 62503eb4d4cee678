// SPDX-License-Identifier: MIT
// Says of a scenario what, if anything, the target does wrong in it: each connection must get what
// its bytes get undisturbed, and all invariants must hold afterwards. No time-out decides anything.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "harness/faults/call_site.h"
#include "harness/faults/fault.h"
#include "harness/invariants/answer.h"
#include "harness/scenario/step.h"

namespace e3::explore {

// All that need be known of the target's protocol.
struct Protocol {
  std::string request = {};        // gets an answer, ...
  bool peer_ends = false;          // ... once the peer has ended its sending side
  bool may_close = false;          // a peer that has ended its sending side is owed no answer
  std::string large_request = {};  // asks for an answer larger than small buffers; or empty
  // An answer, or the beginning of one, without what may differ between two exchanges.
  std::function<std::string(std::string_view)> comparable = {};
  // Of one that was broken off, comparable: without what its last bytes may be the beginning of, of
  // which comparable() leaves the whole out. Without it: all.
  std::function<std::string_view(std::string_view)> certain = {};
  // Whether `got`, which should begin like `right`, has a refusal somewhere in its place: what a
  // server may say that has lost its patience, or that a call has failed. Without it: whatever.
  std::function<bool(std::string_view got, std::string_view right)> refuses = {};
  // Whether a peer that has sent this may lose the end of what it is owed to a reset.
  std::function<bool(std::string_view)> forfeits_end = {};
};

// The target does not answer the protocol's request: nothing can be concluded.
class ControlFailed : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// All may throw TargetUnavailable.
class Judge {
 public:
  Judge() = default;
  virtual ~Judge() = default;
  Judge(const Judge&) = delete;
  Judge& operator=(const Judge&) = delete;

  // Against a new target. Null: nothing is wrong.
  virtual std::optional<Violation> judge(const scenario::Scenario& scenario) = 0;
  // False: nothing is wrong, as far as a quick look shows. For long sweeps: the target may be the
  // one that the scenario before was played against, whose canary this scenario is. What is wrong,
  // and whether it is this scenario's fault, judge() tells.
  virtual bool seems_wrong(const scenario::Scenario& scenario) = 0;
  // In the last scenario judged.
  virtual std::size_t faults_struck() const = 0;
  // What happened in the last scenario that was given to judge(), a line each.
  virtual std::vector<std::string> transcript() const = 0;

  // Scenarios that could not be judged, and why; a line for each reason.
  virtual std::vector<std::string> remarks() const { return {}; }

  // Plays the scenario against a new target and returns the calls that the target made meanwhile.
  // Throws ControlFailed when the scenario fails by itself.
  virtual std::vector<CallSite> record_calls(const scenario::Scenario& scenario) = 0;
  virtual bool can_inject(const Fault& fault) = 0;

  // What a request gets undisturbed.
  virtual Answer answer_to(const std::string& request) = 0;
};

}  // namespace e3::explore
