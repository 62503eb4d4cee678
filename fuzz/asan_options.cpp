// SPDX-License-Identifier: MIT
// AddressSanitizer's settings where the environment has no others. What an input has freed is soon
// of no interest; kept in 256 MiB of ever new memory it costs a fifth of all executions.
extern "C" const char* __asan_default_options();  // NOLINT(bugprone-reserved-identifier)
extern "C" const char* __asan_default_options() { return "quarantine_size_mb=4"; }
