// SPDX-License-Identifier: MIT
// What a peer says of its connection's end.
#include "harness/world/peer.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness/world/engines/in_process_source.h"

namespace e3 {
namespace {

// Reads one byte of each connection and aborts it.
void serve_by_aborting() {
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
  ::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address);
  ::listen(listener, 16);
  while (true) {
    const int connection = ::accept(listener, nullptr, nullptr);
    if (connection < 0) return;
    char byte = 0;
    ::recv(connection, &byte, 1, 0);
    const linger abort{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(connection, SOL_SOCKET, SO_LINGER, &abort, sizeof abort);
    ::close(connection);
  }
}

// The error is reported once. Where a send has taken it, the next read says "end of file".
TEST(Peer, RemembersTheResetThatASendWasTold) {
  InProcessTarget target;
  target.name = "aborts";
  target.serve = serve_by_aborting;
  Transcript transcript;
  InProcessSource source(target, InProcessEngine::kSim, 42, transcript);
  World& world = source.world();
  for (const bool sends_again : {false, true}) {
    Peer peer = world.connect();
    peer.send("x");
    world.settle();
    if (sends_again) {
      EXPECT_EQ(peer.send("y"), 0U);
    }
    peer.receive_to_end();
    EXPECT_EQ(peer.ending(), Ending::kReset) << sends_again;
  }
}

}  // namespace
}  // namespace e3
