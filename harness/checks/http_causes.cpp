// SPDX-License-Identifier: MIT
// The bug classes that only HTTP has.
#include "harness/checks/check.h"

namespace e3 {
namespace {

constexpr Cause kCauses[] = {
    {.slug = "http-lenient-request-line",
     .what = "a request line that is none is served",
     .evidence = "narfindustries/http-garden (TROPHIES.md)",
     .fix = "match the whole line against the grammar; answer 400 and close otherwise"},
    {.slug = "http-target-handling",
     .what = "a target is served that is no URI, refused though it is one, or reflected unescaped",
     .evidence = "narfindustries/http-garden (TROPHIES.md)",
     .fix = "check each byte of the target; never put decoded bytes into a head"},
    {.slug = "http-malformed-hangs",
     .what = "a request that can never become valid is waited for, or looped over",
     .evidence = "narfindustries/http-garden (TROPHIES.md: negative and empty Content-Length)",
     .fix = "refuse as soon as no continuation can be valid"},
    {.slug = "http-host",
     .what = "requests with a missing, doubled or invalid Host are served, or valid ones are not",
     .evidence = "narfindustries/http-garden (TROPHIES.md)",
     .fix = "count the Host lines of HTTP/1.1 requests and check the value's grammar"},
    {.slug = "http-lenient-field",
     .what = "a malformed field line is skipped or guessed at",
     .evidence = "CVE-2019-16276, CVE-2021-22959, narfindustries/http-garden (TROPHIES.md)",
     .fix = "a field is a token, a colon, a value; answer 400 to everything else"},
    {.slug = "http-field-value",
     .what = "a valid field value is refused, or one with NUL or CR is passed on",
     .evidence = "narfindustries/http-garden (TROPHIES.md: bare CR and NUL in values)",
     .fix = "trim spaces and tabs, allow bytes above 127, refuse NUL, CR and LF"},
    {.slug = "http-body-framing",
     .what = "the bytes of a body are taken for the next request, or the other way round",
     .evidence = "narfindustries/http-garden (TROPHIES.md: bytes beyond the first buffer)",
     .fix = "consume exactly the body, also when it comes with the head or with the next request"},
    {.slug = "http-lenient-length",
     .what = "a Content-Length that is no number is guessed at",
     .evidence = "CVE-2018-7159, CVE-2020-15049, narfindustries/http-garden (TROPHIES.md)",
     .fix = "digits only, no overflow, one value; answer 400 and close otherwise"},
    {.slug = "http-chunked-unread",
     .what = "a valid chunked body is not understood",
     .evidence = "oven-sh/bun#27669, benoitc/hackney#912, pistacheio/pistache#829",
     .fix = "decode chunks with extensions and trailers; the coding's name has no case"},
    {.slug = "http-lenient-chunked",
     .what = "a transfer coding or a chunk that is malformed is guessed at",
     .evidence = "CVE-2022-32213, CVE-2022-32214, CVE-2022-32215, CVE-2024-23452",
     .fix = "one grammar, no leniency; 400 and close; never both lengths"},
    {.slug = "http-doubtful-kept-open",
     .what = "after a message whose end is in doubt the connection is used on",
     .evidence = "narfindustries/http-garden (TROPHIES.md)",
     .fix = "close after every refusal that concerns framing"},
    {.slug = "http-persistence",
     .what = "the connection is kept or closed otherwise than was said",
     .evidence = "jeremycw/httpserver.h#59, jeremycw/httpserver.h#60",
     .fix = "one decision for each answer, said in Connection and then done"},
    {.slug = "http-pipeline-lost",
     .what = "of requests that arrive together some are never answered, or out of turn",
     .evidence = "envoyproxy/envoy#8352, nodejs/node#3342, guzba/mummy#142",
     .fix = "keep what follows the request, and look at it before waiting for more input"},
    {.slug = "http-error-lost",
     .what = "a client that is still sending gets a reset instead of the refusal",
     .evidence = "scylladb/seastar#1325, aio-libs/aiohttp#927, benoitc/gunicorn#3590",
     .fix = "after the answer: shutdown(SHUT_WR), then read and discard within bounds, then close"},
    {.slug = "http-answer-framing",
     .what = "a client cannot tell where the answer ends, or what it says",
     .evidence = "JuliaWeb/HttpServer.jl#32, xrootd/xrootd#1120",
     .fix = "status line with both spaces; exactly one of length, chunks or close; none on HEAD, "
            "1xx, 204"},
    {.slug = "http-answer-fields",
     .what = "an answer lacks a field that its reader needs",
     .evidence = "RFC 9110, sections 6.6.1 and 8.3",
     .fix = "send Date and Content-Type"},
    {.slug = "http-expectation",
     .what = "Expect or Upgrade is answered with what was not asked, or not at all",
     .evidence = "yhirose/cpp-httplib#349, K0M15/webserv#41, lalinsky/dusty#163",
     .fix = "100 before the body to HTTP/1.1 only; 101 only for what is really spoken"},
};

}  // namespace

std::span<const Cause> http_causes() { return kCauses; }

}  // namespace e3
