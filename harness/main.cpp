// SPDX-License-Identifier: MIT
// The e3 program: the harness around the shipped server.
#include "harness/cli/command_line.h"
#include "harness/targets/shipped_server.h"

int main(int argc, char** argv) {
  return e3::cli::run_command_line(argc, argv, e3::targets::shipped_server);
}
