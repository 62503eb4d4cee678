// SPDX-License-Identifier: MIT
#include "harness/report/timeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace e3::report {
namespace {

// Wider entries push what is right of them out of line, rather than the whole table apart.
constexpr std::size_t kColumnMax = 56;

struct Row {
  std::string_view time;
  std::string peer;
  std::string_view call;
  std::string_view result;
};

std::string_view take_word(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  const std::string_view word = text.substr(0, text.find(' '));
  text.remove_prefix(word.size());
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  return word;
}

Row row_of(std::string_view line) {
  Row row;
  row.time = take_word(line);
  const std::string_view actor = take_word(line);
  if (actor != "target") {
    row.peer = fmt::format("{} {}", actor, line);
    return row;
  }
  const std::size_t equals = line.find(") = ");
  row.call = equals == line.npos ? line : line.substr(0, equals + 1);
  if (equals != line.npos) row.result = line.substr(equals + 4);
  return row;
}

}  // namespace

std::string timeline(const std::vector<std::string>& lines) {
  std::vector<Row> rows{{.time = "time", .peer = "peers", .call = "server", .result = "result"}};
  for (const std::string& line : lines) rows.push_back(row_of(line));
  std::size_t peers = 0;
  std::size_t calls = 0;
  for (const Row& row : rows) {
    peers = std::max(peers, std::min(row.peer.size(), kColumnMax));
    calls = std::max(calls, std::min(row.call.size(), kColumnMax));
  }
  std::string text;
  for (const Row& row : rows) {
    std::string line = fmt::format("{:>10}  {:<{}}  {:<{}}  {}", row.time, row.peer, peers,
                                   row.call, calls, row.result);
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

}  // namespace e3::report
