// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <algorithm>

#include "harness/report/comparison.h"
#include "harness/report/escape.h"
#include "harness/report/html_page.h"

namespace e3::report {
namespace {

std::string_view tone_of(Change change) {
  switch (change) {
    case Change::kBroken:
      return "fail";
    case Change::kMended:
      return "pass";
    case Change::kBad:
      return "error";
    case Change::kChanged:
      return "warn";
    case Change::kAdded:
    case Change::kRemoved:
    case Change::kSame:
      return "skip";
  }
  return "skip";
}

std::string run_card(std::string_view name, const PastRun& run) {
  std::vector<Share> shares = {{"pass", "passed", 0},
                               {"warn", "warned", 0},
                               {"fail", "failed", 0},
                               {"error", "inconclusive", 0},
                               {"skip", "skipped", 0}};
  for (const PastCheck& check : run.checks) {
    const std::string_view tone = tone_of_verdict(check.verdict);
    const auto share = std::find_if(shares.begin(), shares.end(),
                                    [&](const Share& each) { return each.tone == tone; });
    ++share->count;
  }
  const std::string cut_short =
      run.cut_short.empty() ? "" : fmt::format("<p>It {}.</p>", markup_text(run.cut_short));
  return fmt::format(
      "<div><h2>{}</h2><p class=\"target\">{}</p>{}{}{}<p class=\"quiet\">{}: profile {}, seed {}, "
      "e3 {}</p></div>\n",
      name, markup_text(run.target), cut_short, share_bar(shares), share_legend(shares),
      markup_text(run.path), markup_text(run.profile), markup_text(run.seed),
      markup_text(run.tool_version));
}

std::string row(const ComparedCheck& check) {
  const auto badge = [](const std::string& verdict) {
    return verdict.empty() ? "&ndash;" : verdict_badge(verdict);
  };
  return fmt::format(
      "<tr data-change=\"{}\"><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td><span "
      "class=\"badge {}\">{}</span></td><td class=\"said\">{}</td></tr>\n",
      to_string(check.change), markup_text(check.id), badge(check.before), badge(check.after),
      tone_of(check.change), to_string(check.change), markup_text(check.said));
}

std::string in_words(const PastRun& after, const std::vector<ComparedCheck>& checks) {
  const std::size_t broken = count(checks, Change::kBroken);
  if (broken > 0) return fmt::format("{} newly failing", broken);
  if (!after.cut_short.empty()) return "the second run was cut short";
  const std::size_t mended = count(checks, Change::kMended);
  if (mended > 0) return fmt::format("{} mended, none newly failing", mended);
  return "nothing newly failing";
}

}  // namespace

std::string comparison_to_html(const PastRun& before, const PastRun& after,
                               const std::vector<ComparedCheck>& checks) {
  std::vector<Share> shares;
  std::vector<std::string> changes;
  for (int i = 0; i <= static_cast<int>(Change::kSame); ++i) {
    const auto change = static_cast<Change>(i);
    const std::size_t times = count(checks, change);
    if (times == 0) continue;
    shares.push_back({tone_of(change), to_string(change), times});
    changes.emplace_back(to_string(change));
  }
  const bool as_good = count(checks, Change::kBroken) == 0 && after.cut_short.empty();
  std::string html = page_begin("e3: two runs compared");
  html += fmt::format(
      "<header>\n<p class=\"product\">e3 comparison</p>\n<h1 class=\"{}\">{}</h1>\n{}{}</header>\n",
      as_good ? "pass" : "fail", in_words(after, checks), share_bar(shares), share_legend(shares));
  html += "<section class=\"runs\">\n" + run_card("First run", before) +
          run_card("Second run", after) + "</section>\n";
  html += "<section aria-labelledby=\"checks\"><h2 id=\"checks\">Checks</h2>\n" +
          filter_buttons("change", changes) +
          "<table class=\"changes\"><thead><tr><th scope=\"col\">check</th><th scope=\"col\">first"
          "</th><th scope=\"col\">second</th><th scope=\"col\">change</th><th scope=\"col\">what "
          "it says</th></tr></thead><tbody>\n";
  for (const ComparedCheck& check : checks) html += row(check);
  return html + "</tbody></table></section>\n" + page_end();
}

}  // namespace e3::report
