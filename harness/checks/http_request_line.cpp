// SPDX-License-Identifier: MIT
// HTTP: the request line, and what may stand before it.
#include <string_view>

#include "harness/checks/catalogue.h"
#include "harness/checks/http_case.h"

namespace e3 {
namespace {

using namespace std::literals;

constexpr Level kMust = Level::kMust;
constexpr Level kShould = Level::kShould;
constexpr Level kMay = Level::kMay;

constexpr std::string_view kGrammar = "RFC 9112, section 2.2";
constexpr std::string_view kLine = "RFC 9112, section 3";
constexpr std::string_view kVersion = "RFC 9112, section 2.3";

constexpr HttpCase kVersions[] = {
    {.variant = {"1.0", kMust, kVersion},
     .bytes = "GET {target} HTTP/1.0\r\nHost: {host}\r\n\r\n",
     .good = kYes,
     .must_end = true},
    {{"0.9", kShould, kGrammar}, "GET {target}\r\n", kNo | kWaits | kNotHttp},
    {{"none", kShould, kLine}, "GET {target} \r\nHost: {host}\r\n\r\n", kNo, kNotHttp},
    {{"9.9", kShould, "RFC 9110, section 15.6.6"},
     "GET {target} HTTP/9.9\r\nHost: {host}\r\n\r\n",
     kNo},
    {{"2.0", kShould, "RFC 9110, section 15.6.6"},
     "GET {target} HTTP/2.0\r\nHost: {host}\r\n\r\n",
     kNo},
    {{"1.2", kShould, "RFC 9110, section 6.2"},
     "GET {target} HTTP/1.2\r\nHost: {host}\r\n\r\n",
     kYes,
     kNo},
    {{"no-minor", kShould, kVersion}, "GET {target} HTTP/1\r\nHost: {host}\r\n\r\n", kNo},
    {{"no-minor-digit", kShould, kVersion}, "GET {target} HTTP/1.\r\nHost: {host}\r\n\r\n", kNo},
    {{"leading-zeros", kShould, kVersion}, "GET {target} HTTP/01.01\r\nHost: {host}\r\n\r\n", kNo},
    {{"space-inside", kShould, kVersion}, "GET {target} HTTP/ 1.1\r\nHost: {host}\r\n\r\n", kNo},
    {{"lower-case", kShould, kVersion}, "GET {target} http/1.1\r\nHost: {host}\r\n\r\n", kNo},
    {{"two-digits", kShould, kVersion}, "GET {target} HTTP/1.32\r\nHost: {host}\r\n\r\n", kNo},
    {{"huge", kShould, kVersion}, "GET {target} HTTP/4294967295.255\r\nHost: {host}\r\n\r\n", kNo},
    {{"returns-inside", kShould, kVersion},
     "GET {target} HTTP/\r\r1.1\r\nHost: {host}\r\n\r\n",
     kNo},
};

constexpr HttpCase kForms[] = {
    {{"no-target", kShould, kLine}, "GET HTTP/1.1\r\nHost: {host}\r\n\r\n", kNo, kNotHttp},
    {{"two-spaces", kShould, kLine},
     "GET  {target} HTTP/1.1\r\nHost: {host}\r\n\r\n",
     kNo,
     kAnySuccess},
    {{"tab", kShould, kLine}, "GET\t{target} HTTP/1.1\r\nHost: {host}\r\n\r\n", kNo, kAnySuccess},
    {{"line-feed-inside", kShould, kLine}, "GET {target}\nHTTP/1.1\r\n\r\n", kNo | kNotHttp},
    {{"space-in-target", kShould, kLine}, "GET /pa th HTTP/1.1\r\nHost: {host}\r\n\r\n", kNo},
    {{"fourth-word", kShould, kLine}, "GET {target} HTTP/1.1 X\r\nHost: {host}\r\n\r\n", kNo},
    {{"junk-before", kShould, kGrammar}, "Extra line {get}", kNo},
};

constexpr HttpCase kLineEnds[] = {
    {{"line-feed", kMay, kGrammar}, "GET {target} HTTP/1.1\nHost: {host}\n\n", kYes | kNo},
    {{"return", kMust, kGrammar}, "GET {target} HTTP/1.1\rHost: {host}\r\n\r\n", kNo},
    {{"empty-line-before", kShould, kGrammar}, "\r\n{get}", kYes, kNo},
    {{"spaces-only", kMay, kGrammar}, "   \r\n\r\n", kNo | kWaits},
};

constexpr HttpCase kMethods[] = {
    {{"lower-case", kShould, "RFC 9110, section 9.1"},
     "get {target} HTTP/1.1\r\nHost: {host}\r\n\r\n",
     kNo,
     kAnySuccess},
    {{"unknown", kShould, "RFC 9110, section 9.1"},
     "FOOBAR {target} HTTP/1.1\r\nHost: {host}\r\n\r\n",
     kNo,
     kAnySuccess},
    {{"separators", kShould, "RFC 9110, section 9.1"},
     "G=\":<>(e),[T];?\" {target} HTTP/1.1\r\nHost: {host}\r\n\r\n",
     kNo},
    {{"nul", kShould, "RFC 9110, section 9.1"},
     "\0 {target} HTTP/1.1\r\nHost: {host}\r\n\r\n"sv,
     kNo},
    {{"100-kilobytes", kShould, kLine},
     "{100000*M} {target} HTTP/1.1\r\nHost: {host}\r\n\r\n",
     kNo},
};

constexpr HttpCase kTargets[] = {
    {{"absolute-form", kMust, "RFC 9112, section 3.2.2"},
     "GET http://{host}{target} HTTP/1.1\r\nHost: {host}\r\n\r\n",
     kAnySuccess,  // the body may name the target as it was given
     kNo,
     {},
     Http10::kMay},
    {{"asterisk-options", kMust, "RFC 9112, section 3.2.4"},
     "OPTIONS * HTTP/1.1\r\nHost: {host}\r\n\r\n",
     kAnySuccess | kNo},
    {{"asterisk-get", kShould, "RFC 9112, section 3.2.4"},
     "GET * HTTP/1.1\r\nHost: {host}\r\n\r\n",
     kNo,
     kAnySuccess},
    {{"connect", kShould, "RFC 9110, section 9.3.6"},
     "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n",
     kNo,
     kRedirected},
    {.variant = {"8000-octets", kShould, kLine},
     .bytes = "GET /{7984*a} HTTP/1.1\r\nHost: {host}\r\n\r\n",
     .good = kAnySuccess | kNo | kRedirected,
     .http10 = Http10::kMay,
     .never = 414},
    {{"megabyte", kMust, kLine},
     "GET /{1000000*a} HTTP/1.1\r\nHost: {host}\r\n\r\n",
     kAnySuccess | kNo | kRedirected},
    {{"fragment", kShould, "RFC 9112, section 3.2"},
     "GET {target}#f HTTP/1.1\r\nHost: {host}\r\n\r\n",
     kNo,
     kAnySuccess},
    {{"nul", kShould, kLine}, "GET /\0x HTTP/1.1\r\nHost: {host}\r\n\r\n"sv, kNo},
    {{"not-ascii", kShould, kLine}, "GET /\xff HTTP/1.1\r\nHost: {host}\r\n\r\n", kNo},
    {{"percent-nul", kMust, "RFC 3986, section 2.1"},
     "GET /%00 HTTP/1.1\r\nHost: {host}\r\n\r\n",
     kAnySuccess | kNo | kRedirected},
    {.variant = {"percent-line-end", kMust, "RFC 9110, section 5.5"},
     .bytes = "GET /%0d%0aX-Injected:1 HTTP/1.1\r\nHost: {host}\r\n\r\n",
     .good = kAnySuccess | kNo | kRedirected,
     .not_in_head = "\nX-Injected"},
    {{"not-a-path", kShould, "RFC 9112, section 3.2"},
     "GET ! HTTP/1.1\r\nHost: {host}\r\n\r\n",
     kNo,
     kAnySuccess},
};

constexpr Blame kBlames[] = {{Symptom::kWrongAnswer, "http-lenient-request-line"},
                             {Symptom::kExtraAnswer, "http-lenient-request-line"},
                             {Symptom::kNoAnswer, "http-malformed-hangs"},
                             {Symptom::kNotEnded, "http-persistence"},
                             {Symptom::kBadLength, "http-answer-framing"},
                             {Symptom::kDied, "malformed-request-kills"}};
constexpr Blame kTargetBlames[] = {{Symptom::kWrongAnswer, "http-target-handling"},
                                   {Symptom::kExtraAnswer, "http-lenient-request-line"},
                                   {Symptom::kNoAnswer, "http-malformed-hangs"},
                                   {Symptom::kBadLength, "http-answer-framing"}};

constexpr std::string_view kRefuse =
    "what does not match the grammar gets 400 and a close (RFC 9112, section 2.2): two readings of "
    "one message are what request smuggling is made of";

constexpr Check kChecks[] = {
    {.id = "http.request-line.version",
     .when = "the request line names another version, or none, or spells it otherwise",
     .must = "serve HTTP/1.0 and HTTP/1.1, and refuse what is neither",
     .because = kRefuse,
     .needs = {.http = true},
     .blames = kBlames,
     .run = run_http_rows<kVersions>,
     .variant_count = std::size(kVersions),
     .variant = http_variant<kVersions>},
    {.id = "http.request-line.form",
     .when = "the request line has too few words, too many, or other separators",
     .must = "refuse it",
     .because = kRefuse,
     .needs = {.http = true},
     .blames = kBlames,
     .run = run_http_rows<kForms>,
     .variant_count = std::size(kForms),
     .variant = http_variant<kForms>},
    {.id = "http.request-line.line-end",
     .when = "lines end in LF or CR alone, or something stands before the request line",
     .must = "take an empty line before the request line, and never take CR for a line end",
     .because = kRefuse,
     .needs = {.http = true},
     .blames = kBlames,
     .run = run_http_rows<kLineEnds>,
     .variant_count = std::size(kLineEnds),
     .variant = http_variant<kLineEnds>},
    {.id = "http.request-line.method",
     .when = "the method is unknown, no token, or very long",
     .must = "refuse it",
     .because =
         "methods are case-sensitive tokens, and an unknown one gets 501 (RFC 9110, section 9.1)",
     .needs = {.http = true},
     .blames = kBlames,
     .run = run_http_rows<kMethods>,
     .variant_count = std::size(kMethods),
     .variant = http_variant<kMethods>},
    {.id = "http.request-line.target",
     .when = "the target has another form, is very long, or holds bytes that no URI holds",
     .must = "serve what is valid, refuse what is not, and reflect no line end",
     .because = "a target is a URI in one of four forms (RFC 9112, section 3.2); a decoded line "
                "end in an answer's head splits the answer",
     .needs = {.http = true},
     .blames = kTargetBlames,
     .run = run_http_rows<kTargets>,
     .variant_count = std::size(kTargets),
     .variant = http_variant<kTargets>},
};

}  // namespace

std::span<const Check> http_request_line_checks() { return kChecks; }

}  // namespace e3
