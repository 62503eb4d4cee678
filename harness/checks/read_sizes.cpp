// SPDX-License-Identifier: MIT
// Reading more, or less, than one request at a time: what one read returns is the network's choice.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "harness/checks/catalogue.h"
#include "harness/checks/flood.h"
#include "harness/checks/padding.h"
#include "harness/checks/session.h"

namespace e3 {
namespace {

// Requests on one connection, cut into segments: before the next one, all that is asked for is
// answered.
struct Segment {
  std::string bytes;
  std::size_t owed = 0;  // bytes of answers, once it has come
};

struct Row {
  Answer answer;
  bool first_in_time = false;  // the first segment, of a request at least, was answered at once
};

Row ask(Session& session, const std::vector<Segment>& segments) {
  const std::size_t one = session.answer().bytes.size();
  Peer peer = session.world().connect();
  Row row;
  for (const Segment& segment : segments) {
    peer.send(segment.bytes);
    if (!session.profile().peer_ends) peer.receive_up_to(segment.owed);
    if (&segment == &segments.front()) {
      row.first_in_time = session.profile().peer_ends || peer.received().size() >= one;
    }
  }
  session.finish_request(peer);
  if (session.answer().ending == Ending::kOpen) {
    peer.receive_up_to(segments.back().owed);
  } else {
    peer.receive_to_end();
  }
  row.answer = {.bytes = masked(session.profile(), peer.received()), .ending = peer.ending()};
  return row;
}

std::string in_a_row(const std::string& request, std::size_t count) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += request;
  return all;
}

void require_same(const Row& joined, const Row& apart) {
  if (const auto differs =
          compare_answers(joined.answer.bytes, joined.answer.ending, apart.answer)) {
    throw *differs;
  }
}

// Where the first answer ends the connection, what follows the request belongs to none.
bool refuses_what_follows(Session& session, const Answer& answer) {
  return session.profile().is_http && session.answer().ending != Ending::kOpen &&
         answer.ending != Ending::kOpen && http_status(answer.bytes) / 100 == 4;
}

// `together` bytes in the first segment, of at least two requests.
void compare_coalesced(Session& session, std::size_t together) {
  const std::string& request = session.request();
  const std::size_t count = std::max<std::size_t>(2, together / request.size());
  const std::size_t one = session.answer().bytes.size();
  std::vector<Segment> single;
  for (std::size_t i = 1; i <= count; ++i) single.push_back({request, i * one});
  const Row apart = ask(session, single);
  if (!apart.first_in_time) throw ControlFailed{"the second of two connections gets no answer"};
  std::vector<Segment> segments{
      {in_a_row(request, count).substr(0, together), together / request.size() * one}};
  if (together < count * request.size()) {
    segments.push_back({in_a_row(request, count).substr(together), count * one});
  }
  const Row joined = ask(session, segments);
  const auto differs = compare_beginning(joined.answer.bytes, apart.answer);
  if (differs && refuses_what_follows(session, joined.answer)) return session.warn(*differs);
  if (differs) throw *differs;  // before all else: another answer may be a shorter one, too
  Session::require(joined.first_in_time, Symptom::kNoAnswer,
                   "the first answer does not wait for the second request",
                   "nothing until the second request is complete");
  require_same(joined, apart);
}

// Whoever remembers how long a request was, or where it ended, looks beyond the end of a shorter.
void compare_shorter_second(Session& session, const std::string& longer) {
  const std::size_t first = session.answer_to(longer).bytes.size();
  const std::size_t both = first + session.answer().bytes.size();
  const Row apart = ask(session, {{longer, first}, {session.request(), both}});
  require_same(ask(session, {{longer + session.request(), both}}), apart);
}

void run_coalesced(Session& session) {
  if (!session.profile().masks.empty()) {
    throw NotShown{"the profile masks parts of answers: two together cannot be told apart"};
  }
  const std::size_t size = session.request().size();
  std::vector<std::size_t> together{size + 1, size + size / 2, 2 * size};
  // More of them than a server that looks once again after each would answer.
  const bool goes_on = session.answer().ending == Ending::kOpen;
  if (goes_on) together.insert(together.end(), {3 * size, 16 * size});
  std::string longer;
  if (goes_on && session.profile().pad_at) {
    longer = longer_request(session, std::string(2 * size + 1, 'e'));
    together.push_back(longer.size() + size);
  }
  session.sweep({"first segment of size", "segments"}, together, [&](std::size_t bytes) {
    bytes == longer.size() + size ? compare_shorter_second(session, longer)
                                  : compare_coalesced(session, bytes);
  });
}

// Sizes next to those of common buffers.
constexpr std::size_t kBuffers[] = {512, 1024, 2048, 4096, 8192, 16384, 32768, 65536};
constexpr std::size_t kSmallSegment = 500;  // no divisor of the sizes above

Answer send_in_segments(Session& session, const std::string& request, std::size_t segment) {
  World& world = session.world();
  Peer peer = world.connect();
  for (std::size_t begin = 0; begin < request.size(); begin += segment) {
    world.hold();  // a segment of any size is there before the target looks
    peer.send(std::string_view(request).substr(begin, segment));
    world.release();
    world.settle();
  }
  session.finish_request(peer);
  session.receive_answer(peer);
  world.settle();
  peer.receive_now(1);  // a refusal that looks like an answer has the end behind it
  return {.bytes = masked(session.profile(), peer.received()), .ending = peer.ending()};
}

bool is_refusal(Session& session, const Answer& answer) {
  const int status = http_status(answer.bytes);
  const bool ends_early =
      answer.ending != Ending::kOpen && session.answer().ending == Ending::kOpen;
  return answer.bytes.empty() || ends_early || (session.profile().is_http && status / 100 != 2);
}

// Each size whole, and in small segments for comparison.
void compare_whole(Session& session, const std::vector<std::size_t>& sizes) {
  require_right_padding(session);
  std::size_t refused = 0;
  session.sweep({"request of size", "requests"}, sizes, [&](std::size_t size) {
    const std::string request =
        session.padded_request(std::string(size - session.request().size(), 'e'));
    const Answer control = send_in_segments(session, request, kSmallSegment);
    if (is_refusal(session, control)) {  // its limit; what is left of the request may be cut off
      ++refused;
      return;
    }
    const Answer whole = send_in_segments(session, request, size);
    if (const auto differs = compare_answers(whole.bytes, whole.ending, control)) throw *differs;
    const Answer late = send_in_segments(session, request, size - 1);
    if (is_refusal(session, late)) return;  // a limit may be of what is unfinished
    if (const auto differs = compare_answers(late.bytes, late.ending, control)) throw *differs;
  });
  if (refused == sizes.size()) throw NotApplicable{"longer requests are refused"};
}

void run_buffer_edge(Session& session) {
  std::vector<std::size_t> sizes;
  for (const std::size_t buffer : kBuffers) {
    for (const std::size_t size : {buffer - 1, buffer, buffer + 1}) {
      if (size > session.request().size()) sizes.push_back(size);
    }
  }
  if (sizes.empty()) throw NotApplicable{"the request is longer than common buffers"};
  compare_whole(session, sizes);
}

// Between the sizes of common buffers.
void run_edge_drain(Session& session) {
  std::vector<std::size_t> sizes{3000, 5000, 7000, 20000, 40000, 100000};
  std::erase_if(sizes, [&](std::size_t size) { return size < session.request().size(); });
  if (sizes.empty()) sizes.push_back(session.request().size());
  compare_whole(session, sizes);
}

constexpr std::size_t kChunk = 65536;

bool keeps_half(std::size_t taken, const World::Usage& before, const World::Usage& now) {
  if (now.resident == 0) return true;  // nobody can tell
  return grew(before, now, taken / 2);
}

void run_endless(Session& session) {
  require_right_padding(session);
  session.sweep({"bytes:", "floods"}, {flood_size(session)}, [&](std::size_t total) {
    const std::string chunk(kChunk, 'e');
    World& world = session.world();
    const World::Usage before = world.usage();
    Peer peer = world.connect();
    std::size_t sent = peer.send(session.request().substr(0, session.profile().pad_at.value_or(1)));
    while (sent < total) {
      const std::size_t taken = peer.send(chunk);
      sent += taken;
      if (taken < chunk.size()) return;  // it stops reading, or has ended the connection
      // Whoever has refused may well drop the rest unread. An answer that comes along with what is
      // sent would be refused reading, too.
      if (!session.profile().peer_ends && peer.receive_now(1) > 0) return;
      if (peer.ending() != Ending::kOpen) return;
    }
    // It may read the rest of a line that is too long, and refuse it at its end.
    if (!keeps_half(total, before, world.usage())) return;
    throw Violation{Symptom::kUnbounded, "a limit to what is taken without an answer",
                    fmt::format("all {} bytes were taken", total)};
  });
}

constexpr Blame kCoalescedBlames[] = {{Symptom::kNoAnswer, "coalesced-requests"},
                                      {Symptom::kWrongAnswer, "coalesced-requests"},
                                      {Symptom::kNotEnded, "coalesced-requests"}};
constexpr Blame kEdgeBlames[] = {{Symptom::kNoAnswer, "exact-fit-buffer"},
                                 {Symptom::kWrongAnswer, "exact-fit-buffer"},
                                 {Symptom::kNotEnded, "exact-fit-buffer"},
                                 {Symptom::kDied, "exact-fit-buffer"}};
constexpr Blame kDrainBlames[] = {{Symptom::kNoAnswer, "et-read-not-drained"},
                                  {Symptom::kNotEnded, "et-read-not-drained"}};
constexpr Blame kEndlessBlames[] = {{Symptom::kUnbounded, "unbounded-input"}};

constexpr Check kChecks[] = {
    {.id = "read.coalesced",
     .when = "a request comes in one segment with all or part of the next",
     .must = "give the same answers as to requests that come apart",
     .because =
         "TCP keeps order, not boundaries (RFC 9293, section 3.8): what follows a request in "
         "the same read is the next one's, and no event will announce it again: epoll(7)",
     .needs = {},
     .blames = kCoalescedBlames,
     .run = run_coalesced},
    {.id = "read.buffer-edge",
     .when = "a request just fills a buffer of a common size, or misses that by a byte",
     .must = "answer as if it had come in small pieces",
     .because = "a full buffer does not mean that there is more, and recv() into no room returns 0 "
                "without the stream having ended: recv(2)",
     .needs = {},
     .blames = kEdgeBlames,
     .run = run_buffer_edge},
    {.id = "read.edge-drain",
     .when = "a request larger than common read buffers arrives at once, and nothing follows",
     .must = "read all of it, and answer as if it had come in small pieces",
     .because = "an edge-triggered descriptor is reported again only when more arrives; read until "
                "EAGAIN: epoll(7), \"Level-triggered and edge-triggered\"",
     .needs = {},
     .blames = kDrainBlames,
     .run = run_edge_drain},
    {.id = "read.endless",
     .when = "a peer sends without end and never completes a request, or never reads",
     .must =
         "refuse, or stop reading, before it has taken 16 MiB (64 where buffers are the kernel's); "
         "who keeps none of it may read on",
     .because = "memory is finite: a message may be refused as too large (RFC 9110, section "
                "15.5.14), and what is not read stays with the sender (RFC 9293, section 3.8.6)",
     .needs = {},
     .blames = kEndlessBlames,
     .run = run_endless},
};

}  // namespace

std::span<const Check> read_size_checks() { return kChecks; }

}  // namespace e3
