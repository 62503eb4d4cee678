// SPDX-License-Identifier: MIT
// Parses one request over and over, for an instruction counter to watch: parser_load READ_SIZE
// TIMES [FIELD_BYTES]. READ_SIZE 0 is the whole request in one read; FIELD_BYTES replaces the
// browser's request by one with a single long field.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "browser_request.h"
#include "e3/server/request_accumulator.h"
#include "e3/server/request_parser.h"

namespace {

using e3::server::RequestAccumulator;

// As a connection does it: find the end of the head, then parse it once.
bool read_request(std::string_view bytes, std::size_t read_size, RequestAccumulator& accumulator,
                  e3::server::Request& request) {
  while (!bytes.empty()) {
    const RequestAccumulator::Result result = accumulator.feed(bytes.substr(0, read_size));
    bytes.remove_prefix(result.consumed);
    if (result.state == RequestAccumulator::State::kComplete) {
      return e3::server::parse_request(result.head, {}, request) == e3::server::Refusal::kNone;
    }
  }
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: parser_load READ_SIZE TIMES [FIELD_BYTES]\n");
    return 2;
  }
  std::string text(e3::bench::kBrowserRequest);
  if (argc > 3) {
    text = "GET / HTTP/1.1\r\nHost: t\r\nX: ";
    text += std::string(std::strtoul(argv[3], nullptr, 10), 'x') + "\r\n\r\n";
  }
  const std::size_t given_size = std::strtoul(argv[1], nullptr, 10);
  const std::size_t read_size = given_size == 0 ? text.size() : given_size;
  RequestAccumulator accumulator(text.size() + 1);
  e3::server::Request request;
  for (unsigned long left = std::strtoul(argv[2], nullptr, 10); left != 0; --left) {
    if (!read_request(text, read_size, accumulator, request)) return 1;
  }
  return 0;
}
