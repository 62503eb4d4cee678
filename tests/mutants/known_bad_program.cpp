// SPDX-License-Identifier: MIT
// e3-known-bad-server: known_bad_main as a program. An exception that escapes kills it, as meant.
#include "known_bad_server.h"

int main(int argc, char** argv) { return e3::mutants::known_bad_main(argc, argv); }
