// SPDX-License-Identifier: MIT
// What the parser loads are told: READ_SIZE TIMES [FIELD_BYTES]. READ_SIZE 0 is the whole request
// in one read; FIELD_BYTES replaces the browser's request by one with a single long field.
#pragma once

#include <cstdlib>
#include <string>

#include "browser_request.h"

namespace e3::bench {

struct LoadArguments {
  std::string text;
  std::size_t read_size = 0;
  unsigned long times = 0;
};

// The caller has seen to it that there are at least two arguments.
inline LoadArguments read_load_arguments(int argc, char** argv) {
  LoadArguments result{.text = std::string(kBrowserRequest),
                       .read_size = std::strtoul(argv[1], nullptr, 10),
                       .times = std::strtoul(argv[2], nullptr, 10)};
  if (argc > 3) {
    result.text = "GET / HTTP/1.1\r\nHost: t\r\nX: ";
    result.text += std::string(std::strtoul(argv[3], nullptr, 10), 'x') + "\r\n\r\n";
  }
  if (result.read_size == 0) result.read_size = result.text.size();
  return result;
}

}  // namespace e3::bench
