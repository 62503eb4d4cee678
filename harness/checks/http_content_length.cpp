// SPDX-License-Identifier: MIT
// HTTP: bodies with Content-Length. Behind each doubtful one lies a whole request: a server that
// answers it as well has let one message become two.
#include <string_view>

#include "harness/checks/catalogue.h"
#include "harness/checks/http_case.h"

namespace e3 {
namespace {

constexpr Level kMust = Level::kMust;
constexpr Level kShould = Level::kShould;
constexpr Level kMay = Level::kMay;

constexpr std::string_view kLength = "RFC 9112, section 6.3";
constexpr std::string_view kOverflow = "RFC 9110, section 8.6";
constexpr HttpNeeds kPost{.post = true};
constexpr HttpNeeds kWholeBody{.post = true, .waits_for_body = true};

// Two messages, if the first is read as the standards say.
constexpr HttpCase row(Variant variant, std::string_view bytes, std::uint32_t good,
                       std::uint32_t lenient) {
  return {.variant = variant,
          .bytes = bytes,
          .good = good,
          .lenient = lenient,
          .needs = kPost,
          .messages = 2};
}
// The body of the answer is the usual one, or another.
constexpr HttpCase valid(Variant variant, std::string_view bytes, std::uint32_t lenient = 0) {
  return row(variant, bytes, kYes, lenient);
}
constexpr HttpCase valid_other(Variant variant, std::string_view bytes) {
  return row(variant, bytes, kAnySuccess, 0);
}
// To be refused; or one of refused and served.
constexpr HttpCase doubtful(Variant variant, std::string_view bytes, std::uint32_t lenient = 0) {
  return row(variant, bytes, kNoAndEnds, lenient);
}
constexpr HttpCase either(Variant variant, std::string_view bytes) {
  return row(variant, bytes, kNoAndEnds | kYes, 0);
}

constexpr HttpCase kValid[] = {
    valid({"five", kMust, kLength}, "{post}Content-Length: 5\r\n\r\nhello{get}"),
    valid_other({"zero", kMust, kLength}, "{post}Content-Length: 0\r\n\r\n{get}"),
    {.variant = {"none", kMust, kLength},
     .bytes = "{post}\r\n{get}",
     .good = kAnySuccess | kNo,
     .needs = kPost,
     .messages = 2,
     .framing_is_clear = true},
    {.variant = {"on-get", kMust, kLength},
     .bytes = "{head}Content-Length: 5\r\n\r\nhello{get}",
     .good = kAnySuccess | kNo,
     .messages = 2,
     .framing_is_clear = true},
    // Whoever answers without reading the body has not done with it.
    {.variant = {"unknown-path", kMust, kLength},
     .bytes =
         "POST /e3-no-such-path HTTP/1.1\r\nHost: {host}\r\nContent-Length: 5\r\n\r\nhello{get}",
     .good = kAnySuccess | kRedirected | kNo,
     .messages = 2,
     .framing_is_clear = true},
    valid({"leading-zeros", kShould, kOverflow}, "{post}Content-Length: 005\r\n\r\nhello{get}",
          kNo),
    {{"one-byte-too-many", kMust, kLength},
     "{post}Content-Length: 0\r\n\r\nX",
     kAnySuccess,
     0,
     kPost},
};

constexpr std::string_view kInvalid = kLength;

constexpr HttpCase kNumbers[] = {
    doubtful({"letters", kMust, kInvalid}, "{post}Content-Length: abc\r\n\r\nhello{get}"),
    doubtful({"plus", kMust, kInvalid}, "{post}Content-Length: +5\r\n\r\nhello{get}"),
    doubtful({"minus", kMust, kInvalid}, "{post}Content-Length: -1\r\n\r\nhello{get}"),
    doubtful({"minus-zero", kMust, kInvalid}, "{post}Content-Length: -0\r\n\r\n{get}"),
    doubtful({"hexadecimal", kMust, kInvalid}, "{post}Content-Length: 0x5\r\n\r\nhello{get}"),
    doubtful({"octal", kMust, kInvalid}, "{post}Content-Length: 0o5\r\n\r\nhello{get}"),
    doubtful({"underscore", kMust, kInvalid}, "{post}Content-Length: 1_0\r\n\r\nhellohello{get}"),
    doubtful({"space-inside", kMust, kInvalid}, "{post}Content-Length: 1 0\r\n\r\nhellohello{get}"),
    doubtful({"letter-behind", kMust, kInvalid}, "{post}Content-Length: 5Z\r\n\r\nhello{get}"),
    doubtful({"empty", kMust, kInvalid}, "{post}Content-Length:\r\n\r\n{get}"),
    doubtful({"20-digits", kMust, kOverflow},
             "{post}Content-Length: 99999999999999999999\r\n\r\nhello{get}", kWaits),
    doubtful({"2^63", kMust, kOverflow},
             "{post}Content-Length: 9223372036854775808\r\n\r\nhello{get}", kWaits),
    doubtful({"2^64", kMust, kOverflow}, "{post}Content-Length: 18446744073709551616\r\n\r\n{get}",
             kWaits),
    doubtful({"2^64+5", kMust, kOverflow},
             "{post}Content-Length: 18446744073709551621\r\n\r\nhello{get}", kWaits),
};

constexpr HttpCase kTwice[] = {
    doubtful({"different", kMust, kLength},
             "{post}Content-Length: 5\r\nContent-Length: 7\r\n\r\nhello{get}"),
    doubtful({"different-list", kMust, kLength}, "{post}Content-Length: 5, 7\r\n\r\nhello{get}"),
    either({"same", kMay, kLength},
           "{post}Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello{get}"),
    either({"same-list", kMay, kLength}, "{post}Content-Length: 5, 5\r\n\r\nhello{get}"),
};

constexpr HttpCase kShort[] = {
    {.variant = {"then-end-of-input", kMust, "RFC 9112, section 8"},
     .bytes = "{post}Content-Length: 10\r\n\r\nhello",
     .good = kNo,
     .needs = kWholeBody,
     .half_close = true},
    {.variant = {"then-silence", kShould, "RFC 9110, section 15.5.9"},
     .bytes = "{post}Content-Length: 10\r\n\r\nhello",
     .good = kWaits | kNo,
     .needs = kWholeBody,
     .must_end = true},
    {.variant = {"gigabyte-announced", kMust, "RFC 9110, section 15.5.14"},
     .bytes = "{post}Content-Length: 999999999\r\n\r\n",
     .good = kWaits | kNo,
     .needs = kWholeBody},
};

constexpr Blame kBlames[] = {
    {Symptom::kWrongAnswer, "http-body-framing"}, {Symptom::kExtraAnswer, "http-body-framing"},
    {Symptom::kNoAnswer, "http-body-framing"},    {Symptom::kNotEnded, "http-doubtful-kept-open"},
    {Symptom::kBadLength, "http-answer-framing"}, {Symptom::kDied, "malformed-header-kills"}};
constexpr Blame kNumberBlames[] = {
    {Symptom::kWrongAnswer, "http-lenient-length"}, {Symptom::kExtraAnswer, "http-lenient-length"},
    {Symptom::kNoAnswer, "http-malformed-hangs"},   {Symptom::kNotEnded, "http-doubtful-kept-open"},
    {Symptom::kBadLength, "http-answer-framing"},   {Symptom::kSpins, "http-malformed-hangs"},
    {Symptom::kDied, "malformed-header-kills"}};

constexpr std::string_view kSmuggling =
    "a length that two readers take differently hides a request in a body (RFC 9112, sections 6.3 "
    "and 11.2): answer 400 and close";

constexpr Check kChecks[] = {
    {.id = "http.length.valid",
     .when = "a body has a valid length, and another request follows at once",
     .must = "take the body, and read the next request from the byte behind it",
     .because = "Content-Length is a number of octets (RFC 9110, section 8.6)",
     .needs = {.http = true},
     .blames = kBlames,
     .run = run_http_rows<kValid>,
     .variant_count = std::size(kValid),
     .variant = http_variant<kValid>},
    {.id = "http.length.number",
     .when = "Content-Length is no decimal number, or larger than any integer",
     .must = "refuse the request and close, without reading what follows as a request",
     .because = kSmuggling,
     .needs = {.http = true},
     .blames = kNumberBlames,
     .run = run_http_rows<kNumbers>,
     .variant_count = std::size(kNumbers),
     .variant = http_variant<kNumbers>},
    {.id = "http.length.twice",
     .when = "Content-Length is given twice",
     .must = "refuse different values and close; refuse equal ones, or take them for one",
     .because = kSmuggling,
     .needs = {.http = true},
     .blames = kNumberBlames,
     .run = run_http_rows<kTwice>,
     .variant_count = std::size(kTwice),
     .variant = http_variant<kTwice>},
    {.id = "http.length.short",
     .when = "fewer bytes come than Content-Length says",
     .must = "never answer as if the body were whole; wait, but not for ever",
     .because = "an incomplete body is no request (RFC 9112, section 8)",
     .needs = {.http = true},
     .blames = kBlames,
     .run = run_http_rows<kShort>,
     .variant_count = std::size(kShort),
     .variant = http_variant<kShort>},
};

}  // namespace

std::span<const Check> http_content_length_checks() { return kChecks; }

}  // namespace e3
