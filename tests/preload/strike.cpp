// SPDX-License-Identifier: MIT
// A library to preload into odd-server: strikes its calls, and shows that it is served all the
// same, that the transcript tells of the strikes, and that time is virtual. test_e3_preload.py runs
// it.
#include <fmt/format.h>

#include <cstdlib>
#include <exception>
#include <string>

#include "harness/preload/inside.h"
#include "harness/preload/preloaded_source.h"

namespace e3::preload {
namespace {

std::string answer_under(World& world, std::string_view fault) {
  world.inject(*parse_fault(fault));
  Peer peer = world.connect();
  peer.send("GET /abc HTTP/1.0\r\n\r\n");
  world.settle();
  peer.receive_to_end();
  world.clear_faults();
  return std::string(peer.received());
}

void strike(World& world) {
  for (const char* fault : {"recv conn short=1 always", "accept listener ECONNABORTED",
                            "epoll_wait EINTR", "recv conn ECONNRESET"}) {
    const std::size_t before = world.faults_struck();
    const std::string answer = answer_under(world, fault);
    fmt::print("{}: {} strikes, answer {}\n", fault, world.faults_struck() - before,
               quoted(answer.substr(answer.size() - std::min<std::size_t>(answer.size(), 4))));
  }
  for (const std::string& line : world.transcript().lines()) fmt::print("{}\n", line);
  const VirtualTime began = world.now();
  world.advance(std::chrono::hours(1));
  fmt::print("{} s later\n",
             std::chrono::duration_cast<std::chrono::seconds>(world.now() - began).count());
}

}  // namespace

void run_inside(const ProgramMain& program) {
  try {
    Transcript transcript;
    PreloadedSource source(program, 42, 8080, transcript,
                           [](const char* call) { fmt::print("not modelled: {}\n", call); });
    strike(source.world());
  } catch (const std::exception& error) {
    fmt::print("{}\n", error.what());
  }
  std::fflush(stdout);
  std::_Exit(EXIT_SUCCESS);
}

}  // namespace e3::preload
