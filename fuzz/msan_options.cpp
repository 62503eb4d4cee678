// SPDX-License-Identifier: MIT
// MemorySanitizer's settings, where the environment has no others, for what reads the text of
// exceptions: libstdc++.so has written it, and strlen() would say that nobody has.
extern "C" const char* __msan_default_options();  // NOLINT(bugprone-reserved-identifier)
extern "C" const char* __msan_default_options() { return "intercept_strlen=0"; }
