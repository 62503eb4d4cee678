// SPDX-License-Identifier: MIT
// The simulated kernel against the running one: a schedule of calls on AF_UNIX pairs or loopback
// TCP, made of both; every result, errno, byte and ordered list of events must be the same, by the
// rules of tests/differential: a difference counts only when it comes back in patient runs.
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>

#include "tests/differential/byte_form.h"
#include "tests/differential/comparison.h"
#include "tests/differential/private_network.h"

namespace {

using e3::differential::Comparison;
using e3::differential::Input;

// A namespace is replaced before its TIME_WAIT sockets come near the kernel's limit.
constexpr long kInputsPerNetwork = 20'000;

bool own_network = false;

// One world after the other: the kinds of sockets use the same descriptors.
class Parity {
 public:
  void check(const Input& input) {
    if (own_network && ++inputs_ % kInputsPerNetwork == 0)
      e3::differential::enter_private_network();
    const auto mismatch = (input.unix_sockets ? unix_ : tcp_).compare(input.schedule);
    if (!mismatch) return;
    fmt::print(stderr, "finding: the simulated kernel differs from Linux{}\n{}\n{}",
               input.unix_sockets ? " (AF_UNIX)" : "", print(mismatch->schedule), mismatch->report);
    std::abort();
  }

 private:
  Comparison unix_{true};
  Comparison tcp_{
      false, own_network ? e3::sim::KernelConfig{} : e3::differential::shared_network_choices()};
  long inputs_ = 0;
};

}  // namespace

// A process enters a network of its own only while it has one thread; the engines start theirs
// later.
extern "C" int LLVMFuzzerInitialize(int* /*count*/, char*** /*arguments*/) {
  own_network = e3::differential::enter_private_network();
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static auto& parity = *new Parity;
  parity.check(e3::differential::decode({data, size}));
  return 0;
}
