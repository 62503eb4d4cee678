// SPDX-License-Identifier: MIT
// When the program dies, e3 is told what it did last: at a signal, at an error that a sanitizer
// reports, at exit(3).
#pragma once

#include <functional>

namespace e3::preload {

// `speak` is called once, before the process ends. A signal that the program handles by itself is
// left to it. Call once.
void prepare_last_words(std::function<void()> speak);
// The end that is about to come is no death.
void forget_last_words();

}  // namespace e3::preload
