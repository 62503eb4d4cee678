// SPDX-License-Identifier: MIT
// Profiles, as users write them: a text is refused with its place, or gives a profile that asks
// something; and an answer that was cut anywhere is, masked, the beginning of the whole one.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "finding.h"
#include "harness/checks/profile.h"
#include "harness/checks/toml_table.h"

namespace {

constexpr std::size_t kCutsMax = 128;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using e3::fuzz::require;
  // The answer stands behind the first NUL, which no TOML text holds.
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t end = std::min(input.find('\0'), input.size());
  const std::string_view answer = input.substr(std::min(end + 1, input.size()));
  try {
    const e3::Profile profile = e3::parse_profile(input.substr(0, end), "profile.toml");
    require(!profile.request.empty() && !profile.large_request.empty(), "a request is empty");
    for (const e3::Mask& mask : profile.masks)
      require(!mask.after.empty(), "a mask matches always");
    const std::string whole = e3::masked(profile, answer);
    for (std::size_t cut = 0; cut < std::min(answer.size(), kCutsMax); ++cut) {
      const std::string beginning = e3::masked(profile, answer.substr(0, cut));
      require(whole.starts_with(beginning), "a cut answer differs from the whole", beginning);
    }
  } catch (const e3::ConfigurationError& error) {
    require(std::string_view(error.what()).starts_with("profile.toml:"), "a mistake has no place",
            error.what());
  }
  return 0;
}
