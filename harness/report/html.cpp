// SPDX-License-Identifier: MIT
// A run as one page for people.
#include <fmt/format.h>

#include <algorithm>

#include "harness/report/escape.h"
#include "harness/report/formats.h"
#include "harness/report/html_page.h"
#include "harness/report/report.h"
#include "harness/report/swim_lanes.h"

namespace e3::report {
namespace {

std::vector<Share> shares_of(const Counts& counts) {
  return {{"pass", "passed", counts.passed},  {"warn", "warned", counts.warned},
          {"fail", "failed", counts.failed},  {"error", "inconclusive", counts.inconclusive},
          {"error", "errors", counts.errors}, {"skip", "expected to fail", counts.expected},
          {"skip", "skipped", counts.skipped}};
}

std::string fact(std::string_view name, std::string_view value) {
  if (value.empty()) return {};
  return fmt::format("<div><dt>{}</dt><dd>{}</dd></div>", name, markup_text(value));
}

std::string verdict_in_words(const RunResult& run, const Counts& counts) {
  const std::size_t bad = counts.failed + counts.errors + counts.inconclusive;
  if (!run.unavailable.empty()) return run.unavailable;
  if (bad > 0) return fmt::format("{} of {} checks failed", bad, counts.total);
  if (!run.complete)
    return fmt::format("not finished: {} of {} checks", counts.total, run.selected);
  return fmt::format("all {} checks as expected", counts.total);
}

std::string header(const RunResult& run) {
  const Counts counts = count(run);
  const bool bad =
      counts.failed + counts.errors + counts.inconclusive > 0 || !run.unavailable.empty();
  std::string html = fmt::format(
      "<header>\n<p class=\"product\">e3 report</p>\n<h1 class=\"{}\">{}</h1>\n<p "
      "class=\"target\">{}"
      "</p>\n{}{}<dl class=\"facts\">",
      bad            ? "fail"
      : run.complete ? "pass"
                     : "warn",
      markup_text(verdict_in_words(run, counts)), markup_text(run.target),
      share_bar(shares_of(counts)), share_legend(shares_of(counts)));
  html +=
      fact("profile", run.profile) + fact("engine", run.engine) +
      fact("seed", fmt::format("{}", run.seed)) +
      fact("took", fmt::format("{:.1f} s", std::chrono::duration<double>(run.duration).count()));
  if (run.transcript_repeats)
    html += fact("transcript", fmt::format("{:016x}", run.transcript_hash));
  for (const std::string& remark : run.remarks) html += fact("remark", remark);
  return html + "</dl>\n</header>\n";
}

std::string families(const RunResult& run) {
  std::string html =
      "<section aria-labelledby=\"families\"><h2 id=\"families\">By family</h2>\n"
      "<ul class=\"families\">\n";
  for (const std::string_view family : families_met(run)) {
    std::vector<CheckResult> part;
    std::copy_if(run.checks.begin(), run.checks.end(), std::back_inserter(part),
                 [&](const CheckResult& check) { return family_of(check.id) == family; });
    const Counts counts = count(part);
    html += fmt::format("<li><a href=\"#family-{0}\"><b>{0}</b> <span>{1}/{2}</span>{3}</a></li>\n",
                        markup_attribute(family), counts.passed + counts.warned, counts.total,
                        share_bar(shares_of(counts)));
  }
  return html + "</ul></section>\n";
}

// "owner/repository#12" becomes a link to the issue; anything else stays text.
std::string evidence_links(std::string_view evidence) {
  std::string html;
  while (!evidence.empty()) {
    const std::size_t end = std::min(evidence.find(", "), evidence.size());
    const std::string_view item = evidence.substr(0, end);
    const std::size_t hash = item.find('#');
    if (!html.empty()) html += ", ";
    if (hash != item.npos && item.find(' ') == item.npos && item.find('/') != item.npos) {
      html += fmt::format("<a rel=\"noreferrer\" href=\"https://github.com/{}/issues/{}\">{}</a>",
                          markup_attribute(item.substr(0, hash)),
                          markup_attribute(item.substr(hash + 1)), markup_text(item));
    } else {
      html += markup_text(item);
    }
    evidence.remove_prefix(std::min(end + 2, evidence.size()));
  }
  return html;
}

std::string causes(const RunResult& run) {
  const std::vector<CauseSummary> met = causes_met(run);
  if (met.empty()) return {};
  std::string html = fmt::format(
      "<section aria-labelledby=\"causes\"><h2 id=\"causes\">{} distinct cause{}</h2>\n"
      "<ul class=\"causes\">\n",
      met.size(), met.size() == 1 ? "" : "s");
  for (const CauseSummary& summary : met) {
    const Cause* known = find_cause(summary.slug);
    html += fmt::format("<li><h3>{}</h3>", markup_text(summary.slug));
    if (known != nullptr) {
      html += fmt::format("<p>{}</p><p><b>Usual fix:</b> {}</p><p class=\"quiet\">Seen in {}</p>",
                          markup_text(known->what), markup_text(known->fix),
                          evidence_links(known->evidence));
    }
    html += "<p class=\"quiet\">Here:";
    for (const std::string_view id : summary.checks) {
      html += fmt::format(" <a href=\"#{}\">{}</a>", anchor(id), markup_text(id));
    }
    html += "</p></li>\n";
  }
  return html + "</ul></section>\n";
}

std::string failure_section(const Failure& failure) {
  return fmt::format(
      "<h4>at {} <span class=\"cause\">{}</span></h4>\n<dl class=\"versus\"><div><dt>Expected</dt>"
      "<dd>{}</dd></div><div><dt>Actual</dt><dd>{}</dd></div></dl>\n{}",
      markup_text(failure.point), markup_text(failure.cause),
      markup_text(failure.violation.expected), markup_text(failure.violation.actual),
      swim_lanes(failure));
}

std::string extent(const CheckResult& check) {
  if (check.points_total == 0) return {};
  return fmt::format("{}/{} {}", check.points_run, check.points_total, check.unit);
}

std::string check_section(const RunResult& run, const CheckResult& check, bool open) {
  std::string said = headline(check);
  if (said.empty()) said = extent(check);
  std::string html = fmt::format(
      "<details class=\"check\" id=\"{}\" data-verdict=\"{}\"{}><summary>{}<b>{}</b>"
      "<span class=\"said\">{}</span></summary>\n<div class=\"body\"><dl class=\"facts\">",
      anchor(check.id), markup_attribute(to_string(check.verdict)), open ? " open" : "",
      verdict_badge(to_string(check.verdict)), markup_text(check.id), markup_text(said));
  html += fact("when", check.check->when) + fact(to_string(check.level), check.check->must) +
          fact("because", check.check->because) + fact("extent", extent(check)) +
          fact("reason", check.reason);
  for (const std::string& note : check.notes) html += fact("note", note);
  html += "</dl>\n";
  for (const Failure& failure : check.failures) html += failure_section(failure);
  for (const Failure& warning : check.warnings) html += failure_section(warning);
  return html + "<h4>Reproduce</h4>\n" + command_to_copy(replay_command(run, check)) +
         "</div></details>\n";
}

std::vector<std::string> verdicts_met(const RunResult& run) {
  std::vector<std::string> met;
  for (const CheckResult& check : run.checks) {
    const std::string verdict(to_string(check.verdict));
    if (std::find(met.begin(), met.end(), verdict) == met.end()) met.push_back(verdict);
  }
  return met;
}

std::string checks(const RunResult& run) {
  std::string html = "<section aria-labelledby=\"checks\"><h2 id=\"checks\">Checks</h2>\n" +
                     filter_buttons("verdict", verdicts_met(run));
  bool first_failure = true;  // shown open: it is what the reader came for
  for (const std::string_view family : families_met(run)) {
    html += fmt::format("<section class=\"group\"><h3 id=\"family-{}\">{}</h3>\n",
                        markup_attribute(family), markup_text(family));
    for (const CheckResult& check : run.checks) {
      if (family_of(check.id) != family) continue;
      const bool open = first_failure && is_failure(check.verdict);
      if (open) first_failure = false;
      html += check_section(run, check, open);
    }
    html += "</section>\n";
  }
  return html + "</section>\n";
}

}  // namespace

std::string to_html(const RunResult& run) {
  std::string html = page_begin(fmt::format("e3: {}", run.target)) + header(run);
  if (!run.checks.empty()) html += families(run) + causes(run) + checks(run);
  return html + page_end();
}

}  // namespace e3::report
