// SPDX-License-Identifier: MIT
#include "harness/report/swim_lanes.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/report/escape.h"

namespace e3::report {
namespace {

constexpr std::size_t kLongestFold = 6;  // moments in one round of a loop
constexpr std::size_t kFewestRounds = 3;
// Lanes beyond these share the last peer's lane: a burst has more peers than a screen has room.
constexpr std::size_t kPeerLanes = 6;
constexpr std::string_view kTarget = "target";

bool same(const Moment& a, const Moment& b) { return a.actor == b.actor && a.what == b.what; }

std::size_t rounds(const std::vector<Moment>& moments, std::size_t first, std::size_t length) {
  std::size_t end = first + length;
  while (end < moments.size() && same(moments[end], moments[end - length])) ++end;
  return (end - first) / length;
}

// Towards the server, towards the peer, or neither.
enum class Direction { kNone, kToServer, kToPeer };

Direction direction_of(const Moment& moment) {
  if (moment.actor == kTarget) return Direction::kNone;
  const bool arrives = moment.what.starts_with("receives") || moment.what.starts_with("sees");
  return arrives ? Direction::kToPeer : Direction::kToServer;
}

std::string_view tone_of(const Moment& moment) {
  const auto has = [&](std::string_view part) {
    return moment.what.find(part) != moment.what.npos;
  };
  if (has("dies") || has("= -1 EPIPE") || has("ECONNRESET") || has("resets") || has("EBADF")) {
    return " bad";
  }
  if (has("= -1 ")) return " refused";
  return moment.bytes.empty() ? "" : " data";
}

class Picture {
 public:
  explicit Picture(const Failure& failure) : failure_(&failure) {
    for (const std::string& line : failure.transcript) moments_.push_back(moment_of(line));
    for (const Moment& moment : moments_) {
      const bool known = std::find(peers_.begin(), peers_.end(), moment.actor) != peers_.end();
      if (moment.actor != kTarget && !known) peers_.push_back(moment.actor);
    }
    lanes_ = std::min(peers_.size(), kPeerLanes) + 1;
  }

  std::string draw() const {
    std::string html = fmt::format(
        "<div class=\"lanes\" role=\"region\" tabindex=\"0\" aria-label=\"{}\">"
        "<table style=\"--lanes:{}\"><thead><tr><th scope=\"col\">time</th>",
        markup_attribute(fmt::format("What happened up to {}", failure_->point)), lanes_);
    for (std::size_t lane = 0; lane + 1 < lanes_; ++lane) {
      const bool shared = lane + 2 == lanes_ && peers_.size() > kPeerLanes;
      html += fmt::format("<th scope=\"col\">{}{}</th>", markup_text(peers_[lane]),
                          shared ? fmt::format(" and {} more", peers_.size() - kPeerLanes) : "");
    }
    html += "<th scope=\"col\" class=\"server\">server</th></tr></thead><tbody>\n";
    for (const Stretch& stretch : folded(moments_)) html += rows(stretch);
    return html + verdict_row() + "</tbody></table></div>\n";
  }

 private:
  std::size_t lane_of(const Moment& moment) const {
    if (moment.actor == kTarget) return lanes_ - 1;
    const auto found = std::find(peers_.begin(), peers_.end(), moment.actor);
    return std::min(static_cast<std::size_t>(found - peers_.begin()), kPeerLanes - 1);
  }

  std::string event(const Moment& moment) const {
    std::string_view verb = moment.what;
    if (!moment.bytes.empty()) verb = verb.substr(0, verb.find(moment.bytes));
    const bool shared = peers_.size() > kPeerLanes && moment.actor != kTarget;
    const std::string who = shared ? std::string(moment.actor) + " " : "";
    std::string html = fmt::format("<span class=\"event{}\"", tone_of(moment));
    if (!moment.bytes.empty()) {
      const std::string all = fmt::format("{} {}", moment.actor, moment.what);
      html +=
          fmt::format(" tabindex=\"0\" title=\"{0}\" data-bytes=\"{0}\"", markup_attribute(all));
    }
    html += fmt::format("><b>{}</b>", markup_text(who + std::string(verb)));
    if (!moment.bytes.empty()) html += fmt::format("<code>{}</code>", markup_text(moment.bytes));
    return html + "</span>";
  }

