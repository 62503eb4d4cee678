/* SPDX-License-Identifier: MIT */
#include <e3/target.h>

#include "mutant_server.h"

static int turn(void) {
  while (mutant_turn(0) > 0) {
  }
  return -1;
}

const struct e3_adopt adopting_mutant = {mutant_open, mutant_adopt, turn, mutant_close};
