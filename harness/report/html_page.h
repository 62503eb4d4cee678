// SPDX-License-Identifier: MIT
// What all our HTML pages share: one self-contained file that asks the network for nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace e3::report {

// Everything up to and including <main>; the title is plain text.
std::string page_begin(std::string_view title);
std::string page_end();

// "PASS" as a coloured label.
std::string verdict_badge(std::string_view verdict);
// The colour class of a verdict: pass, warn, fail, error or skip.
std::string_view tone_of_verdict(std::string_view verdict);

// One part of a bar that shows how many of what.
struct Share {
  std::string_view tone;
  std::string_view label;
  std::size_t count = 0;
};
std::string share_bar(const std::vector<Share>& shares);
// The same as text, with a key to the colours.
std::string share_legend(const std::vector<Share>& shares);

// Buttons that show and hide the elements whose data-`attribute` is one of `values`.
std::string filter_buttons(std::string_view attribute, const std::vector<std::string>& values);

// A command with a button that copies it.
std::string command_to_copy(std::string_view command);

// An id as the name of an anchor.
std::string anchor(std::string_view id);

}  // namespace e3::report
