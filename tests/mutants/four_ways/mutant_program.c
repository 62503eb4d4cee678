/* SPDX-License-Identifier: MIT */
#include "mutant_server.h"

int main(int argc, char **argv) { return mutant_main(argc, argv); }
