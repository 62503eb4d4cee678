// SPDX-License-Identifier: MIT
#include "e3/server/exchange.h"

#include "e3/server/event_log.h"
#include "e3/server/request_parser.h"

namespace e3::server {

namespace {

constexpr std::string_view kGreeting = "Hello, client";
constexpr std::string_view kInvitation = "Hello add characters to your url to see the echo";

// A head that is nothing but line ends: what some clients send after a request, and RFC 9112
// section 2.2 asks to ignore.
bool is_blank(std::string_view head) {
  return head.find_first_not_of("\r\n") == std::string_view::npos;
}

void log_request(const Request& request, Refusal refusal, Turn& turn) {
  std::string line = "event=request method=" + quoted(request.method_name);
  line += " target=" + quoted(request.target);
  line += " result=" + quoted(describe(refusal));
  turn.options.log(line);
}

}  // namespace

std::size_t Exchange::consume(std::string_view input, Turn& turn) {
  std::size_t consumed = 0;
  while (!over_ && consumed != input.size()) {
    const RequestAccumulator::Result result = accumulator_.feed(input.substr(consumed));
    consumed += result.consumed;
    switch (result.state) {
      case RequestAccumulator::State::kIncomplete:
        break;
      case RequestAccumulator::State::kComplete:
        answer(result.head, turn);
        break;
      case RequestAccumulator::State::kTooLong:
        refuse(Status::kRequestHeaderFieldsTooLarge, "request head too long", turn);
        break;
    }
  }
  return consumed;
}

void Exchange::answer(std::string_view head, Turn& turn) {
  turn.responses.set_time(wall_clock_now());
  if (turn.options.protocol == Protocol::kHello) {
    if (turn.options.log) turn.options.log("event=request head=" + quoted(head));
    turn.responses.append(turn.output, Status::kOk, kGreeting);
    over_ = true;
    return;
  }
  if (is_blank(head)) return;
  const ParserLimits limits{turn.options.limits.request_line, turn.options.limits.fields};
  Request& request = turn.request;
  const Refusal refusal = parse_request(head, limits, request);
  if (turn.options.log) log_request(request, refusal, turn);
  if (refusal != Refusal::kNone) {
    refuse(status_of(refusal), describe(refusal), turn);
    return;
  }
  turn.responses.append(turn.output, Status::kOk,
                        request.resource.empty() ? kInvitation : request.resource);
  over_ = true;
}

void Exchange::refuse(Status status, std::string_view reason, Turn& turn) {
  turn.responses.set_time(wall_clock_now());
  turn.responses.append(turn.output, status, reason);
  over_ = true;
}

void Exchange::end_input(Turn& turn) {
  if (over_) return;
  if (is_blank(accumulator_.partial())) {
    over_ = true;
    return;
  }
  refuse(Status::kBadRequest, "request cut short", turn);
}

}  // namespace e3::server
