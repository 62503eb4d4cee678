// SPDX-License-Identifier: MIT
// No false alarm: every result that Linux may give, at every call of a scenario, leaves a correct
// edge-triggered server working; and an incorrect one is found out by it.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <set>
#include <string>

#include "edge_server.h"
#include "harness/world/engines/in_process_source.h"

namespace e3 {
namespace {

using namespace std::chrono_literals;
using testing_servers::Drains;
using testing_servers::kAnswerBytes;
using testing_servers::Slip;

InProcessTarget edge_server(Drains drains, Slip slip = Slip::kNone) {
  return {.name = "edge server",
          .serve = [=] { testing_servers::serve_edges(drains, slip); },
          .stop = {}};
}

bool answered(const Peer& peer) {
  return peer.received() == std::string(kAnswerBytes - 1, 'a') + "\n";
}

// An engine with a target; what goes wrong is said in words.
class Trial {
 public:
  Trial(const InProcessTarget& target, InProcessEngine engine)
      : source_(target, engine, 42, transcript_) {}

  World& world() { return source_.world(); }

  // Fragments, a second connection, slow reading, half-close.
  std::string scenario(bool all_must_answer) {
    Peer keeper = world().connect();  // so that there is something to close
    world().settle();
    Peer first = world().connect();
    first.send("he");
    world().settle();
    first.send("llo");
    Peer second = world().connect();
    world().settle();
    second.send("\n");
    first.send("\n");
    world().settle();
    for (Peer* peer : {&first, &second}) {
      while (peer->received().size() < kAnswerBytes && peer->receive(700) > 0) continue;
    }
    keeper.close();
    world().settle();
    world().advance(1s);  // for servers that accept again after a while
    for (Peer* peer : {&first, &second}) {
      peer->receive_up_to(kAnswerBytes);
      const bool over = peer->ending() != Ending::kOpen;
      if (!answered(*peer) && (all_must_answer || !over)) return "a connection was forgotten";
    }
    first.shutdown_write();
    world().settle();
    return {};
  }

  // What must hold afterwards.
  std::string aftermath() {
    world().clear_faults();
    world().advance(1s);
    Peer canary = world().connect();
    canary.send("canary\n");
    canary.receive_up_to(kAnswerBytes);
    if (!answered(canary)) return "another connection is not served";
    canary.close();
    const Health health = world().health();
    if (health.death) return "it died: " + *health.death;
    if (health.spin) return "it spins: " + *health.spin;
    if (health.descriptors != 2) return "it leaks";
    return {};
  }

