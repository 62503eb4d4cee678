// SPDX-License-Identifier: MIT
// HTTP: what no server may do, whatever its policies are.
#include <fmt/format.h>

#include <charconv>
#include <string>

#include "harness/checks/catalogue.h"
#include "harness/checks/http_message.h"
#include "harness/checks/session.h"

namespace e3 {
namespace {

using namespace std::literals;

struct Malformed {
  std::string_view what;
  std::string_view bytes;
};

constexpr Malformed kRequestLines[] = {
    {"no target", "GET\r\n\r\n"},
    {"no target, with a version", "GET HTTP/1.0\r\n\r\n"},
    {"empty line only", "\r\n\r\n"},
    {"spaces only", "   \r\n\r\n"},
    {"no version", "GET /\r\n\r\n"},
    {"a space for a target", "GET  \r\n\r\n"},
    {"unknown version", "GET / HTTP/9.9\r\n\r\n"},
    {"no slash in the version", "GET / HTTP\r\n\r\n"},
    {"four words", "GET / HTTP/1.0 extra\r\n\r\n"},
    {"bare carriage return", "GET / HTTP/1.0\rHost: e3\r\n\r\n"},
};

constexpr Malformed kBytes[] = {
    {"bytes that are not UTF-8", "GET /\xff\xfe HTTP/1.0\r\n\r\n"},
    {"a UTF-8 sequence cut short", "GET /\xc3 HTTP/1.0\r\n\r\n"},
    {"an overlong UTF-8 sequence", "GET /\xc0\xaf HTTP/1.0\r\n\r\n"},
    {"a NUL in the target", "GET /a\0b HTTP/1.0\r\n\r\n"sv},
    {"a NUL method", "\0 / HTTP/1.0\r\n\r\n"sv},
    {"a TLS hello", "\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03\r\n\r\n"sv},
    {"bytes that are not UTF-8 in a header", "GET / HTTP/1.0\r\nX: \xff\xfe\r\n\r\n"},
};

constexpr Malformed kHeaders[] = {
    {"no colon", "GET / HTTP/1.0\r\nNoColonHere\r\n\r\n"},
    {"empty name", "GET / HTTP/1.0\r\n: value\r\n\r\n"},
    {"space before the colon", "GET / HTTP/1.0\r\nHost : e3\r\n\r\n"},
    {"begins with a continuation", "GET / HTTP/1.0\r\n X: a\r\n\r\n"},
    {"negative Content-Length", "GET / HTTP/1.0\r\nContent-Length: -1\r\n\r\n"},
    {"Content-Length of 2^64", "GET / HTTP/1.0\r\nContent-Length: 18446744073709551616\r\n\r\n"},
    {"Content-Length that is no number", "GET / HTTP/1.0\r\nContent-Length: ten\r\n\r\n"},
    {"empty Content-Length", "GET / HTTP/1.0\r\nContent-Length:\r\n\r\n"},
};

// Any answer will do, also none: but the connection ends, and the server goes on.
void survive(Session& session, std::span<const Malformed> rows) {
  session.sweep(
      {"request", "requests"}, Session::spread(rows.size() - 1, rows.size()),
      [&](std::size_t row) {
        Peer peer = session.world().connect();
        peer.send(rows[row].bytes);
        session.world().settle();
        peer.shutdown_write();
        session.expect_end(peer);
      },
      [&](std::size_t row) { return std::string(rows[row].what); });
}

void run_request_line(Session& session) { survive(session, kRequestLines); }
void run_bytes(Session& session) { survive(session, kBytes); }
void run_header(Session& session) { survive(session, kHeaders); }

// Nothing when it holds anything but digits.
std::optional<std::size_t> number_in(std::string_view digits) {
  std::size_t number = 0;
  const char* const end = digits.data() + digits.size();
  const auto parsed = std::from_chars(digits.data(), end, number);
  if (parsed.ec != std::errc{} || parsed.ptr != end) return std::nullopt;
  return number;
}

void run_content_length(Session& session) {
  struct Target {
    std::string_view text;
    bool is_valid;  // as a URI: who closes upon another one has refused it (RFC 9112, section 3.2)
  };
  constexpr Target kTargets[] = {{"/plain", true},
                                 {"/caf\xc3\xa9", false},
                                 {"/\xe2\x82\xac\xf0\x9f\x98\x80", false},
                                 {"/caf%C3%A9", true}};
  session.sweep(
      {"target", "targets"}, Session::spread(std::size(kTargets) - 1, std::size(kTargets)),
      [&](std::size_t row) {
        Peer peer = session.world().connect();
        peer.send(fmt::format("GET {} HTTP/1.0\r\nHost: localhost\r\n\r\n", kTargets[row].text));
        peer.receive_to_end();
        const std::string_view answer = peer.received();
        const bool closed = answer.empty() && peer.ending() != Ending::kOpen;
        if (closed && !kTargets[row].is_valid) return;
        const std::size_t head_end = answer.find("\r\n\r\n");
        Session::require(head_end != std::string_view::npos, Symptom::kNoAnswer,
                         "an answer, of any status", quoted(answer));
        const std::size_t body = answer.size() - head_end - 4;
        const auto announced = field_value(answer.substr(0, head_end), "Content-Length");
        if (!announced) return;  // the close ends the body then
        Session::require(number_in(*announced) == body, Symptom::kBadLength,
                         fmt::format("Content-Length: {}, the bytes of the body", body),
                         fmt::format("Content-Length: {}", quoted(*announced)));
      },
      [&](std::size_t row) { return fmt::format("target {}", quoted(kTargets[row].text)); });
}

constexpr Blame kRequestLineBlames[] = {{Symptom::kDied, "malformed-request-kills"},
                                        {Symptom::kNotEnded, "halfclose-leak"},
                                        {Symptom::kSpins, "eof-spin"}};
constexpr Blame kBytesBlames[] = {{Symptom::kDied, "nul-and-binary"},
                                  {Symptom::kNotEnded, "halfclose-leak"},
                                  {Symptom::kSpins, "eof-spin"}};
constexpr Blame kHeaderBlames[] = {{Symptom::kDied, "malformed-header-kills"},
                                   {Symptom::kNotEnded, "halfclose-leak"},
                                   {Symptom::kSpins, "eof-spin"}};
constexpr Blame kLengthBlames[] = {{Symptom::kBadLength, "length-chars-vs-bytes"},
                                   {Symptom::kDied, "nul-and-binary"}};

constexpr std::string_view kSurvive =
    "a server that cannot parse a message answers 400 and closes (RFC 9112, section 2.2); no "
    "input may end it";

constexpr Check kChecks[] = {
    {.id = "http.malformed.request-line",
     .when = "the request line lacks a part, or has one too many",
     .must = "answer with an error or close, and serve others",
     .because = kSurvive,
     .needs = {.http = true},
     .blames = kRequestLineBlames,
     .run = run_request_line},
    {.id = "http.malformed.bytes",
     .when = "the request holds bytes that are not text",
     .must = "answer or close, and serve others",
     .because = kSurvive,
     .needs = {.http = true},
     .blames = kBytesBlames,
     .run = run_bytes},
    {.id = "http.malformed.header",
     .when = "a header is malformed",
     .must = "answer or close, and serve others",
     .because = kSurvive,
     .needs = {.http = true},
     .blames = kHeaderBlames,
     .run = run_header},
    {.id = "http.content-length",
     .when = "the request's target is plain, UTF-8, or percent-encoded",
     .must = "announce the body's length in bytes, where it announces one",
     .because = "Content-Length is a number of octets: RFC 9110, section 8.6",
     .needs = {.http = true},
     .blames = kLengthBlames,
     .run = run_content_length},
};

}  // namespace

std::span<const Check> http_checks() { return kChecks; }

}  // namespace e3
