// SPDX-License-Identifier: MIT
// What e3 and the harness inside a preloaded program tell each other. e3 gives one order; the
// program answers with any number of replies and ends. Every byte of every text arrives as it was
// sent; a name that the receiver does not know is an error, never something else.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "harness/checks/runner.h"

namespace e3::preload {

// The variable in the program's environment that names the descriptor of the channel.
inline constexpr const char* kChannelVariable = "E3_PRELOAD_CHANNEL";

struct Order {
  std::string version;  // of e3; the library inside must be of the same
  std::string id;       // of the case to run
  std::string profile;
  std::uint64_t seed = 0;
  bool strict = false;
  std::uint16_t port = 0;               // that the program was told to listen on
  std::uint32_t processor_seconds = 0;  // that the program may use, in all
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
using Reply = std::variant<Ready, Unavailable, Unsupported, Concluded, LastWords>;

class BadMessage : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

std::string encoded(const Order& order);
Order decoded_order(std::string_view bytes);  // throws BadMessage

// Replies follow one another in a stream.
std::string encoded(const Reply& reply);
// Takes the first reply off `stream`; false when it has not come whole yet. Throws BadMessage.
bool take_reply(std::string& stream, Reply& reply);

// The case of this id. Throws BadMessage when there is none.
CheckCase case_named(std::string_view id);

}  // namespace e3::preload
