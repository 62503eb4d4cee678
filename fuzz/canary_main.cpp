// SPDX-License-Identifier: MIT
// e3 around the canary, so that what the fuzzer finds in it can be replayed on every engine:
//   e3-canary replay FILE [--engine socketpair]
//   e3-canary replay FILE --spawn 'e3-canary serve {port}'
#include <charconv>
#include <cstdio>
#include <string_view>

#include "canary_server.h"
#include "harness/cli/command_line.h"

int main(int argc, char** argv) {
  if (argc == 3 && std::string_view(argv[1]) == "serve") {
    const std::string_view text = argv[2];
    std::uint16_t port = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), port);
    if (parsed.ec == std::errc() && parsed.ptr == text.data() + text.size()) {
      e3::fuzz::serve_canary(port);
      return 1;
    }
    std::fprintf(stderr, "e3-canary: %s is no port\n", argv[2]);
    return 2;
  }
  return e3::cli::run_command_line(argc, argv, [](std::string_view) {
    e3::InProcessTarget target;
    target.name = "canary";
    target.serve = [] { e3::fuzz::serve_canary(8080); };
    return target;
  });
}
