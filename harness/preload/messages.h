// SPDX-License-Identifier: MIT
// What e3 and the harness inside a preloaded program tell each other. e3 gives one order; the
// program answers with any number of replies and ends. When it is ordered to answer questions, it
// does so until e3 asks no more. Every byte of every text arrives as it was
// sent; a name that the receiver does not know is an error, never something else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "harness/checks/runner.h"
#include "harness/faults/call_site.h"
#include "harness/invariants/answer.h"

namespace e3::preload {

// The variable in the program's environment that names the descriptor of the channel.
inline constexpr const char* kChannelVariable = "E3_PRELOAD_CHANNEL";

struct Order {
  std::string version;  // of e3; the library inside must be of the same
  std::string id;       // of the case to run; empty: to answer questions
  std::string profile;
  std::uint64_t seed = 0;
  bool strict = false;
  std::uint16_t port = 0;               // that the program was told to listen on
  std::uint32_t computing_seconds = 0;  // for which it may compute without a call
};

// About the untouched program: each is answered by a copy of the process.
struct Question {
  enum class What : std::uint8_t {
    kJudge,
    kGlance,  // the same, without the transcript
    kRecordCalls,
    kAnswer,
  };
  What what = What::kJudge;
  std::string text;  // the scenario, as text; of kAnswer the request
};

struct Loaded {              // the library is in the program, whose main has not begun
  std::string made_earlier;  // a call that has made something by then, if there was one
};
struct Ready {};  // it listens
struct Unavailable {
  std::string why;  // it never listened
};
struct Unsupported {
  std::string call;  // that the simulated kernel does not model
};
struct Concluded {
  CheckResult result;
  EngineFacts facts;
};
struct LastWords {
  std::vector<std::string> transcript;  // it is about to end
};
// In answer to questions.
struct Judged {
  std::optional<Violation> found;
  std::size_t faults_struck = 0;
  std::vector<std::string> transcript;
};
struct Recorded {
  std::vector<CallSite> calls;
};
struct Answered {
  Answer answer;
};
struct Inconclusive {
  std::string why;  // the control failed
};
struct Died {
  int status = 0;  // of the copy, as waitpid(2) tells it
};
using Reply = std::variant<Loaded, Ready, Unavailable, Unsupported, Concluded, LastWords, Judged,
                           Recorded, Answered, Inconclusive, Died>;

class BadMessage : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Messages follow one another in a stream, both ways.
std::string encoded(const Order& order);
std::string encoded(const Question& question);
std::string encoded(const Reply& reply);
// Takes the first message off `stream`; false when it has not come whole yet. Throws BadMessage.
bool take(std::string& stream, Order& order);
bool take(std::string& stream, Question& question);
bool take(std::string& stream, Reply& reply);

// The case of this id. Throws BadMessage when there is none.
CheckCase case_named(std::string_view id);

}  // namespace e3::preload
