// SPDX-License-Identifier: MIT
// The judge acquits the correct server of what merely disturbs it, and convicts each bug of the
// tiny server by a scenario of a few lines.
#include "harness/explore/http_protocol.h"
#include "harness/explore/world_judge.h"

#include <gtest/gtest.h>

#include "harness/mutants/tiny_server.h"
#include "harness/scenario/text_form.h"
#include "harness/world/engines/in_process_source.h"

namespace e3::explore {
namespace {

using mutants::Bug;

constexpr std::string_view kRequest = "GET /e3 HTTP/1.0\r\nHost: localhost\r\n\r\n";

class JudgeTest : public ::testing::TestWithParam<InProcessEngine> {
 protected:
  // "none", or the symptom.
  std::string verdict(Bug bug, std::string_view scenario, bool may_close = false) {
    InProcessTarget target;
    target.name = "tiny";
    target.serve = [bug] { mutants::serve_tiny(bug, 8080); };
    InProcessSource source(target, GetParam(), 42, transcript_);
    Protocol protocol = http_protocol(std::string(kRequest));
    protocol.may_close = may_close;
    WorldJudge judge(source, protocol);
    const auto found = judge.judge(scenario::parse(scenario, "scenario"));
    return std::string(to_string(found ? found->symptom : Symptom::kNone));
  }

