// SPDX-License-Identifier: MIT
// Strong definitions of the calls in calls.def, which win over libc's (and over the sanitizers'
// weak ones) in every program that links the harness. They cost one thread-local load when no
// target is running.
#pragma once

#include <chrono>
#include <functional>
#include <string_view>
#include <vector>

#include "harness/world/system_calls.h"

namespace e3::interpose {

// The kernel that answers calls on this thread from now on; null: the real one. Set while the
// target's fiber runs. The kernel itself runs with real calls.
void answer_with(SystemCalls* kernel);

// Calls `handler`, the target's, in the midst of a call that `kernel` answers: its own calls go to
// `kernel` too.
void run_within(const std::function<void()>& handler, SystemCalls& kernel);

// The same for the handler of a signal, which is raised.
void deliver(int signal, SystemCalls& kernel);

// SIGALRM belongs to whoever runs this process, as libFuzzer, for no target may set an alarm. From
// now on the handler that is set for it gets real calls, also when it strikes a running target:
// virtual time, compared with real time, would look like a hang. Does nothing where no handler is
// set.
void give_alarms_real_calls();

// A target that computes for ever makes no call at which its turn could be taken away. From now on
// it is taken away when there was none for `limit` of processor time, or up to twice as long. Takes
// SIGVTALRM and ITIMER_VIRTUAL for the whole process; false, and nothing done, where the signal is
// handled already.
bool limit_computing(std::chrono::milliseconds limit);

// A target has computed for that long: from now on a fifth is enough, so that a server which does
// so in each variant of a check does not cost minutes. From within the handler.
void limit_computing_more();

// A target that is linked in and calls exit() ends e3 with it. From now on that is told, and the
// exit status is 1 whatever the target's was.
void fail_at_exit();

// Nor does e3 live on when a signal ends such a target. From now on that is told, with what was
// under way (see now_running()) and how often the target has been started in this process. Where
// somebody handles the signal already, as a sanitizer does, it is left to them.
void tell_of_deaths();
// A check or scenario begins; only the first 95 bytes of its name are kept.
void now_running(std::string_view name);
void count_start();

// The names in calls.def, for the test that each is defined by the harness.
std::vector<std::string_view> call_names();

}  // namespace e3::interpose
