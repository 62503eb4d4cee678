// SPDX-License-Identifier: MIT
#include <e3/target.h>

#include <optional>

#include "oneshot_server.h"

static std::optional<OneshotServer> server;

extern "C" const e3_adopt adopt_oneshot;
const e3_adopt adopt_oneshot = {
    .open = [] { return server.emplace().epoll(); },
    .adopt = [](int fd) { return server->adopt(fd), 0; },
    .turn = [] { return server->turn(), -1; },
    .close = [] { server.reset(); },
};
