// SPDX-License-Identifier: MIT
// What a scenario can do to a target, whatever engine carries it. Scenarios, checks and invariants
// are written against this interface only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "harness/faults/event_order.h"
#include "harness/faults/fault.h"
#include "harness/world/peer.h"
#include "harness/world/transcript.h"

namespace e3 {

// What an engine can show. A check that needs more is skipped, with the reason.
struct Abilities {
  bool tcp = false;            // TCP rules: RST, linger, SO_ERROR
  bool virtual_time = false;   // time-outs cost nothing
  bool inside_view = false;    // descriptors, spinning and death of the target can be seen
  bool process = false;        // the target is a program of ours, and can be ended
  bool can_hold = false;       // several peers can act before the target runs
  bool small_windows = false;  // the target's send buffer can be made tiny
  bool faults = false;         // calls can be given results other than success: World::inject()
  bool event_order = false;    // World::order_events()
  bool repeatable = false;     // the same seed gives the same transcript
};

// What the target looks like when every peer is quiet.
struct Health {
  std::optional<std::string> death;        // how it ended, when it did
  std::optional<std::string> spin;         // what it does over and over with nothing to do
  bool spins_on_event = false;             // which is reported to it each time
  std::optional<std::size_t> descriptors;  // open in the target, where that can be seen
  std::vector<std::string> misuse;         // calls no correct server makes, such as closing twice
};

struct ConnectOptions {
  bool tiny_buffers = false;  // the smallest buffers the engine can give, on both sides
};

// The target did not come up, or went down outside of a scenario.
class TargetUnavailable : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// One target and its peers. Single-threaded. Throws TargetUnavailable from its making.
class World {
 public:
  virtual ~World() = default;

  virtual const Abilities& abilities() const = 0;
  virtual std::string_view engine() const = 0;

  // A new client connection. Whether the target has accepted it yet is the target's affair.
  Peer connect(const ConnectOptions& options = {});

  // What ends the greeting that the target sends unasked on each connection made from now on, where
  // it sends one. Peers wait for it, and do not count it as received. Must outlive the peers.
  void set_greeting(std::string_view end) { greeting_end_ = end; }
  // What each peer made from now on sends first, and the end of the answer to that; see
  // Peer::log_in(). Both must outlive the peers.
  void set_login(std::string_view bytes, std::string_view end) {
    login_ = bytes;
    login_end_ = end;
  }

  // How many connections the target's queue holds; those beyond it wait for seconds, by TCP's own
  // timers. Nothing where that cannot be seen, or does not matter.
  virtual std::optional<std::size_t> accept_queue() { return std::nullopt; }

  // Lets the target act on all that the peers did so far.
  virtual void settle() = 0;
  // Until release(), the target does not run (where abilities().can_hold).
  virtual void hold() = 0;
  virtual void release() = 0;
  // Lets the target's own timers run: virtual time moves by `duration`, real time does not.
  virtual void advance(VirtualTime duration) = 0;

  // Waits for the wire to have bytes (or an end) to read, or room to write. False: none came.
  virtual bool wait_readable(Wire& wire) = 0;
  virtual bool wait_writable(Wire& wire) = 0;

  // A scenario begins, in the transcript, too.
  void begin_scenario();
  // A peer leaves because its scenario has failed: what there is to see is kept. Only the first
  // call counts.
  void breaks_off();
  // The call for one connection in which the target sleeps, as "recv(conn1)"; empty when it does in
  // none. Nothing where that cannot be seen.
  virtual std::optional<std::string> sleeps_in() { return std::nullopt; }
  // The same of a target that waits for events elsewhere: such a call, or accept() while
  // connections are open, keeps it from those. Empty also where that cannot be seen.
  virtual std::string sleeps_beside_loop() { return {}; }
  // The same when the scenario broke off, where several peers were there. Empty when it did not.
  const std::string& slept_in() const { return slept_in_; }

  // How many connections it has accepted so far. Nothing where that cannot be seen.
  virtual std::optional<std::size_t> connections_accepted() const { return std::nullopt; }

