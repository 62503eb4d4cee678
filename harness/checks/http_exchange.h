// SPDX-License-Identifier: MIT
// One HTTP conversation on a connection: bytes out, answers in, and how the connection stands then.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "harness/checks/http_message.h"
#include "harness/checks/http_traits.h"
#include "harness/checks/session.h"

namespace e3 {

struct Conversation {
  std::vector<HttpAnswer> answers;  // final ones, in order
  std::vector<int> interim;         // statuses below 200, except 101
  std::string rest;                 // what follows the last answer and is no whole answer
  std::string problem;              // set when the rest can be no answer
  Ending ending = Ending::kOpen;

  const HttpAnswer* last() const { return answers.empty() ? nullptr : &answers.back(); }
};

struct ReadPlan {
  std::size_t answers = 1;  // stop reading after so many final answers ...
  bool to_the_end = false;  // ... or read on until the connection ends, or nothing more comes
  bool first_is_to_head = false;
};

// Reads and parses what `peer` gets from now on, together with what it got before. An answer that
// announces the close is waited out.
Conversation read_answers(Peer& peer, const ReadPlan& plan);

// The same of what `peer` has got already; does not wait.
Conversation answers_so_far(const Peer& peer);

// A plain request, for expanded().
inline constexpr std::string_view kPlainGet = "{get}";
// Whether this is the usual answer to it.
bool is_usual(const HttpAnswer& answer, const HttpTraits& traits);

// The bytes of a pattern. "{target}" and "{host}" stand for what the profile asks for; "{get}" for
// a whole plain request, "{head}" for the same without the empty line, "{post}" for the like with
// POST, "{chunked}" for that with the coding and the empty line; "{1000*ab}" for "ab" 1000 times.
std::string expanded(std::string_view pattern, const HttpTraits& traits);

// Where a server has to take up reading again after an answer that waited for room.
inline constexpr Blame kResumeBlames[] = {{Symptom::kNoAnswer, "in-not-restored", false, true},
                                          {Symptom::kNoAnswer, "http-pipeline-lost"},
                                          {Symptom::kNotEnded, "in-not-restored"},
                                          {Symptom::kWrongAnswer, "partial-write-truncated"},
                                          {Symptom::kSpins, "out-left-armed-spin"}};

// "2 answers, the last 400, then end of file", for reports.
std::string describe(const Conversation& seen);

}  // namespace e3
