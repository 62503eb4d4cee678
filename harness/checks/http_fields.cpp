// SPDX-License-Identifier: MIT
// HTTP: the field lines, and Host among them.
#include <string_view>

#include "harness/checks/catalogue.h"
#include "harness/checks/http_case.h"

namespace e3 {
namespace {

using namespace std::literals;

constexpr Level kMust = Level::kMust;
constexpr Level kShould = Level::kShould;
constexpr Level kMay = Level::kMay;

constexpr std::string_view kHost = "RFC 9112, section 3.2";
constexpr std::string_view kField = "RFC 9112, section 5";
constexpr std::string_view kGrammar = "RFC 9112, section 2.2";
constexpr std::string_view kValue = "RFC 9110, section 5.5";

constexpr HttpCase kHosts[] = {
    {{"missing", kMust, kHost}, "GET {target} HTTP/1.1\r\n\r\n", kNo, 0, {}, Http10::kMay},
    // Nothing forbids to refuse who names no host where several are served.
    {{"missing-1.0", kMust, kHost}, "GET {target} HTTP/1.0\r\n\r\n", kYes, kNo},
    {{"twice", kMust, kHost}, "{head}Host: other\r\n\r\n", kNo, 0, {}, Http10::kMay},
    {{"twice-the-same", kMust, kHost}, "{head}Host: {host}\r\n\r\n", kNo, 0, {}, Http10::kMay},
    {{"space", kMust, kHost},
     "GET {target} HTTP/1.1\r\nHost: bad host\r\n\r\n",
     kNo,
     0,
     {},
     Http10::kMay},
    {{"user", kMust, kHost},
     "GET {target} HTTP/1.1\r\nHost: user@{host}\r\n\r\n",
     kNo,
     0,
     {},
     Http10::kMay},
    {{"path", kMust, kHost},
     "GET {target} HTTP/1.1\r\nHost: {host}/path\r\n\r\n",
     kNo,
     0,
     {},
     Http10::kMay},
    {{"list", kMust, kHost},
     "GET {target} HTTP/1.1\r\nHost: a, b\r\n\r\n",
     kNo,
     0,
     {},
     Http10::kMay},
    {{"empty", kMay, kHost}, "GET {target} HTTP/1.1\r\nHost:\r\n\r\n", kYes | kNo},
};

constexpr HttpCase kSyntax[] = {
    {{"space-before-colon", kMust, "RFC 9112, section 5.1"},
     "{head}X-T : v\r\n\r\n",
     kNo,
     0,
     {},
     Http10::kShould},
    {{"space-in-name", kShould, kField}, "{head}Bad Header: v\r\n\r\n", kNo},
    {{"no-colon", kShould, kField}, "{head}NoColonHere\r\n\r\n", kNo},
    {{"length-without-colon", kShould, kField}, "{head}Content-Length 10\r\n\r\n", kNo},
    {{"empty-name", kShould, kField}, "{head}: v\r\n\r\n", kNo},
    {{"colon-only", kShould, kField}, "{head}:\r\n\r\n", kNo},
    {{"bracket-in-name", kShould, kField}, "{head}Bad[N: v\r\n\r\n", kNo},
    {{"not-ascii-name", kShould, kField}, "{head}\xefoo: v\r\n\r\n", kNo},
    {{"high-byte-in-name", kShould, kField}, "{head}X\x85: v\r\n\r\n", kNo},
    {{"space-before-first", kMust, kGrammar},
     "GET {target} HTTP/1.1\r\n X-A: v\r\nHost: {host}\r\n\r\n",
     kNo | kYes},
    {{"space-before-host", kMust, kGrammar},
     "GET {target} HTTP/1.1\r\n Host: {host}\r\n\r\n",
     kNo,
     0,
     {},
     Http10::kNothing},
    {{"folded", kMust, "RFC 9112, section 5.2"}, "{head}X: a\r\n b\r\n\r\n", kNo | kYes},
    {{"return-in-empty-line", kShould, kGrammar}, "{head}\rX-A: v\r\n\r\n", kNo},
    {{"two-returns", kShould, kGrammar},
     "GET {target} HTTP/1.1\r\nHost: {host}\r\r\n\r\n",
     kNo,
     kAnySuccess},
};

constexpr HttpCase kValues[] = {
    {.variant = {"nul", kMust, kValue},
     .bytes = "{head}X: a\0b\r\n\r\n"sv,
     .good = kNo,
     .lenient = kYes,  // right where a space has taken its place
     .lenient_may_be_right = true},
    {.variant = {"return", kMust, kValue},
     .bytes = "{head}X: a\rb\r\n\r\n",
     .good = kNo,
     .lenient = kYes,
     .lenient_may_be_right = true},
    {{"bell", kMay, kValue}, "{head}X: a\ab\r\n\r\n", kNo | kYes},
    {{"not-ascii", kMay, kValue}, "{head}X: \xff\xfe\r\n\r\n", kNo | kYes},
    {{"case-and-tab", kMust, "RFC 9110, section 5.1"},
     "GET {target} HTTP/1.1\r\nhoSt:\t{host}\r\n\r\n",
     kYes},
    {{"empty", kMust, kField}, "{head}X-Empty:\r\n\r\n", kYes},
    {{"space-behind", kMust, kField},
     "GET {target} HTTP/1.1\r\nHost: {host} \t\r\nX: v  \r\n\r\n",
     kYes},
    {{"100-fields", kMay, "RFC 9110, section 5.4"}, "{head}{100*X: v\r\n}\r\n", kNo | kYes},
    {{"10000-fields", kMay, "RFC 9110, section 5.4"}, "{head}{10000*X: v\r\n}\r\n", kNo | kYes},
    {{"8-kilobytes", kMay, "RFC 9110, section 5.4"}, "{head}X: {8000*v}\r\n\r\n", kNo | kYes},
    {{"megabyte", kMay, "RFC 9110, section 5.4"}, "{head}X: {1000000*v}\r\n\r\n", kNo | kYes},
};

constexpr Blame kHostBlames[] = {{Symptom::kWrongAnswer, "http-host"},
                                 {Symptom::kExtraAnswer, "http-host"},
                                 {Symptom::kNoAnswer, "http-malformed-hangs"},
                                 {Symptom::kBadLength, "http-answer-framing"},
                                 {Symptom::kDied, "malformed-header-kills"}};
constexpr Blame kFieldBlames[] = {{Symptom::kWrongAnswer, "http-lenient-field"},
                                  {Symptom::kExtraAnswer, "http-lenient-field"},
                                  {Symptom::kNoAnswer, "http-malformed-hangs"},
                                  {Symptom::kBadLength, "http-answer-framing"},
                                  {Symptom::kDied, "malformed-header-kills"}};
constexpr Blame kValueBlames[] = {{Symptom::kWrongAnswer, "http-field-value"},
                                  {Symptom::kExtraAnswer, "http-field-value"},
                                  {Symptom::kNoAnswer, "http-malformed-hangs"},
                                  {Symptom::kBadLength, "http-answer-framing"},
                                  {Symptom::kDied, "malformed-header-kills"}};

constexpr Check kChecks[] = {
    {.id = "http.host",
     .when = "Host is missing, given twice, or no host",
     .must = "refuse the request of HTTP/1.1, and ask HTTP/1.0 for no Host",
     .because = "a proxy and a server that route by different hosts can be played off against each "
                "other (RFC 9112, section 3.2)",
     .needs = {.http = true},
     .blames = kHostBlames,
     .run = run_http_rows<kHosts>,
     .variant_count = std::size(kHosts),
     .variant = http_variant<kHosts>},
    {.id = "http.field.syntax",
     .when = "a field line has no colon, no name, or a name that is no token",
     .must = "refuse the request",
     .because = "a field that one reader sees and another does not hides a length or a host (RFC "
                "9112, sections 2.2 and 5.1)",
     .needs = {.http = true},
     .blames = kFieldBlames,
     .run = run_http_rows<kSyntax>,
     .variant_count = std::size(kSyntax),
     .variant = http_variant<kSyntax>},
    {.id = "http.field.value",
     .when = "a field value holds controls, nothing, space around it, or very much",
     .must = "serve what is valid; refuse or replace NUL and CR; stay within bounds",
     .because =
         "CR, LF and NUL in a value are dangerous in what is built from it (RFC 9110, section 5.5)",
     .needs = {.http = true},
     .blames = kValueBlames,
     .run = run_http_rows<kValues>,
     .variant_count = std::size(kValues),
     .variant = http_variant<kValues>},
};

}  // namespace

std::span<const Check> http_field_checks() { return kChecks; }

}  // namespace e3
