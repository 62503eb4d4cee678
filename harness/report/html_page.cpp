// SPDX-License-Identifier: MIT
#include "harness/report/html_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "harness/report/escape.h"
#include "harness/report/page_assets.h"

namespace e3::report {
namespace {

struct Tone {
  std::string_view verdict;
  std::string_view tone;
};

constexpr Tone kTones[] = {
    {"PASS", "pass"},  {"WARN", "warn"},    {"FAIL", "fail"},          {"CRASH", "fail"},
    {"XPASS", "fail"}, {"TIMEOUT", "fail"}, {"INCONCLUSIVE", "error"}, {"ERROR", "error"},
};

}  // namespace

std::string page_begin(std::string_view title) {
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
      "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n"
      "<title>{}</title>\n<style>\n{}</style>\n</head>\n<body>\n<main>\n",
      markup_text(title), kPageStyle);
}

std::string page_end() {
  return fmt::format(
      "</main>\n<footer>Written by e3 {}. Hover over bytes, or move to them with the tab key, to "
      "read them in full.</footer>\n<output id=\"bytes\" hidden></output>\n<script>\n{}</script>\n"
      "</body>\n</html>\n",
      E3_VERSION, kPageScript);
}

std::string_view tone_of_verdict(std::string_view verdict) {
  const auto* found = std::find_if(std::begin(kTones), std::end(kTones),
                                   [&](const Tone& row) { return row.verdict == verdict; });
  return found == std::end(kTones) ? "skip" : found->tone;
}

std::string verdict_badge(std::string_view verdict) {
  return fmt::format("<span class=\"badge {}\">{}</span>", tone_of_verdict(verdict),
                     markup_text(verdict));
}

std::string share_bar(const std::vector<Share>& shares) {
  std::string html = "<div class=\"bar\" aria-hidden=\"true\">";
  for (const Share& share : shares) {
    if (share.count == 0) continue;
    html += fmt::format("<i class=\"{}\" style=\"flex-grow:{}\"></i>", share.tone, share.count);
  }
  return html + "</div>";
}

std::string share_legend(const std::vector<Share>& shares) {
  std::string html = "<ul class=\"legend\">";
  for (const Share& share : shares) {
    if (share.count == 0) continue;
    html += fmt::format("<li><i class=\"{}\"></i><b>{}</b> {}</li>", share.tone, share.count,
                        markup_text(share.label));
  }
  return html + "</ul>\n";
}

std::string filter_buttons(std::string_view attribute, const std::vector<std::string>& values) {
  std::string html = fmt::format(
      "<div class=\"filter\" role=\"group\" aria-label=\"Show only\" data-filter=\"{}\">",
      attribute);
  html += "<button type=\"button\" aria-pressed=\"true\" data-value=\"\">all</button>";
  for (const std::string& value : values) {
    html += fmt::format(
        "<button type=\"button\" aria-pressed=\"false\" data-value=\"{0}\">{1}</button>",
        markup_attribute(value), markup_text(value));
  }
  return html + "</div>\n";
}

std::string command_to_copy(std::string_view command) {
  return fmt::format(
      "<div class=\"command\"><code>{}</code><button type=\"button\" "
      "data-copy>copy</button></div>\n",
      markup_text(command));
}

std::string anchor(std::string_view id) {
  std::string result = "check-";
  for (const char c : id) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '.';
    result += plain ? c : '_';
  }
  return result;
}

}  // namespace e3::report
