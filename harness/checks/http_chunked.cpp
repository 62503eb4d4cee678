// SPDX-License-Identifier: MIT
// HTTP: bodies with a transfer coding. As with lengths, a whole request lies behind each of them.
#include <string>
#include <string_view>

#include "harness/checks/catalogue.h"
#include "harness/checks/http_case.h"
#include "harness/checks/http_exchange.h"
#include "harness/checks/http_traits.h"
#include "harness/checks/session.h"

namespace e3 {
namespace {

constexpr Level kMust = Level::kMust;
constexpr Level kShould = Level::kShould;
constexpr Level kMay = Level::kMay;

constexpr std::string_view kChunked = "RFC 9112, section 7.1";
constexpr std::string_view kCoding = "RFC 9112, section 6.1";
constexpr std::string_view kBoth = "RFC 9112, section 6.3";
// What a server may answer that knows the coding and wants a length all the same (RFC 9112,
// section 6.3).
constexpr int kLengthRequired = 411;
constexpr HttpNeeds kPost{.http11 = true, .post = true};
constexpr HttpNeeds kTakesChunked{.http11 = true, .post = true, .chunked = true};
constexpr HttpNeeds kTakesWhole{
    .http11 = true, .post = true, .chunked = true, .waits_for_body = true};

constexpr HttpCase row(Variant variant, std::string_view bytes, std::uint32_t good,
                       std::uint32_t lenient, HttpNeeds needs) {
  return {.variant = variant,
          .bytes = bytes,
          .good = good,
          .lenient = lenient,
          .needs = needs,
          .http10 = Http10::kNothing,
          .messages = 2};
}
// The body of the answer is the usual one, or another.
constexpr HttpCase valid(Variant variant, std::string_view bytes, std::uint32_t good = kYes) {
  HttpCase result = row(variant, bytes, good, 0, kPost);
  result.may_refuse_with = kLengthRequired;
  return result;
}
constexpr HttpCase valid_other(Variant variant, std::string_view bytes) {
  return valid(variant, bytes, kAnySuccess);
}
// To be refused; or served and then closed at the latest; or one of refused and served.
constexpr HttpCase doubtful(Variant variant, std::string_view bytes, std::uint32_t lenient = 0) {
  return row(variant, bytes, kNoAndEnds, lenient, kTakesChunked);
}
// Likewise, with the doubt behind the head.
constexpr HttpCase broken(Variant variant, std::string_view bytes, std::uint32_t lenient = 0) {
  HttpCase result = doubtful(variant, bytes, lenient);
  result.doubt_in_body = true;
  return result;
}
constexpr HttpCase ends(Variant variant, std::string_view bytes, std::uint32_t lenient = 0) {
  return row(variant, bytes, kNoAndEnds | kServedThenEnds, lenient, kTakesChunked);
}
constexpr HttpCase either(Variant variant, std::string_view bytes) {
  return row(variant, bytes, kNoAndEnds | kYes, 0, kTakesChunked);
}

constexpr HttpCase kValid[] = {
    valid({"one", kMust, kChunked}, "{chunked}5\r\nhello\r\n0\r\n\r\n{get}"),
    valid({"several", kMust, kChunked}, "{chunked}2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n{get}"),
    valid({"extension", kMust, "RFC 9112, section 7.1.1"},
          "{chunked}5;a=b;c=\"d\"\r\nhello\r\n0\r\n\r\n{get}"),
    valid({"trailer", kMust, "RFC 9112, section 7.1.2"},
          "{chunked}5\r\nhello\r\n0\r\nX-T: v\r\n\r\n{get}"),
    valid({"leading-zeros", kMust, kChunked}, "{chunked}0005\r\nhello\r\n000\r\n\r\n{get}"),
    valid_other({"upper-case-size", kMust, kChunked}, "{chunked}A\r\nhellohello\r\n0\r\n\r\n{get}"),
    valid({"upper-case-coding", kMust, "RFC 9112, section 7"},
          "{post}Transfer-Encoding: CHUNKED\r\n\r\n5\r\nhello\r\n0\r\n\r\n{get}"),
    valid_other({"empty", kMust, kChunked}, "{chunked}0\r\n\r\n{get}"),
};

constexpr HttpCase kCodings[] = {
    ends({"length-first", kMust, kBoth},
         "{post}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
         "5\r\nhello\r\n0\r\n\r\n{get}"),
    ends({"length-last", kMust, kBoth},
         "{post}Transfer-Encoding: chunked\r\nContent-Length: "
         "5\r\n\r\n5\r\nhello\r\n0\r\n\r\n{get}"),
    ends({"length-mixed-case", kMust, kBoth},
         "{post}tRANSFER-eNCODING: cHUNKED\r\ncONTENT-lENGTH: "
         "5\r\n\r\n5\r\nhello\r\n0\r\n\r\n{get}"),
    doubtful({"unknown", kMust, "RFC 9112, section 6.3"},
             "{post}Transfer-Encoding: foo\r\n\r\n5\r\nhello\r\n0\r\n\r\n{get}"),
    doubtful({"identity", kShould, kCoding},
             "{post}Transfer-Encoding: identity\r\nContent-Length: 5\r\n\r\nhello{get}", kYes),
    doubtful({"chunked-not-last", kMust, "RFC 9112, section 6.3"},
             "{post}Transfer-Encoding: chunked, gzip\r\n\r\n5\r\nhello\r\n0\r\n\r\n{get}"),
    doubtful({"twice", kShould, kCoding},
             "{post}Transfer-Encoding: chunked\r\nTransfer-Encoding: "
             "chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n{get}",
             kYes),
    doubtful({"twice-in-list", kShould, kCoding},
             "{post}Transfer-Encoding: chunked, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n{get}", kYes),
    doubtful({"xchunked", kMust, "RFC 9112, section 6.3"},
             "{post}Transfer-Encoding: xchunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n{get}"),
    doubtful({"vertical-tab", kMust, "RFC 9112, section 6.3"},
             "{post}Transfer-Encoding: \vchunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n{get}"),
    doubtful({"form-feed", kMust, "RFC 9112, section 6.3"},
             "{post}Transfer-Encoding: \fchunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n{get}"),
    doubtful({"quoted", kMust, "RFC 9112, section 6.3"},
             "{post}Transfer-Encoding: \"chunked\"\r\n\r\n5\r\nhello\r\n0\r\n\r\n{get}"),
    either({"empty-list-element", kMay, "RFC 9110, section 5.6.1"},
           "{post}Transfer-Encoding: , chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n{get}"),
    ends({"empty", kMust, "RFC 9112, section 6.3"},
         "{post}Transfer-Encoding:\r\nContent-Length: 5\r\n\r\nhello{get}", kYes),
    {.variant = {"on-http-1.0", kMust, kCoding},
     .bytes = "POST {target} HTTP/1.0\r\nHost: {host}\r\nConnection: "
              "keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n{get}",
     .good = kNoAndEnds | kServedThenEnds,
     .needs = kTakesChunked,
     .messages = 2},
};

constexpr HttpCase kSizes[] = {
    broken({"letter", kMust, kChunked}, "{chunked}Z\r\nhello\r\n0\r\n\r\n{get}"),
    broken({"0x", kMust, kChunked}, "{chunked}0x5\r\nhello\r\n0\r\n\r\n{get}"),
    broken({"plus", kMust, kChunked}, "{chunked}+5\r\nhello\r\n0\r\n\r\n{get}"),
    broken({"minus", kMust, kChunked}, "{chunked}-5\r\nhello\r\n0\r\n\r\n{get}"),
    broken({"space-behind", kShould, kChunked}, "{chunked}5 \r\nhello\r\n0\r\n\r\n{get}", kYes),
    broken({"space-before", kMust, kChunked}, "{chunked} 5\r\nhello\r\n0\r\n\r\n{get}"),
    broken({"underscore", kMust, kChunked}, "{chunked}1_0\r\nhellohellohello!\r\n0\r\n\r\n{get}"),
    broken({"empty", kMust, kChunked}, "{chunked}\r\nhello\r\n0\r\n\r\n{get}"),
    broken({"overflow", kMust, kChunked}, "{chunked}10000000000000005\r\nhello\r\n0\r\n\r\n{get}"),
    broken({"overflow-behind-another", kMust, kChunked},
           "{chunked}3\r\nabc\r\nFFFFFFFFFFFFFFFF\r\nabc\r\n0\r\n\r\n{get}", kWaits),
    broken({"overflow-17-digits", kMust, kChunked},
           "{chunked}FFFFFFFFFFFFFFFF0\r\nhello\r\n0\r\n\r\n{get}"),
};

constexpr HttpCase kDelimiters[] = {
    broken({"no-line-end-behind-data", kMust, kChunked}, "{chunked}5\r\nhello0\r\n\r\n{get}"),
    broken({"data-longer-than-size", kMust, kChunked}, "{chunked}5\r\nhelloX\r\n0\r\n\r\n{get}"),
    broken({"line-feed-behind-size", kShould, kChunked}, "{chunked}5\nhello\r\n0\r\n\r\n{get}",
           kYes),
    broken({"line-feed-behind-data", kShould, kChunked}, "{chunked}5\r\nhello\n0\r\n\r\n{get}",
           kYes),
    broken({"return-behind-size", kMust, kChunked}, "{chunked}5\rXhello\r\n0\r\n\r\n{get}"),
    broken({"return-in-extension", kShould, "RFC 9112, section 7.1.1"},
           "{chunked}5;a\rb\r\nhello\r\n0\r\n\r\n{get}", kYes),
    broken({"line-feed-in-extension", kShould, "RFC 9112, section 7.1.1"},
           "{chunked}5;a\nhello\r\n0\r\n\r\n{get}", kYes),
    broken({"trailer-without-colon", kShould, "RFC 9112, section 7.1.2"},
           "{chunked}5\r\nhello\r\n0\r\nNoColonHere\r\n\r\n{get}", kYes),
    {.variant = {"last-chunk-missing", kMust, "RFC 9112, section 8"},
     .bytes = "{chunked}5\r\nhello\r\n",
     .good = kNo,
     .needs = kTakesWhole,
     .half_close = true},
};

// Cut in two at every offset: what stands between chunks, too.
void run_split(Session& session) {
  const HttpTraits& traits = http_traits(session);
  if (!traits.takes_chunked) throw NotApplicable{"the target takes no chunked request"};
  const std::string request = expanded("{chunked}2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", traits);
  session.sweep({"offset", "offsets"}, Session::spread(request.size() - 2, request.size()),
                [&](std::size_t offset) {
                  Peer peer = session.world().connect();
                  peer.send(std::string_view(request).substr(0, offset + 1));
                  session.world().settle();
                  peer.send(std::string_view(request).substr(offset + 1));
                  const Conversation seen = read_answers(peer, {});
                  Session::require(seen.last() != nullptr, Symptom::kNoAnswer,
                                   "the answer to the whole body", describe(seen));
                  const bool same =
                      seen.last()->status / 100 == 2 && has_body_of_post(*seen.last(), traits);
                  Session::require(same, Symptom::kWrongAnswer, "the answer to the whole body",
                                   describe(seen));
                });
}

constexpr Blame kSplitBlames[] = {{Symptom::kWrongAnswer, "split-chunk"},
                                  {Symptom::kNoAnswer, "split-chunk"}};
constexpr Blame kValidBlames[] = {
    {Symptom::kWrongAnswer, "http-chunked-unread"}, {Symptom::kExtraAnswer, "http-body-framing"},
    {Symptom::kNoAnswer, "http-chunked-unread"},    {Symptom::kNotEnded, "http-chunked-unread"},
    {Symptom::kBadLength, "http-answer-framing"},   {Symptom::kDied, "malformed-body-kills"}};
constexpr Blame kBlames[] = {{Symptom::kWrongAnswer, "http-lenient-chunked"},
                             {Symptom::kExtraAnswer, "http-lenient-chunked"},
                             {Symptom::kNoAnswer, "http-malformed-hangs"},
                             {Symptom::kNotEnded, "http-doubtful-kept-open"},
                             {Symptom::kBadLength, "http-answer-framing"},
                             {Symptom::kDied, "malformed-body-kills"}};
constexpr Blame kCodingBlames[] = {{Symptom::kWrongAnswer, "http-lenient-chunked"},
                                   {Symptom::kExtraAnswer, "http-lenient-chunked"},
                                   {Symptom::kNoAnswer, "http-malformed-hangs"},
                                   {Symptom::kNotEnded, "http-doubtful-kept-open"},
                                   {Symptom::kBadLength, "http-answer-framing"},
                                   {Symptom::kDied, "malformed-header-kills"}};

constexpr std::string_view kSmuggling =
    "framing that two readers take differently hides a request in a body (RFC 9112, sections 6.1, "
    "7.1 and 11.2): answer 400 and close";

constexpr Check kChecks[] = {
    {.id = "http.chunked.valid",
     .when = "a body is chunked in each valid way, and another request follows at once",
     .must = "take the body, and read the next request from the byte behind it",
     .because =
         "a recipient of HTTP/1.1 must be able to parse the chunked coding (RFC 9112, section 7.1)",
     .needs = {.http = true},
     .blames = kValidBlames,
     .run = run_http_rows<kValid>,
     .variant_count = std::size(kValid),
     .variant = http_variant<kValid>},
    {.id = "http.chunked.split",
     .when = "a chunked body comes in two pieces, cut at every offset",
     .must = "answer as if it had come in one",
     .because = "TCP keeps order, not boundaries (RFC 9293, section 3.8): a size, a line end or a "
                "chunk may end with any read",
     .needs = {.http = true},
     .blames = kSplitBlames,
     .run = run_split},
    {.id = "http.chunked.coding",
     .when = "a transfer coding is unknown, not last, given twice, or beside a Content-Length",
     .must = "refuse the request and close, or close behind its answer",
     .because = kSmuggling,
     .needs = {.http = true},
     .blames = kCodingBlames,
     .run = run_http_rows<kCodings>,
     .variant_count = std::size(kCodings),
     .variant = http_variant<kCodings>},
    {.id = "http.chunked.size",
     .when = "a chunk's size is no hexadecimal number, or larger than any integer",
     .must = "refuse the request and close",
     .because = kSmuggling,
     .needs = {.http = true},
     .blames = kBlames,
     .run = run_http_rows<kSizes>,
     .variant_count = std::size(kSizes),
     .variant = http_variant<kSizes>},
    {.id = "http.chunked.delimiter",
     .when = "what stands between chunks is not what must, or the last chunk is missing",
     .must = "refuse the request and close",
     .because = kSmuggling,
     .needs = {.http = true},
     .blames = kBlames,
     .run = run_http_rows<kDelimiters>,
     .variant_count = std::size(kDelimiters),
     .variant = http_variant<kDelimiters>},
};

}  // namespace

std::span<const Check> http_chunked_checks() { return kChecks; }

}  // namespace e3
