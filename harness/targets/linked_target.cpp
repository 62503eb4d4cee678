// SPDX-License-Identifier: MIT
#include "harness/targets/linked_target.h"

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "harness/targets/adopting_server.h"

namespace e3::targets {
namespace {

void call_entry(const e3_target& target) {
  // Writable copies, as main() gets them.
  std::vector<std::string> words{target.name};
  for (std::size_t i = 0; i < target.argument_count; ++i) words.emplace_back(target.arguments[i]);
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const int status = target.entry(static_cast<int>(words.size()), argv.data());
  // Its return is its death; so tell what it returned.
  throw std::runtime_error(fmt::format("it returned {} from its entry function", status));
}

}  // namespace

InProcessTarget linked_target(const e3_target& target) {
  if ((target.entry == nullptr) == (target.adopt == nullptr)) {
    throw std::invalid_argument("an e3_target needs either entry or adopt");
  }
  InProcessTarget linked;
  linked.name = target.name;
  linked.serve = [&target] {
    if (target.adopt != nullptr) {
      serve_adopting(*target.adopt);
    } else {
      call_entry(target);
    }
  };
  return linked;
}

}  // namespace e3::targets
