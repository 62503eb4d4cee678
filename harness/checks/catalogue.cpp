// SPDX-License-Identifier: MIT
#include "harness/checks/catalogue.h"

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

}  // namespace

std::vector<const Check*> all_checks() {
  std::vector<const Check*> all;
  for (const auto family :
       {accept_checks(), read_checks(), write_checks(), hangup_checks(), http_checks()}) {
    for (const Check& check : family) all.push_back(&check);
  }
  return all;
}

const Check* find_check(std::string_view id) {
  for (const Check* check : all_checks()) {
    if (check->id == id) return check;
  }
  return nullptr;
}

bool selects(std::string_view word, std::string_view id) {
  if (word.find('*') != std::string_view::npos) return matches_glob(word, id);
  return id == word || (id.starts_with(word) && id[word.size()] == '.');
}

}  // namespace e3
