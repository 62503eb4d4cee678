// SPDX-License-Identifier: MIT
// Parses one request over and over, for an instruction counter to watch.
#include <cstdio>
#include <string_view>

#include "e3/server/request_accumulator.h"
#include "e3/server/request_parser.h"
#include "load_arguments.h"

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
  const e3::bench::LoadArguments load = e3::bench::read_load_arguments(argc, argv);
  RequestAccumulator accumulator(load.text.size() + 1);
  e3::server::Request request;
  for (unsigned long left = load.times; left != 0; --left) {
    if (!read_request(load.text, load.read_size, accumulator, request)) return 1;
  }
  return 0;
}
