// SPDX-License-Identifier: MIT
// The groups of questions that a probe asks; each adds its facts to the list.
#pragma once

#include <optional>
#include <vector>

#include "harness/checks/http_traits.h"
#include "harness/checks/session.h"
#include "harness/probe/probe.h"

namespace e3::probe {

// What the server answered to the first questions, for those that follow.
struct Known {
  Session* session;
  std::optional<HttpTraits> http;  // set when it answers HTTP/1.1 requests
};

Fact yes_or_no(std::string_view key, std::string_view label, bool value);

void ask_about_http(Known& known, std::vector<Fact>& facts);
void ask_for_limits(const Known& known, std::vector<Fact>& facts);
void ask_for_time_outs(const Known& known, const Options& options, std::vector<Fact>& facts);

}  // namespace e3::probe
