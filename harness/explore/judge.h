// SPDX-License-Identifier: MIT
// Plays a scenario against a new target and says what, if anything, the target did wrong: each
// connection must get what its bytes get undisturbed, and all invariants must hold afterwards. No
// time-out decides anything.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "harness/invariants/answer.h"
#include "harness/scenario/player.h"
#include "harness/scenario/step.h"
#include "harness/world/world_source.h"

namespace e3::explore {

// All that need be known of the target's protocol.
struct Protocol {
  std::string request = {};        // gets an answer, ...
  bool peer_ends = false;          // ... once the peer has ended its sending side
  bool may_close = false;          // a peer that has ended its sending side is owed no answer
  std::string large_request = {};  // asks for an answer larger than small buffers; or empty
  // An answer, or the beginning of one, without what may differ between two exchanges.
  std::function<std::string(std::string_view)> comparable = {};
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

class Judge {
 public:
  // Throws ControlFailed, and TargetUnavailable when there is no target.
  Judge(WorldSource& source, Protocol protocol);

  // Null: nothing is wrong. The transcript then holds the scenario, until the next call.
  std::optional<Violation> judge(const scenario::Scenario& scenario);
  // False: nothing is wrong, as far as a quick look shows. For long sweeps: the target is the one
  // that the scenario before was played against, whose canary this scenario is. What is wrong, and
  // whether it is this scenario's fault, judge() tells.
  bool seems_wrong(const scenario::Scenario& scenario);

  // Plays the scenario against a new target and returns the calls that the target made meanwhile.
  // Throws ControlFailed when the scenario fails by itself.
  std::vector<CallSite> record_calls(const scenario::Scenario& scenario);
  bool can_inject(const Fault& fault) { return source_->world().can_inject(fault); }
  // In the last scenario judged.
  std::size_t faults_struck() const { return faults_struck_; }

  // What a request gets undisturbed.
  const Answer& answer_to(const std::string& request) {
    return undisturbed({request, protocol_.peer_ends});
  }

 private:
  struct RequestView {
    std::string_view bytes;
    bool half_closed = false;
  };
  struct Request {
    std::string bytes;
    bool half_closed = false;
    operator RequestView() const { return {bytes, half_closed}; }
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(RequestView one, RequestView other) const {
      return one.half_closed == other.half_closed && one.bytes == other.bytes;
    }
  };
  struct Hash {
    using is_transparent = void;
    // Both ends of it: few requests of one size differ in the middle alone.
    std::size_t operator()(RequestView request) const {
      constexpr std::size_t kEnd = 64;
      const std::string_view bytes = request.bytes;
      const std::hash<std::string_view> hash;
      return hash(bytes.substr(0, kEnd)) ^
             hash(bytes.substr(bytes.size() - std::min(kEnd, bytes.size()))) ^
             (2 * bytes.size() + (request.half_closed ? 1 : 0));
    }
  };

  // For a program, too, what an earlier scenario has done to it must not show.
  void renew_target();
  void begin_scenario();
  std::optional<Violation> attempt(const scenario::Scenario& scenario);
  std::optional<Violation> play(const scenario::Scenario& scenario);
  std::optional<Violation> play_to_end(const scenario::Scenario& scenario);
  // How far a conversation had come when its answer was to be judged.
  struct Heard {
    const scenario::Conversation* conversation;
    std::size_t sent;
    std::size_t received;
    bool half_closed;
    Ending ending;
    bool left;    // the peer ended the connection itself
    bool excuse;  // the server may have ended it early
  };
  Heard heard(const scenario::Conversation& conversation) const;
  std::optional<Violation> check_answer(const Heard& heard);
  std::optional<Violation> check_invariants();
  void recover_from_faults(scenario::Player& player);
  // Whether a fault has struck after which a peer may get another answer, or none.
  bool disturbed() { return may_disturb_ && struck_now() > 0; }
  // Faults of the scenario being played.
  std::size_t struck_now() { return source_->world().faults_struck() - struck_before_; }
  Answer exchange(RequestView request);
  Answer exchange_canary() { return exchange({protocol_.request, protocol_.peer_ends}); }
  // Valid until the next scenario.
  const Answer& undisturbed(RequestView request);
  // Valid until the next call.
  const Answer& wanted(RequestView request);
  const std::string& comparable(std::string_view answer);
  void learn_anew();
  void forget_asked();

  WorldSource* source_;
  Protocol protocol_;
  Answer canary_;
  std::optional<std::size_t> descriptors_;
  std::unordered_map<Request, Answer, Hash, Equal> undisturbed_;
  std::size_t bytes_kept_ = 0;  // of requests in `undisturbed_`
  Answer ended_early_;          // what wanted() made up
  // Most answers are the same again and again; here found by their sizes and ends.
  struct Compared {
    std::string answer;
    std::string comparable;
  };
  std::array<Compared, 16> compared_;
  bool recording_ = false;          // for record_calls(): other exchanges wait until ...
  std::vector<CallSite> recorded_;  // ... the calls of the scenario alone are here
  bool may_disturb_ = false;        // such a fault has been injected
  bool excused_ = false;            // ... and has struck, and all faults are over
  std::size_t struck_before_ = 0;   // by the scenarios before, on the same target
  std::size_t faults_struck_ = 0;
  std::size_t in_passing_ = 0;         // scenarios played against the present target
  std::vector<const Request*> asked_;  // by the scenario being judged; keys of `undisturbed_`
};

}  // namespace e3::explore
