// SPDX-License-Identifier: MIT
// Linked with a fuzz target, makes libFuzzer run the inputs of the corpus again and again as they
// are: what an execution costs then depends on the seeds alone. fuzzing.py counts.
#include <cstddef>
#include <cstdint>

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* /*data*/, std::size_t size,
                                               std::size_t /*max_size*/, unsigned /*seed*/) {
  return size;
}
