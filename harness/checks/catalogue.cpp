// SPDX-License-Identifier: MIT
#include "harness/checks/catalogue.h"

#include <initializer_list>

namespace e3 {
namespace {

// '*' stands for any characters, also none. Linear in the length of the id.
bool matches_glob(std::string_view glob, std::string_view text) {
  std::size_t g = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t resume = 0;
  while (t < text.size()) {
    if (g < glob.size() && glob[g] == '*') {
      star = g++;
      resume = t;
    } else if (g < glob.size() && glob[g] == text[t]) {
      ++g;
      ++t;
    } else if (star != std::string_view::npos) {
      g = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (g < glob.size() && glob[g] == '*') ++g;
  return g == glob.size();
}

std::vector<const Check*> joined(std::initializer_list<std::span<const Check>> families) {
  std::vector<const Check*> all;
  for (const auto family : families) {
    for (const Check& check : family) all.push_back(&check);
  }
  return all;
}

}  // namespace

std::vector<const Check*> base_checks() {
  return joined({accept_checks(), accept_error_checks(), read_checks(), read_size_checks(),
                 read_error_checks(), write_checks(), write_error_checks(), hangup_checks(),
                 closing_checks(), close_error_checks(), event_checks(), time_checks(),
                 timer_checks(), isolation_checks(), process_checks(), http_checks()});
}

std::vector<const Check*> http_message_checks() {
  return joined({http_request_line_checks(), http_field_checks(), http_content_length_checks(),
                 http_chunked_checks(), http_answer_checks(), http_connection_checks(),
                 http_pipeline_checks(), http_expect_checks()});
}

std::vector<const Check*> all_checks() {
  std::vector<const Check*> all = base_checks();
  for (const auto& more : {joined({reuse_checks()}), http_message_checks()}) {
    all.insert(all.end(), more.begin(), more.end());
  }
  return all;
}

std::vector<CheckCase> cases_of(const Check& check) {
  std::vector<CheckCase> cases{{&check, 0}};
  for (std::size_t i = 1; i < check.variant_count; ++i) cases.push_back({&check, i});
  return cases;
}

std::string id_of(const CheckCase& which) {
  std::string id(which.check->id);
  if (which.check->variant_count == 0) return id;
  return id.append("[").append(which.check->variant(which.variant).name).append("]");
}

Level level_of(const CheckCase& which) {
  if (which.check->variant_count == 0) return which.check->level;
  return which.check->variant(which.variant).level;
}

std::string_view reference_of(const CheckCase& which) {
  if (which.check->variant_count == 0) return {};
  return which.check->variant(which.variant).reference;
}

const Check* find_check(std::string_view id) {
  for (const Check* check : all_checks()) {
    if (check->id == id) return check;
  }
  return nullptr;
}

bool selects(std::string_view word, std::string_view id) {
  if (word.find('*') != std::string_view::npos) return matches_glob(word, id);
  return id == word || (id.starts_with(word) && (id[word.size()] == '.' || id[word.size()] == '['));
}

}  // namespace e3
