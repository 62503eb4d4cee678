// SPDX-License-Identifier: MIT
#include <e3/gtest.h>

extern "C" int table_server_main(int argc, char** argv);

static const char* const kArguments[] = {"8080"};
static const e3_target kServer = {.name = "table_server",
                                  .entry = table_server_main,
                                  .arguments = kArguments,
                                  .argument_count = 1,
                                  .adopt = nullptr};
E3_TEST_CHECKS(TableServer, kServer, "hello", "accept", "read", "write", "close");