  Transcript transcript_;
};

constexpr std::string_view kHarmless[] = {
    "",
    "peer1 > \"GET /e3 HTTP/1.0\\r\\n\\r\"\nsettle\npeer1 > \"\\n\"\npeer1 expect answer\n",
    "peer1 > \"GET /e3 HT\"\npeer1 expect answer\nadvance 5s\npeer1 half-close\n",
    "peer1 > \"GET /a HTTP/1.0\\r\\n\\r\\n\"\npeer1 half-close\npeer1 < 5\npeer1 close\n",
    "peer1 > \"GET /a HTTP/1.0\\r\\n\\r\\nmore\"\nsettle\npeer1 > \"and more\"\n",
    "peer1 > \"GET\"\npeer1 reset\npeer1 connect\npeer1 > \"GET /b HTTP/1.0\\r\\n\\r\\n\"\n",
    // Found by fuzz_schedule's search: what came with the end of a long head was counted as head.
    ("peer1 > \"GET /\" \"e\"*12000\nsettle\npeer1 > \" HTTP/1.0\\r\\n\\r\\n\" \"e\"*5000\n"
     "peer1 expect answer\n"),
    ("peer1 connect tiny\npeer1 > \"GET /\" \"e\"*9000 \" HTTP/1.0\\r\\n\\r\\n\"\nsettle\n"
     "peer2 > \"GET /b HTTP/1.0\\r\\n\\r\\n\"\npeer2 expect answer\npeer1 < 16\n"),
};

TEST_P(JudgeTest, AcquitsTheCorrectServer) {
  for (const std::string_view scenario : kHarmless) {
    EXPECT_EQ(verdict(Bug::kNone, scenario), "none") << scenario;
  }
}

// The fault still lies in wait when the answer is compared: it must not strike what is compared
// with.
TEST_P(JudgeTest, AFaultThatHasNotStruckIsNoBug) {
  if (GetParam() != InProcessEngine::kSim) GTEST_SKIP() << "connections fail at will on sim only";
  for (const int call : {2, 3, 4, 5}) {
    const std::string fault = "fault recv conn #" + std::to_string(call) + " ECONNRESET\n";
    EXPECT_EQ(verdict(Bug::kNone, fault + "peer1 > \"GET /b HTTP/1.0\\r\\n\\r\\n\"\n"
                                          "peer1 expect answer\n"),
              "none")
        << call;
  }
}

TEST_P(JudgeTest, WhatAHalfClosedPeerIsOwedDependsOnTheProtocol) {
  constexpr std::string_view kHalfClosed =
      "peer1 > \"GET / HTTP/1.0\\r\\n\\r\\n\"\npeer1 half-close\n";
  EXPECT_EQ(verdict(Bug::kDropsAnswerAtHalfClose, kHalfClosed, /*may_close=*/true), "none");
  EXPECT_EQ(verdict(Bug::kDropsAnswerAtHalfClose, kHalfClosed, /*may_close=*/false), "no-answer");
  constexpr std::string_view kInRequest = "peer1 > \"GET\"\npeer1 half-close\n";
  EXPECT_EQ(verdict(Bug::kReadsEofForEver, kInRequest, /*may_close=*/true), "spins");
}

// Found by fuzz_schedule's search: each made the correct server wait and read in vain.
TEST_P(JudgeTest, ManyFaultsInARowAreNoSpin) {
  for (const char* fault : {"fault recv conn EAGAIN\n", "fault epoll_wait EINTR\n"}) {
    std::string scenario;
    for (int i = 0; i < 1500; ++i) scenario += fault;
    scenario += "peer1 > \"GET /b HTTP/1.0\\r\\n\\r\\n\"\npeer1 expect answer\n";
    EXPECT_EQ(verdict(Bug::kNone, scenario), "none") << fault;
    EXPECT_EQ(verdict(Bug::kEdgeNone, scenario), "none") << fault;
  }
}

struct Conviction {
  Bug bug;
  std::string_view symptom;
  std::string_view scenario;
};

TEST_P(JudgeTest, ConvictsEachBug) {
  const Conviction convictions[] = {
      {Bug::kAcceptsOncePerEdge, "no-answer",
       "peer1 connect\npeer2 > \"GET / HTTP/1.0\\r\\n\\r\\n\"\n"},
      {Bug::kForgetsBetweenReads, "no-answer",
       "peer1 > \"GET / HTTP/1.0\\r\\n\\r\"\nsettle\npeer1 > \"\\n\"\n"},
      {Bug::kAnswersFirstRead, "wrong-answer",
       "peer1 > \"GET\"\nsettle\npeer1 > \" / HTTP/1.0\\r\\n\\r\\n\"\n"},
      {Bug::kNeverWaitsToWrite, "no-answer",
       "peer1 connect tiny\npeer1 > \"GET /\" \"e\"*9000 \" HTTP/1.0\\r\\n\\r\\n\"\n"},
      {Bug::kRetriesFullBuffer, "spins",
       "peer1 connect tiny\npeer1 > \"GET /\" \"e\"*9000 \" HTTP/1.0\\r\\n\\r\\n\"\nsettle\n"},
      {Bug::kReadsEofForEver, "spins", "peer1 > \"GET\"\npeer1 half-close\n"},
      {Bug::kDropsAnswerAtHalfClose, "no-answer",
       "peer1 > \"GET / HTTP/1.0\\r\\n\\r\\n\"\npeer1 half-close\n"},
      {Bug::kDiesWithoutTarget, "died", "peer1 > \"GET\\r\\n\\r\\n\"\n"},
      {Bug::kDiesOnBinary, "died", "peer1 > \"GET /\\xff HTTP/1.0\\r\\n\\r\\n\"\n"},
  };
  for (const Conviction& each : convictions) {
    EXPECT_EQ(verdict(each.bug, each.scenario), each.symptom) << each.scenario;
    EXPECT_EQ(verdict(Bug::kNone, each.scenario), "none") << each.scenario;
  }
}

// To have waited excuses an end, and an error, but not what belongs to another peer.
TEST_P(JudgeTest, AnAnswerAfterAWhileIsStillTheRightOne) {
  constexpr std::string_view kMixedUp =
      "peer1 > \"GET /a HTTP/1.0\\r\\nX: \"\nsettle\n"
      "peer2 > \"GET /b HTTP/1.0\\r\\n\\r\\n\"\nsettle\n"
      "peer1 > \"\\r\\n\\r\\n\"\nadvance 1s\n";
  EXPECT_EQ(verdict(Bug::kSharesInput, kMixedUp), "wrong-answer");
  EXPECT_EQ(verdict(Bug::kNone, kMixedUp), "none");
}

TEST_P(JudgeTest, ConcludesNothingFromASilentServer) {
  EXPECT_THROW(verdict(Bug::kNeverAnswers, ""), ControlFailed);
  EXPECT_THROW(verdict(Bug::kClosesAtAccept, ""), ControlFailed);
}

TEST(ComparableHttp, LeavesOutWhatMayDiffer) {
  EXPECT_EQ(
      comparable_http("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nDate: Mon, 1\r\n\r\na"),
      "HTTP/1.1 200 OK\r\nDate:*******\r\n\r\na");
  EXPECT_EQ(comparable_http("HTTP/1.1 100 Con"), "");
  EXPECT_EQ(comparable_http("HTTP/1.1 200 OK\r\n\r\nH"), "HTTP/1.1 200 OK\r\n\r\nH");
}

// A server that echoes may send a chunk for each read.
TEST(HttpProtocol, WhereChunksEndDoesNotMatter) {
  const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string whole = head + "6\r\nabcdef\r\n0\r\n\r\n";
  const std::string in_three = head + "1\r\na\r\n4;x=y\r\nbcde\r\n01\r\nf\r\n0\r\n\r\n";
  EXPECT_EQ(comparable_http(whole), head + "abcdef0\r\n\r\n");
  EXPECT_EQ(comparable_http(in_three), comparable_http(whole));
  EXPECT_EQ(comparable_http(in_three + whole), comparable_http(whole + in_three));
  EXPECT_NE(comparable_http(head + "6\r\nabcdeF\r\n0\r\n\r\n"), comparable_http(whole));
  EXPECT_NE(comparable_http(head + "6\r\nabcdef\r\n"), comparable_http(whole));
  const std::string sized = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n5\r\n";
  EXPECT_EQ(comparable_http(sized + in_three), sized + comparable_http(whole));
  const std::string both = in_three + sized + in_three + "HTTP/1.1 400 Bad\r\n\r\n";
  for (std::size_t cut = 0; cut <= both.size(); ++cut) {
    EXPECT_TRUE(comparable_http(both).starts_with(comparable_http(both.substr(0, cut)))) << cut;
  }
}

TEST(HttpProtocol, KnowsARefusalInPlaceOfTheAnswer) {
  constexpr std::string_view kRight = "HTTP/1.1 200 OK\r\n\r\nabcHTTP/1.1 200 OK\r\n\r\ndef";
  EXPECT_TRUE(refuses_http("HTTP/1.1 408 Request Timeout\r\n\r\n", kRight));
  EXPECT_TRUE(refuses_http("HTTP/1.1 200 OK\r\n\r\nabcHTTP/1.1 503 Busy\r\n\r\n", kRight));
  EXPECT_TRUE(refuses_http("HTTP/1.1 500 Error\r\n\r\n", ""));
  EXPECT_TRUE(refuses_http("H", ""));  // the beginning of one, as fuzz_schedule found
  EXPECT_FALSE(refuses_http("HTTP/1.1 200 OK\r\n\r\nxyz", kRight));
  EXPECT_FALSE(refuses_http("HTTP/1.1 200 OK\r\n\r\nxyzHTTP/1.1 408 Late\r\n\r\n", kRight));
}

TEST(HttpProtocol, KnowsWhoSendsOnThoughItPromisedNotTo) {
  EXPECT_TRUE(sends_after_close_http("GET / HTTP/1.1\nHost: a\nconnection:x, Close\n\nG"));
  EXPECT_TRUE(sends_after_close_http("\r\nGET / HTTP/1.1\r\nConnection: close\r\n\r\n\r\n"));
  EXPECT_FALSE(sends_after_close_http("GET / HTTP/1.1\r\nConnection: close\r\n\r\n"));
  EXPECT_FALSE(sends_after_close_http("GET /close HTTP/1.1\r\nHost: close\r\n\r\nGET"));
  EXPECT_FALSE(sends_after_close_http("GET / HTTP/1.1\r\nConnection: clo"));
  EXPECT_TRUE(sends_after_close_http("GET / HTTP/1.0\r\n\r\nG"));
  EXPECT_FALSE(sends_after_close_http("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\nG"));
}

// As fuzz_schedule found: a minute for each input. Looked through anew for each head, these bytes
// would outlast the test's time-out.
TEST(HttpProtocol, LooksOnceThroughThousandsOfHeads) {
  std::string heads;
  for (int i = 0; i < 1'000'000; ++i) heads += "a\n\n";
  EXPECT_FALSE(sends_after_close_http(heads));
}

INSTANTIATE_TEST_SUITE_P(Engines, JudgeTest,
                         ::testing::Values(InProcessEngine::kSim, InProcessEngine::kSocketpair),
                         [](const auto& parameter) {
                           return parameter.param == InProcessEngine::kSim ? "sim" : "socketpair";
                         });

}  // namespace
}  // namespace e3::explore
