// SPDX-License-Identifier: MIT
// Rule 17 on the running kernel. The simulated one knows no signal handlers: there the world above
// it interrupts waits, and its tests show the rule.
#include <csignal>

#include "kernel_test.h"

namespace e3::kernel_rules {
namespace {

void do_nothing(int /*signal*/) {}

TEST_F(KernelTest, Rule17AHandlerEndsTheWaitWhateverSaRestartSays) {
  struct sigaction action {};
  action.sa_handler = do_nothing;
  action.sa_flags = SA_RESTART;
  sigaction(SIGUSR1, &action, nullptr);
  kernel.raise(SIGUSR1);  // pends: SIGUSR1 is blocked
  sigset_t none;
  sigemptyset(&none);
  epoll_event event{};
  EXPECT_EQ(::epoll_pwait(epoll(), &event, 1, -1, &none), -1);
  EXPECT_EQ(errno, EINTR);
}

}  // namespace
}  // namespace e3::kernel_rules