  std::string row(const Moment& moment, std::string_view kind) const {
    const std::size_t lane = lane_of(moment);
    const Direction direction = direction_of(moment);
    const std::string_view arrow = direction == Direction::kToServer ? "right"
                                   : direction == Direction::kToPeer ? "left"
                                                                     : "";
    std::string html =
        fmt::format("<tr{}><td class=\"time\">{}</td>", kind, markup_text(moment.time));
    for (std::size_t i = 0; i < lanes_; ++i) {
      const bool crossed = !arrow.empty() && i > lane;
      const std::string_view server = i + 1 == lanes_ ? " server" : "";
      if (i == lane) {
        html += fmt::format("<td class=\"{}{}\">{}</td>", arrow.empty() ? "" : "from", server,
                            event(moment));
      } else {
        html += fmt::format("<td class=\"{}{}\"></td>", crossed ? arrow : "", server);
      }
    }
    return html + "</tr>\n";
  }

  std::string rows(const Stretch& stretch) const {
    std::string html;
    const std::string_view kind = stretch.times > 1 ? " class=\"loop\"" : "";
    for (std::size_t i = 0; i < stretch.length; ++i) {
      html += row(moments_[stretch.first + i], kind);
    }
    if (stretch.times == 1) return html;
    const std::size_t last = stretch.first + stretch.length * stretch.times - 1;
    return html + fmt::format(
                      "<tr class=\"again\"><td class=\"time\">{}</td>"
                      "<td colspan=\"{}\">&#x21bb; the same {} times in all</td></tr>\n",
                      markup_text(moments_[last].time), lanes_, stretch.times);
  }

  std::string verdict_row() const {
    return fmt::format(
        "<tr class=\"moment\"><td class=\"time\">&#x2717;</td><td colspan=\"{}\">"
        "<b>Here it fails.</b> Expected {}; got {}</td></tr>\n",
        lanes_, markup_text(failure_->violation.expected), markup_text(failure_->violation.actual));
  }

  const Failure* failure_;
  std::vector<Moment> moments_;
  std::vector<std::string_view> peers_;
  std::size_t lanes_ = 1;
};

}  // namespace

Moment moment_of(std::string_view line) {
  const std::size_t time = line.find_first_not_of(' ');
  const std::size_t time_end = line.find("  ", time == line.npos ? 0 : time);
  if (time == line.npos || time_end == line.npos) return {{}, kTarget, line, {}};
  const std::size_t actor_end = line.find(' ', time_end + 2);
  const std::size_t what = line.find_first_not_of(' ', actor_end == line.npos ? 0 : actor_end);
  if (actor_end == line.npos || what == line.npos) return {{}, kTarget, line, {}};
  Moment moment{.time = line.substr(time, time_end - time),
                .actor = line.substr(time_end + 2, actor_end - time_end - 2),
                .what = line.substr(what),
                .bytes = {}};
  const std::size_t quote = moment.what.find('"');
  if (quote != line.npos) moment.bytes = moment.what.substr(quote);
  return moment;
}

std::vector<Stretch> folded(const std::vector<Moment>& moments) {
  std::vector<Stretch> stretches;
  std::size_t at = 0;
  while (at < moments.size()) {
    Stretch next{.first = at};
    for (std::size_t length = 1; length <= kLongestFold && next.times == 1; ++length) {
      const std::size_t times = rounds(moments, at, length);
      if (times >= kFewestRounds) next = {.first = at, .length = length, .times = times};
    }
    stretches.push_back(next);
    at += next.length * next.times;
  }
  return stretches;
}

std::string swim_lanes(const Failure& failure) { return Picture(failure).draw(); }

}  // namespace e3::report
