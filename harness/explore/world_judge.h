// SPDX-License-Identifier: MIT
// The judge of targets that a WorldSource provides.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "harness/explore/judge.h"
#include "harness/scenario/player.h"
#include "harness/world/world_source.h"

namespace e3::explore {

class WorldJudge final : public Judge {
 public:
  // Throws ControlFailed, and TargetUnavailable when there is no target.
  WorldJudge(WorldSource& source, Protocol protocol);

  std::optional<Violation> judge(const scenario::Scenario& scenario) override;
  // The same where there is but one target, still untouched: nothing is tried again.
  std::optional<Violation> judge_once(const scenario::Scenario& scenario);
  bool seems_wrong(const scenario::Scenario& scenario) override;
  std::size_t faults_struck() const override { return faults_struck_; }
  std::vector<std::string> transcript() const override;

  std::vector<CallSite> record_calls(const scenario::Scenario& scenario) override;
  bool can_inject(const Fault& fault) override { return source_->world().can_inject(fault); }

  Answer answer_to(const std::string& request) override {
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
  std::optional<Violation> play(const scenario::Scenario& scenario);
  std::optional<Violation> play_to_end(const scenario::Scenario& scenario);
  // How far a conversation had come when its answer was to be judged.
  struct Heard {
    const scenario::Conversation* conversation;
    std::size_t sent;
    std::size_t sent_before;  // without the last send
    std::size_t received;
    bool half_closed;
    Ending ending;
    bool left;    // the peer ended the connection itself
    bool excuse;  // the server may have ended it early, and not for a fault alone
  };
  Heard heard(const scenario::Conversation& conversation) const;
  std::optional<Violation> check_answer(const Heard& heard);
  // Whether what its peer sent last may have met a connection that had its answer and was closed:
  // the reset that follows takes along what is still on its way.
  bool may_lose_end(const Heard& heard);
  std::optional<Violation> check_isolation(const std::vector<Heard>& all);
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
  void forget_what_is_too_much();

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
  bool may_disturb_ = false;       // such a fault has been injected
  bool excused_ = false;           // ... and has struck, and all faults are over
  std::size_t struck_before_ = 0;  // by the scenarios before, on the same target
  std::size_t faults_struck_ = 0;
  std::optional<std::size_t> connections_struck_;  // none: something else was struck, too
  bool all_left_ = false;       // at the end of the scenario: nobody was waiting for an answer
  std::size_t in_passing_ = 0;  // scenarios played against the present target
  std::vector<const Request*> asked_;  // by the scenario being judged; keys of `undisturbed_`
};

}  // namespace e3::explore
