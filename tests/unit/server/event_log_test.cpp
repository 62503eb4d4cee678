// SPDX-License-Identifier: MIT
#include "e3/server/event_log.h"

#include <gtest/gtest.h>

namespace e3::server {
namespace {

TEST(EventLog, KeepsAClientFromForgingALine) {
  EXPECT_EQ(quoted("/abc"), "\"/abc\"");
  EXPECT_EQ(quoted("\" event=close\n"), "\"\\\" event=close\\x0a\"");
  EXPECT_EQ(quoted("\\\xff\x7f"), "\"\\\\\\xff\\x7f\"");
}

}  // namespace
}  // namespace e3::server
