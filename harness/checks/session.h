// SPDX-License-Identifier: MIT
// What a check works with: a world whose target has shown that it answers, verbs that demand the
// undisturbed answer, and sweeps that run a scenario for every point and then test the invariants.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/checks/check.h"
#include "harness/checks/profile.h"
#include "harness/invariants/answer.h"
#include "harness/invariants/invariants.h"
#include "harness/world/world_source.h"

namespace e3 {

struct Learned;

// The undisturbed exchange failed: nothing can be concluded from this check.
struct ControlFailed {
  std::string why;
  bool waits_for_ever = false;                    // the target took the request and said nothing
  std::optional<Violation> shown = std::nullopt;  // by that very exchange, and what it must be told
  std::string_view cause = {};                    // of that
};

// The target's protocol does not have what this check is about.
struct NotApplicable {
  std::string why;
};

// This engine cannot show what this check is about.
struct NotShown {
  std::string why;
};

// What the points of a sweep are called: "offset", "offsets".
struct PointName {
  std::string_view one;
  std::string_view many;
};

// The point of a failure that needs no scenario.
inline constexpr std::string_view kUndisturbed = "the undisturbed exchange";

// One scenario that went wrong.
struct Failure {
  std::string point;  // "offset 17"
  Violation violation;
  std::string_view cause;
  std::vector<std::string> transcript;
};

class Session {
 public:
  // Throws ControlFailed when the target does not answer the profile's request, TargetUnavailable
  // when there is no target.
  Session(const CheckCase& which, const Profile& profile, WorldSource& source, std::uint64_t seed,
          Learned& learned);

  const Profile& profile() const { return *profile_; }
  std::size_t variant() const { return variant_; }
  Learned& learned() { return *learned_; }  // kept from check to check
  World& world() {
    World& world = source_->world();  // another one than before, perhaps
    world.set_greeting(profile_->greeting_end);
    world.set_login(profile_->login, profile_->login_end);
    if (moment_) world.set_moment(*moment_);
    return world;
  }
  const std::string& request() const { return profile_->request; }

  // The undisturbed answer to `request`; learned once and kept.
  const Answer& answer_to(const std::string& request);
  const Answer& answer() { return answer_to(request()); }
  // The profile's large request, or the plain one where the target refuses that.
  const std::string& large_request();
  // The same, where the target must be unable to send the whole answer at once. Throws NotShown
  // where its send buffers cannot be made tiny and may hold all of it.
  const std::string& request_that_fills_buffers();

  // The request made longer by `filler`. Throws NotApplicable where the profile cannot say how.
  std::string padded_request(std::string_view filler) const;

  // Sends the whole request, to its end.
  void send_request(Peer& peer) {
    peer.send(request());
    finish_request(peer);
  }
  // Sends what of `bytes` did not fit into the buffers, after `sent`: it goes out as the peer
  // reads, or both sides might wait for ever.
  static void send_rest(Peer& peer, std::string_view bytes, std::size_t sent,
                        std::size_t read_at_once = 1024);
  // A peer with the smallest buffers that has sent the whole request, and reads on when it is told
  // to.
  Peer ask_with_tiny_buffers(const std::string& request);
  // The peer has sent all of its request: half-closes where the protocol wants that.
  void finish_request(Peer& peer);
  // Reads until the answer's end, where the profile knows it, or until nothing more comes.
  void receive_answer(Peer& peer);
  // The same behind `before` bytes of answers that have come, for an answer like `wanted`. Returns
  // it without what the profile masks.
  std::string receive_behind(Peer& peer, std::size_t before, const Answer& wanted);
  // Reads on until the whole answer has come. Throws Violation when it is not the undisturbed one.
  void expect_answer(Peer& peer, const std::string& request);
  void expect_answer(Peer& peer) { expect_answer(peer, request()); }
  // The request is not complete: nothing may have come yet.
  void expect_silence(Peer& peer);
  // The server must end the connection by itself, within its own time-outs. Throws NotShown where
  // those may be longer than e3's.
  void expect_end(Peer& peer);
  // Nobody does anything: nor may the target.
  void expect_quiet();
  // Throws a Violation unless `holds`.
  static void require(bool holds, Symptom symptom, std::string expected, std::string actual);

