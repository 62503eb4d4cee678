// SPDX-License-Identifier: MIT
// The spelling for fuzzers. A byte below 0x80 is payload of the current peer, a byte from 0x80 up
// is one step, so that a plain request is a scenario, one inserted byte a fragment boundary, and no
// edit breaks what follows it. Every byte string decodes.
//
// The codes are frozen: corpora are made of them. tests/unit/harness/byte_form_test.cpp holds each;
// a new step takes an unused code.
#pragma once

#include <string>
#include <string_view>

#include "harness/scenario/step.h"

namespace e3::scenario {

// decode(encode(s)) == s for every scenario within the limits of step.h.
std::string encode(const Scenario& scenario);

// Replaces `scenario`, whose memory is used again. Codes without a meaning are skipped, amounts out
// of range are cut down to it.
void decode(std::string_view bytes, Scenario& scenario);
Scenario decode(std::string_view bytes);

}  // namespace e3::scenario
