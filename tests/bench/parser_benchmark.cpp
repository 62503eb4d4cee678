// SPDX-License-Identifier: MIT
// Time per request head, by the size of the reads it arrives in. For figures that do not depend on
// the machine see bench.py.
#include <benchmark/benchmark.h>

#include "browser_request.h"
#include "e3/server/request_accumulator.h"
#include "e3/server/request_parser.h"
#include "e3/server/response.h"

namespace {

using e3::bench::kBrowserRequest;

void find_and_parse_head(benchmark::State& state) {
  const auto read_size = static_cast<std::size_t>(state.range(0));
  e3::server::RequestAccumulator accumulator(4096);
  e3::server::Request request;
  for (auto _ : state) {
    for (std::string_view rest = kBrowserRequest; !rest.empty();) {
      const auto result = accumulator.feed(rest.substr(0, read_size));
      rest.remove_prefix(result.consumed);
      if (result.state != e3::server::RequestAccumulator::State::kComplete) continue;
      benchmark::DoNotOptimize(e3::server::parse_request(result.head, {}, request));
    }
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(kBrowserRequest.size()));
}
BENCHMARK(find_and_parse_head)->Arg(1)->Arg(100)->Arg(703);

void write_response(benchmark::State& state) {
  const e3::server::ResponseWriter writer("Mon, 01 Jan 1996 01:01:01 GMT");
  std::string out;
  for (auto _ : state) {
    out.clear();
    writer.append(out, e3::server::Status::kOk, "hello", {});
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(write_response);

}  // namespace

BENCHMARK_MAIN();