  // Runs `scenario` for each point, and the invariants after each. A broken target is replaced.
  // What a scenario cannot show holds back no other; it is told at the end unless something failed.
  // After kFailuresPerSweep failures the rest of the points are left out; after the first, where
  // each failure costs real time. `label` names a point where its number does not say enough.
  void sweep(const PointName& name, const std::vector<std::size_t>& points,
             const std::function<void(std::size_t)>& scenario,
             const std::function<std::string(std::size_t)>& label = {});

  // `count` points from 0 to `last`, both included, evenly spread (all, where they are few).
  static std::vector<std::size_t> spread(std::size_t last, std::size_t count);
  // All offsets in [begin, end); of more than 4096 so many, a quarter of them at either end.
  static std::vector<std::size_t> offsets(std::size_t begin, std::size_t end);
  // A number below `bound`, from the seed and the check's name alone.
  std::size_t random_below(std::size_t bound);

  // It works, but less strictly than it should: the verdict is WARN unless something fails.
  void warn(const Violation& lenience);
  // Where the level depends on what the target says it speaks.
  void set_level(Level level) { level_ = level; }
  Level level() const { return level_; }
  // How the server's side of the connection under test ended, for the report.
  void set_connection(std::string seen) { connection_ = std::move(seen); }
  const std::string& connection() const { return connection_; }

  // The target could not be reached outside of a sweep. True when that is because it is broken: a
  // failure, and there is another target.
  bool found_broken_target();

  // The target is ended and started anew at the same address. Throws Violation when it does not
  // come up there.
  void restart_target();
  // The scenario has ended the target: the next one gets another.
  void replace_target() { source_->renew(); }

  // A remark for the report.
  void note(std::string text) { notes_.push_back(std::move(text)); }

  const std::vector<Failure>& failures() const { return failures_; }
  const std::vector<Failure>& warnings() const { return warnings_; }
  const std::vector<std::string>& notes() const { return notes_; }
  std::size_t points_run() const { return points_run_; }
  std::size_t points_total() const { return points_total_; }
  std::string_view unit() const { return unit_; }  // plural

  // A fault lies in wait, which this point is about; see Strike. False where it is to stay away,
  // to show that the rest of the scenario goes well.
  bool strike_begins() {
    struck_before_ = world().faults_struck();
    return !withholds_faults_;
  }

  static constexpr std::size_t kFailuresPerSweep = 3;

 private:
  Answer exchange(const std::string& request);
  void learn_baseline();
  [[noreturn]] void throw_no_answer(Ending ending);
  [[noreturn]] void throw_cut(const Answer& answer);
  bool is_whole(const Peer& peer) const;
  void require_alike();
  void require_answer_length();
  bool answers_early();
  bool blames(Symptom symptom) const;
  std::optional<Violation> run_scenario(const std::function<void()>& scenario);
  // Whether it fails alike when no call fails.
  bool fails_without_fault(const std::function<void()>& scenario, Symptom symptom);
  void renew_within_sweep();
  void look_again_later();
  std::optional<Violation> check_invariants();
  std::optional<Violation> try_canary();

  const Check* check_;
  std::size_t variant_;
  Level level_;
  std::string connection_;
  const Profile* profile_;
  WorldSource* source_;
  Learned* learned_;
  std::uint64_t random_state_;
  std::optional<VirtualTime> moment_;
  std::deque<std::pair<std::string, Answer>> answers_;  // a deque: references stay valid
  std::optional<std::size_t> descriptors_;              // the target's, before the scenario
  std::vector<Failure> failures_;
  std::vector<Failure> warnings_;
  std::optional<NotShown> not_shown_;              // by a scenario of the sweep
  std::optional<std::vector<std::string>> story_;  // of the violation that was found last, to there
  std::string slept_in_;                           // by who kept the last exchange waiting
  std::string point_;                              // the one that is being tried
  std::optional<std::size_t> struck_before_;       // calls, when a fault was laid in wait
  bool misread_later_ = false;     // another connection, by the last scenario's doing
  bool withholds_faults_ = false;  // what is played is a fault check's control
  bool is_spent_ = false;          // the target has failed, and there is no other
  std::vector<std::string> notes_;
  std::size_t points_run_ = 0;
  std::size_t points_total_ = 0;
  std::string_view unit_;
};

}  // namespace e3