 private:
  Transcript transcript_;
  InProcessSource source_;
};

// Where the history leaves every connection alive, none may be lost.
bool spares_connections(const LegalResult& row) {
  switch (row.history) {
    case History::kBytesLate:
    case History::kNoSpace:
    case History::kSignal:
    case History::kNoDescriptors:
      return true;
    case History::kNothing:
      return row.call == CallKind::kAccept;
    default:
      return false;
  }
}

struct Sweep {
  int runs = 0;
  int strikes = 0;
  std::string first_alarm;
  std::set<std::string> alarms;  // "accept listener EMFILE"
};

void try_fault(const InProcessTarget& target, InProcessEngine engine, const Fault& fault,
               bool spares, Sweep& sweep) {
  Trial trial(target, engine);
  if (!trial.world().can_inject(fault)) return;
  trial.world().inject(fault);
  std::string alarm;
  try {
    alarm = trial.scenario(spares);
    if (alarm.empty()) alarm = trial.aftermath();
  } catch (const TargetUnavailable& gone) {
    alarm = gone.what();
  }
  ++sweep.runs;
  sweep.strikes += trial.world().faults_struck() != 0;
  if (alarm.empty()) return;
  if (sweep.first_alarm.empty()) sweep.first_alarm = to_string(fault) + ": " + alarm;
  Fault kind = fault;
  kind.nth = 1;
  sweep.alarms.insert(to_string(kind));
}

Sweep sweep_linux_tier(const InProcessTarget& target, InProcessEngine engine) {
  std::vector<CallSite> sites;
  {
    Trial undisturbed(target, engine);
    undisturbed.world().record_calls();
    EXPECT_EQ(undisturbed.scenario(true), "");
    sites = undisturbed.world().recorded_calls();
    EXPECT_EQ(undisturbed.aftermath(), "");
  }
  Sweep sweep;
  for (const CallSite& site : sites) {
    for (const LegalResult& row : legal_results(site.call, site.role, Tier::kLinux)) {
      Fault fault;
      fault.call = site.call;
      fault.role = site.role;
      fault.error = row.error;
      fault.nth = site.ordinal;
      try_fault(target, engine, fault, spares_connections(row), sweep);
    }
  }
  return sweep;
}

class FaultHistory : public ::testing::TestWithParam<InProcessEngine> {};

TEST_P(FaultHistory, AServerThatDrainsIsNeverAccused) {
  const Sweep sweep = sweep_linux_tier(edge_server(Drains::kToTheEnd), GetParam());
  EXPECT_EQ(sweep.first_alarm, "");
  EXPECT_GT(sweep.strikes, 20);
}

TEST_P(FaultHistory, AServerThatStopsAtShortCountsIsNeverAccused) {
  const Sweep sweep = sweep_linux_tier(edge_server(Drains::kToShortCount), GetParam());
  EXPECT_EQ(sweep.first_alarm, "");
  EXPECT_GT(sweep.strikes, 20);
}

TEST_P(FaultHistory, RealSlipsAreFound) {
  const auto alarms = [](Slip slip) {
    return sweep_linux_tier(edge_server(Drains::kToTheEnd, slip), GetParam()).alarms;
  };
  EXPECT_TRUE(alarms(Slip::kInterruptIsFatal).contains("epoll_wait epoll EINTR"));
  EXPECT_TRUE(alarms(Slip::kForgetsToRetry).contains("accept listener EMFILE"));
  if (GetParam() == InProcessEngine::kSim) {
    EXPECT_TRUE(alarms(Slip::kShortWriteIsAll).contains("send conn short=1"));
  }
}

INSTANTIATE_TEST_SUITE_P(Engines, FaultHistory,
                         ::testing::Values(InProcessEngine::kSim, InProcessEngine::kSocketpair),
                         [](const auto& run) {
                           return run.param == InProcessEngine::kSim ? "sim" : "socketpair";
                         });

// One connection after another waits while an accept error ends the loop.
TEST(FaultsOnSim, AnAbortedConnectionLeavesTheOthersInTheQueue) {
  for (const Slip slip : {Slip::kNone, Slip::kAcceptErrorEnds}) {
    Trial trial(edge_server(Drains::kToTheEnd, slip), InProcessEngine::kSim);
    World& world = trial.world();
    world.inject(*parse_fault("accept listener ECONNABORTED"));
    world.hold();
    Peer aborted = world.connect();
    Peer other = world.connect();
    world.release();
    other.send("x\n");
    other.receive_up_to(kAnswerBytes);
    aborted.receive_to_end();
    EXPECT_EQ(aborted.ending(), Ending::kReset);
    EXPECT_EQ(answered(other), slip == Slip::kNone);
    EXPECT_EQ(world.faults_struck(), 1U);
  }
}

TEST(FaultsOnSim, EveryReadAndWriteMayBeOneByteLong) {
  for (const Drains drains : {Drains::kToTheEnd, Drains::kToShortCount}) {
    Trial trial(edge_server(drains), InProcessEngine::kSim);
    trial.world().inject(*parse_fault("recv conn short=1 always"));
    trial.world().inject(*parse_fault("send conn short=100 always"));
    EXPECT_EQ(trial.scenario(true), "");
    EXPECT_EQ(trial.aftermath(), "");
    EXPECT_GT(trial.world().faults_struck(), 50U);
  }
}

// A server of blocking style that writes down what its calls answer.
std::string answers_after(const char* fault, const std::function<void(int connection)>& act,
                          Ending* ending) {
  Transcript transcript;
  InProcessTarget target;
  target.name = "one connection";
  target.serve = [&act] {
    const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
    ::listen(listener, 4);
    const int connection = ::accept(listener, nullptr, nullptr);
    act(connection);
    ::close(connection);
    ::accept(listener, nullptr, nullptr);
  };
  InProcessSource source(target, InProcessEngine::kSim, 1, transcript);
  source.world().inject(*parse_fault(fault));
  Peer peer = source.world().connect();
  peer.send("ab");
  source.world().settle();
  peer.receive_to_end();
  *ending = peer.ending();
  std::string text;
  for (const std::string& line : transcript.lines()) text += line + "\n";
  return text;
}

TEST(FaultsOnSim, AFailedConnectionIsDeadAtBothEnds) {
  Ending ending = Ending::kOpen;
  std::vector<int> errors;
  const std::string text = answers_after(
      "send conn ETIMEDOUT",
      [&errors](int connection) {
        const auto note = [&errors](long result) { errors.push_back(result < 0 ? errno : 0); };
        char bytes[2];
        sockaddr_in address{};
        socklen_t size = sizeof address;
        note(::send(connection, "x", 1, MSG_NOSIGNAL));
        note(::recv(connection, bytes, 2, 0));  // what had arrived stays
        note(::send(connection, "x", 1, MSG_NOSIGNAL));
        note(::getpeername(connection, reinterpret_cast<sockaddr*>(&address), &size));
      },
      &ending);
  EXPECT_EQ(errors, (std::vector<int>{ETIMEDOUT, 0, EPIPE, ENOTCONN}));
  EXPECT_EQ(ending, Ending::kReset);
  EXPECT_NE(text.find("-1 ETIMEDOUT (fault)"), std::string::npos) << text;
}

TEST(FaultsOnSim, ABlockingSocketIsNeverToldToTryAgain) {
  Ending ending = Ending::kOpen;
  long sent = 0;
  answers_after(
      "send conn EAGAIN", [&sent](int connection) { sent = ::send(connection, "xy", 2, 0); },
      &ending);
  EXPECT_EQ(sent, 2);
}

TEST(FaultsOnSim, WhatNoKernelDoesIsRefused) {
  Trial trial(edge_server(Drains::kToTheEnd), InProcessEngine::kSim);
  EXPECT_THROW(trial.world().inject(*parse_fault("recv conn EMFILE")), std::invalid_argument);
}

TEST(FaultsOnSocketpair, WhatTheRealKernelCannotShowIsRefused) {
  Trial trial(edge_server(Drains::kToTheEnd), InProcessEngine::kSocketpair);
  EXPECT_TRUE(trial.world().can_inject(*parse_fault("epoll_wait EINTR")));
  EXPECT_FALSE(trial.world().can_inject(*parse_fault("recv conn short=1")));
}

}  // namespace
}  // namespace e3
