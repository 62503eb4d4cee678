// SPDX-License-Identifier: MIT
#include "e3/server/exchange.h"

#include "e3/server/event_log.h"
#include "e3/server/request_parser.h"

namespace e3::server {

namespace {

constexpr std::string_view kGreeting = "Hello, client";
constexpr std::string_view kInvitation = "Hello add characters to your url to see the echo";
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

// A head that is, or begins, nothing but two line ends: what some clients send after a request, and
// RFC 9112 section 2.2 asks to ignore.
bool is_blank(std::string_view head) {
  return std::string_view("\r\n\r\n\n").find(head) != head.npos;
}

// Of a head that is whole or has only begun.
bool asks_for_head(std::string_view head) {
  while (head.starts_with('\r') || head.starts_with('\n')) head.remove_prefix(1);
  return head.starts_with("HEAD ");
}

// Of a head that is whole or has only begun. A return at the end may belong to the line's end.
bool has_long_first_line(std::string_view head, std::size_t limit) {
  if (head.size() <= limit) return false;
  const std::string_view line = head.substr(0, head.find('\n'));
  return line.size() - (line.ends_with('\r') ? 1 : 0) > limit;
}

void log_request(const Request& request, Refusal refusal, const Turn& turn) {
  turn.log("request", " method=" + quoted(request.method_name) + " target=" +
                          quoted(request.target) + " result=" + quoted(describe(refusal)));
}

}  // namespace

Exchange::Stage Exchange::stage() const noexcept {
  if (over_) return Stage::kOver;
  if (in_body_) return Stage::kBody;
  if (!is_blank(accumulator_.partial())) return Stage::kHead;
  return answered_ == 0 ? Stage::kFirstHead : Stage::kIdle;
}

std::size_t Exchange::consume(std::string_view input, Turn& turn) {
  std::size_t consumed = 0;
  while (!over_ && consumed != input.size() && turn.output.size() < turn.options.limits.output) {
    if (in_body_) {
      consumed += take_body(input.substr(consumed), turn);
      continue;
    }
    const RequestAccumulator::Result result = accumulator_.feed(input.substr(consumed));
    consumed += result.consumed;
    form_.without_body = asks_for_head(result.head);  // refused or not (RFC 9110 section 9.3.2)
    // Before anything else is said of it, so that all splits of a long line get the same answer.
    if (turn.options.protocol == Protocol::kHttp &&
        has_long_first_line(result.head, turn.options.limits.request_line)) {
      refuse(Refusal::kRequestLineTooLong, turn);
    } else if (result.state == RequestAccumulator::State::kComplete) {
      take_head(result.head, consumed != input.size(), turn);
    } else if (result.state == RequestAccumulator::State::kTooLong) {
      refuse(Refusal::kHeadTooLong, turn);
    }
  }
  return consumed;
}

void Exchange::take_head(std::string_view head, bool more_follows, Turn& turn) {
  if (turn.options.protocol == Protocol::kHello) {
    if (turn.options.log) turn.log("request", " head=" + quoted(head));
    persists_ = false;
    answer(kGreeting, turn);
    return;
  }
  if (is_blank(head)) return;
  const Limits& limits = turn.options.limits;
  Request& request = turn.request;
  Refusal refusal = parse_request(head, {limits.request_line, limits.fields}, request);
  if (refusal == Refusal::kNone && request.content_length.value_or(0) > limits.body) {
    refusal = Refusal::kBodyTooLarge;
  }
  if (turn.options.log) log_request(request, refusal, turn);
  // A refused head may not have come to its version; then the client's last one stands.
  const bool knows_version = refusal == Refusal::kNone || request.minor_version != 0;
  if (knows_version && !turn.options.http10_only) form_.minor_version = request.minor_version;
  if (refusal != Refusal::kNone) {
    refuse(refusal, turn);
    return;
  }
  peer_is_silent_ = request.promises_silence;
  persists_ = request.keep_alive && !turn.options.http10_only;
  if (request.chunked || request.content_length.value_or(0) != 0) {
    start_body(request, more_follows, turn);
  } else {
    answer(request.resource, turn);
  }
}

void Exchange::start_body(const Request& request, bool more_follows, Turn& turn) {
  in_body_ = true;
  resource_ = request.resource;
  if (request.chunked) {
    body_.start_chunked(turn.options.limits.body, turn.options.limits.head);
  } else {
    body_.start_length(*request.content_length);
  }
  // Who sends the body without waiting does not need to be told (RFC 9110 section 10.1.1).
  if (request.expects_continue && !more_follows) turn.output += kContinue;
}

std::size_t Exchange::take_body(std::string_view input, Turn& turn) {
  const BodyReader::Result result = body_.consume(input);
  ++progress_;
  if (result.state == BodyReader::State::kComplete) {
    in_body_ = false;
    answer(resource_, turn);
    std::string().swap(resource_);
  } else if (result.state != BodyReader::State::kMore) {
    const bool is_malformed = result.state == BodyReader::State::kMalformed;
    refuse(is_malformed ? Refusal::kMalformedBody : Refusal::kBodyTooLarge, turn);
  }
  return result.consumed;
}

void Exchange::answer(std::string_view resource, Turn& turn) {
  ++answered_;
  ++progress_;
  ++turn.counters.requests;
  over_ = !persists_ || turn.draining || answered_ >= turn.options.limits.requests;
  form_.keep_alive = !over_;
  turn.refresh_date();
  turn.responses.append(turn.output, Status::kOk, resource.empty() ? kInvitation : resource, form_);
  form_.without_body = false;
  accumulator_.reset();  // an idle connection keeps no memory of the request it has answered
}

void Exchange::refuse(Refusal refusal, Turn& turn) {
  ++turn.counters.refusals;
  over_ = true;
  peer_is_silent_ = false;
  form_.keep_alive = false;
  if (turn.options.log) {
    turn.log("refusal", " status=" + std::to_string(static_cast<int>(status_of(refusal))) +
                            " reason=" + quoted(describe(refusal)));
  }
  turn.refresh_date();
  turn.responses.append(turn.output, status_of(refusal), describe(refusal), form_);
}

void Exchange::end(Refusal refusal_of_partial_request, Turn& turn) {
  if (over_) return;
  if (in_body_ || !is_blank(accumulator_.partial())) refuse(refusal_of_partial_request, turn);
  over_ = true;
}

}  // namespace e3::server
