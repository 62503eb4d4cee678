// SPDX-License-Identifier: MIT
#include "harness/world/transcript.h"

#include <gtest/gtest.h>
#include <sys/epoll.h>

#include <cerrno>
#include <cstring>

namespace e3 {
namespace {

using namespace std::chrono_literals;

void add(Transcript& transcript, VirtualTime when, TranscriptRecord record) {
  record.when = when.count();
  transcript.add(when) = record;
}

TranscriptRecord call(CallKind kind) {
  TranscriptRecord record;
  record.deed = static_cast<std::uint8_t>(kind);
  return record;
}

TranscriptRecord moved(CallKind kind, const char* name, std::string_view bytes) {
  TranscriptRecord record = call(kind);
  std::memcpy(record.name, name, std::strlen(name));
  record.on = {Role::kConnection, false, 2};
  record.argument = 4096;
  record.result = static_cast<std::int64_t>(bytes.size());
  record.keep(bytes.data(), bytes.size());
  return record;
}

TranscriptRecord numbered(std::int64_t number) {
  TranscriptRecord record = call(CallKind::kShutdown);
  record.argument = number;
  return record;
}

TEST(Transcript, PrintsTimeActorAndDeed) {
  Transcript transcript;
  TranscriptRecord connects;
  connects.actor = Actor::kPeer;
  connects.on = {Role::kAny, false, 1};
  add(transcript, 1500ms, connects);
  EXPECT_EQ(transcript.lines(), std::vector<std::string>{"  1.500000  peer1   connects"});
}

TEST(Transcript, CallsReadLikeStrace) {
  EXPECT_EQ(describe_call(moved(CallKind::kReceive, "recvfrom", "GET /\r\n")),
            R"(recvfrom(conn2, 4096) = 7 "GET /\r\n")");
  EXPECT_EQ(describe_call(moved(CallKind::kTransmit, "writev", std::string(40, 'a'))),
            "writev(conn2, 4096) = 40 \"" + std::string(32, 'a') + "\"... 8 more");
  TranscriptRecord accept = call(CallKind::kAccept);
  accept.on = {Role::kListener, false, 1};
  accept.other = {Role::kConnection, false, 3};
  EXPECT_EQ(describe_call(accept), "accept4(listener1) = conn3");
  accept.result = -ECONNABORTED;
  accept.struck = true;
  EXPECT_EQ(describe_call(accept), "accept4(listener1) = -1 ECONNABORTED (fault)");
  TranscriptRecord add = call(CallKind::kEpollAdd);
  add.on = {Role::kEpoll, false, 1};
  add.other = {Role::kEvent, true, 1};
  add.mask = EPOLLIN | EPOLLET;
  EXPECT_EQ(describe_call(add), "epoll_ctl(epoll1, ADD, dup1, IN|ET) = 0");
  TranscriptRecord wait = call(CallKind::kEpollWait);
  wait.on = add.on;
  wait.result = 9;
  const std::uint32_t masks[] = {EPOLLIN, EPOLLIN | EPOLLOUT};
  wait.keep(masks, sizeof masks);
  EXPECT_EQ(describe_call(wait), "epoll_wait(epoll1) = 9 IN IN|OUT and 1 more");
}

TEST(Transcript, TheHashDependsOnEveryRecordAndTheirOrder) {
  const auto hash_of = [](std::initializer_list<std::int64_t> numbers) {
    Transcript transcript;
    for (const std::int64_t number : numbers) add(transcript, 0s, numbered(number));
    return transcript.hash();
  };
  EXPECT_NE(hash_of({1, 2}), hash_of({2, 1}));
  EXPECT_NE(hash_of({1, 2}), hash_of({1, 3}));
  EXPECT_NE(hash_of({1}), hash_of({1, 1}));
  EXPECT_EQ(hash_of({1, 2}), hash_of({1, 2}));
}

TEST(Transcript, TheHashDependsOnEachFieldAndThePayload) {
  const auto hash_of = [](const TranscriptRecord& record) {
    Transcript transcript;
    add(transcript, 1s, record);
    return transcript.hash();
  };
  const TranscriptRecord plain = moved(CallKind::kReceive, "recv", "abc");
  std::vector<TranscriptRecord> variants(9, plain);
  variants[1].result = 4;
  variants[2].argument = 1;
  variants[3].name[0] = 'R';
  variants[4].on = {Role::kConnection, false, 9};
  variants[5].other = {Role::kEpoll, false, 1};
  variants[6].mask = 1;
  variants[7].struck = true;
  variants[8].payload[31] = std::byte{1};
  for (std::size_t i = 1; i < variants.size(); ++i) {
    EXPECT_NE(hash_of(variants[i]), hash_of(plain)) << i;
  }
}

TEST(Transcript, NotesAreHashedToTheirEnd) {
  const auto hash_of = [](std::string_view text) {
    Transcript transcript;
    transcript.note(0s, Actor::kWorld, text);
    return transcript.hash();
  };
  EXPECT_NE(hash_of("a note that is longer than sixteen bytes"),
            hash_of("a note that is longer than sixteen byteZ"));
}

TEST(Transcript, ANewScenarioForgetsRecordsButNotTheHash) {
  Transcript transcript;
  transcript.note(0s, Actor::kTarget, "dies");
  EXPECT_EQ(transcript.lines(), std::vector<std::string>{"  0.000000  target  dies"});
  const std::uint64_t before = transcript.hash();
  transcript.begin_scenario();
  EXPECT_TRUE(transcript.lines().empty());
  EXPECT_EQ(transcript.hash(), before);
}

TEST(Transcript, KeepsTheLastRecordsInOrderAndSaysHowManyItHasNotKept) {
  Transcript transcript;
  constexpr auto kKept = static_cast<std::int64_t>(Transcript::kRecordsKept);
  for (std::int64_t i = 0; i < kKept; ++i) add(transcript, 0s, numbered(i));
  EXPECT_EQ(transcript.lines().size(), Transcript::kRecordsKept);
  for (std::int64_t i = kKept; i < kKept + 3; ++i) add(transcript, 0s, numbered(i));
  const auto lines = transcript.lines();
  ASSERT_EQ(lines.size(), Transcript::kRecordsKept + 1);
  EXPECT_EQ(lines.front(), "  0.000000  world   3 lines before are not kept");
  EXPECT_TRUE(lines[1].ends_with(", 3) = 0")) << lines[1];
  EXPECT_TRUE(lines.back().ends_with(", " + std::to_string(kKept + 2) + ") = 0"));
}

TEST(Quoted, EscapesWhatATerminalWouldActOn) {
  EXPECT_EQ(quoted(std::string_view("a\r\n\t\"\\\0\x1b\xff", 9)), R"("a\r\n\t\"\\\x00\x1b\xff")");
}

TEST(Quoted, SaysHowMuchIsLeftOut) { EXPECT_EQ(quoted("abcdef", 2), "\"ab\"... 4 more"); }

}  // namespace
}  // namespace e3