  // Waits until the target is quiet, or is shown never to be, and looks at it.
  virtual Health health() = 0;
  // What a program of ours uses (where abilities().process), or this process with the target in it;
  // zeros where that cannot be seen.
  struct Usage {
    std::size_t resident = 0;   // bytes of memory, of all its processes
    std::size_t allocated = 0;  // of which so many are in use, in this process
    std::size_t threads = 0;
  };
  virtual Usage usage() { return {}; }
  // Sends SIGTERM and waits for the end, for at most `bound` of real time (where
  // abilities().process). Whatever comes of it, the world is of no use any more.
  virtual bool ends_when_asked(std::chrono::milliseconds /*bound*/) { return false; }
  // How many descriptors the quiet target holds, for descriptors_down_to() to compare with. What
  // processes that it starts from now on hold does not count, except connections that their peers
  // have left: a server may add workers.
  virtual std::optional<std::size_t> mark_descriptors() { return health().descriptors; }
  // Waits, within bounds, until the target holds at most `wanted` descriptors; returns how many.
  virtual std::optional<std::size_t> descriptors_down_to(std::size_t wanted) = 0;

  // Faults of the target's calls (where abilities().faults). What can_inject() refuses, no kernel
  // does, or this engine cannot show; inject() of it throws std::invalid_argument.
  virtual bool can_inject(const Fault& /*fault*/) const { return false; }
  // From now on; what has been injected before stays.
  virtual void inject(const Fault& fault);
  // Nothing more is struck, and descriptors that were short are there again.
  virtual void clear_faults() {}
  // How many calls have been struck so far.
  virtual std::size_t faults_struck() const { return 0; }
  // On how many connections a call was struck by an error since clear_faults(); nullopt: a call on
  // something else was, too.
  virtual std::optional<std::size_t> connections_struck() const { return std::nullopt; }
  // From now on, notes the target's calls, for whoever wants to strike them one by one in another
  // world. Forgets those noted before.
  virtual void record_calls() {}
  virtual std::vector<CallSite> recorded_calls() const { return {}; }

  // Who chooses among ready events from now on (where abilities().event_order); null: the kernel.
  // Must outlive the world, or be taken back.
  virtual void order_events(EventOrder* /*order*/) {}
  // How much time passes whenever the target reads a clock (where abilities().virtual_time): for
  // targets that wait for an instant by asking the time. Zero at first.
  virtual void set_clock_drift(VirtualTime /*per_reading*/) {}
  // Sets the target's CLOCK_REALTIME alone forth, or back, as NTP may. False where this engine
  // cannot.
  virtual bool step_realtime(VirtualTime /*by*/) { return false; }
  // How long an answer may take before the target counts as silent (where
  // abilities().virtual_time): for targets that look at their work at each tick.
  virtual void set_moment(VirtualTime /*moment*/) {}
  // Whether a target may wait for the rest of a millisecond by asking the time (where
  // abilities().virtual_time), or spins when it does. It may at first.
  virtual void allow_busy_wait(bool /*allowed*/) {}

  // For the transcript.
  virtual VirtualTime now() const = 0;
  Transcript& transcript() { return *transcript_; }

  // The peer is about to close this wire.
  void left(Wire& wire);

  // Things worth telling the user about how this world was run, such as `sync=timed`.
  virtual std::vector<std::string> remarks() const { return {}; }

 protected:
  explicit World(Transcript& transcript) : transcript_(&transcript) {}

  virtual std::unique_ptr<Wire> open_wire(const ConnectOptions& options) = 0;
  // The wire is about to be closed.
  virtual void forget(Wire& wire) = 0;

 private:
  Transcript* transcript_;
  std::uint32_t peers_made_ = 0;
  std::uint32_t peers_there_ = 0;
  bool broken_off_ = false;
  std::string slept_in_;
  std::string_view greeting_end_;
  std::string_view login_;
  std::string_view login_end_;
};

}  // namespace e3
