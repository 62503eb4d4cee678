// SPDX-License-Identifier: MIT
// e3 around the known-bad server instead of the shipped one: the same command line, in process.
#include "harness/cli/command_line.h"
#include "known_bad_server.h"

namespace {

e3::InProcessTarget known_bad(std::string_view /*profile*/) {
  e3::InProcessTarget target;
  target.name = "e3-known-bad-server";
  target.serve = [] {
    char name[] = "e3-known-bad-server";
    char* arguments[] = {name, nullptr};
    e3::mutants::known_bad_main(1, arguments);
  };
  return target;
}

}  // namespace

int main(int argc, char** argv) { return e3::cli::run_command_line(argc, argv, known_bad); }
