// SPDX-License-Identifier: MIT
#include "harness/world/engines/tcp/command_words.h"

#include <fmt/format.h>
#include <wordexp.h>

#include <stdexcept>
#include <string_view>

namespace e3 {
namespace {

std::string with_port(std::string command, std::uint16_t port) {
  constexpr std::string_view kMark = "{port}";
  for (std::size_t at = command.find(kMark); at != std::string::npos; at = command.find(kMark)) {
    command.replace(at, kMark.size(), std::to_string(port));
  }
  return command;
}

std::vector<std::string> split_words(const std::string& command) {
  wordexp_t words{};
  const int failure = wordexp(command.c_str(), &words, WRDE_NOCMD | WRDE_UNDEF);
  if (failure != 0 || words.we_wordc == 0) {
    if (failure == 0 || failure == WRDE_NOSPACE) wordfree(&words);
    throw std::invalid_argument(fmt::format(
        "cannot split the command '{}' into words; for | ; & < > or $(...) write sh -c '...'",
        command));
  }
  std::vector<std::string> result(words.we_wordv, words.we_wordv + words.we_wordc);
  wordfree(&words);
  return result;
}

}  // namespace

std::vector<std::string> command_words(std::string command, std::uint16_t port) {
  return split_words(with_port(std::move(command), port));
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace e3
