// SPDX-License-Identifier: MIT
#include <charconv>

#include "e3/server/exchange.h"
#include "e3/server/turn.h"
#include "finding.h"
#include "framing.h"

namespace e3::fuzz {

namespace {

using e3::server::Exchange;
using e3::server::Options;
using e3::server::Turn;

Options framing_options() {
  Options options;
  options.fixed_date = "Mon, 01 Jan 1996 01:01:01 GMT";
  options.limits = kFramingLimits;
  return options;
}

Turn& reused_turn() {
  static Turn turn(framing_options());
  return turn;
}

// Of a response: "HTTP/1.1 200 OK" and so on.
unsigned status_of_response(std::string_view response) {
  constexpr std::size_t kAt = 9;
  unsigned status = 0;
  require(response.starts_with("HTTP/1.") && response.size() > kAt + 3,
          "not a response:", response);
  std::from_chars(response.data() + kAt, response.data() + kAt + 3, status);
  return status;
}

class Reader {
 public:
  void take(std::string_view bytes) {
    while (!bytes.empty() && !exchange_.is_over()) {
      turn_.output.clear();
      const std::size_t consumed = exchange_.consume(bytes, turn_);
      require(consumed <= bytes.size(), "consumed more than was given");
      // An output limit of one byte makes consume() return after each answer: where it is due.
      require(consumed != 0 || !turn_.output.empty(), "neither takes input nor answers");
      bytes.remove_prefix(consumed);
      offset_ += consumed;
      note_answer();
    }
  }

  Framing finish() {
    if (exchange_.is_over()) return framing_;
    const bool in_body = exchange_.stage() == Exchange::Stage::kBody;
    turn_.output.clear();
    exchange_.end_input(turn_);
    if (!turn_.output.empty()) {
      framing_.push_back({.verdict = Verdict::kUnfinished, .in_body = in_body});
    }
    return framing_;
  }

 private:
  void note_answer() {
    constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    std::string_view output = turn_.output;
    if (output.starts_with(kContinue)) output.remove_prefix(kContinue.size());
    if (output.empty()) return;
    const unsigned status = status_of_response(output);
    if (status == 200) {
      framing_.push_back({.end = offset_, .persists = !exchange_.is_over()});
    } else {
      require(exchange_.is_over(), "goes on after an error");
      framing_.push_back({.verdict = Verdict::kRefused, .status = status});
    }
  }

  Turn& turn_ = reused_turn();
  Exchange exchange_{turn_.options};
  Framing framing_;
  std::size_t offset_ = 0;
};

}  // namespace

Framing read_with_server(std::string_view stream, const std::vector<std::size_t>& boundaries) {
  Reader reader;
  std::size_t begin = 0;
  for (const std::size_t end : boundaries) {
    reader.take(stream.substr(begin, end - begin));
    begin = end;
  }
  reader.take(stream.substr(begin));
  return reader.finish();
}

}  // namespace e3::fuzz
