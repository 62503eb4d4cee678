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

// Reads one byte of each connection and ends it, politely or not.
void serve_by_ending(bool aborts) {
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
    const linger abort{.l_onoff = aborts ? 1 : 0, .l_linger = 0};
    ::setsockopt(connection, SOL_SOCKET, SO_LINGER, &abort, sizeof abort);
    ::close(connection);
  }
}

// What a peer sees that sends `after` once the server has ended the connection.
Ending ending_seen(bool aborts, const std::string& after) {
  InProcessTarget target;
  target.name = "ends";
  target.serve = [aborts] { serve_by_ending(aborts); };
  Transcript transcript;
  InProcessSource source(target, InProcessEngine::kSim, 42, transcript);
  Peer peer = source.world().connect();
  peer.send("x");
  source.world().settle();
  for (const char byte : after) {
    peer.send(std::string(1, byte));
    source.world().settle();
  }
  peer.receive_to_end();
  return peer.ending();
}

TEST(Peer, SeesHowTheServerEnded) {
  EXPECT_EQ(ending_seen(false, ""), Ending::kEof);
  EXPECT_EQ(ending_seen(true, ""), Ending::kReset);
}

// The error is reported once. Where a send has taken it, the next read says "end of file".
TEST(Peer, RemembersTheResetThatASendWasTold) {
  EXPECT_EQ(ending_seen(true, "y"), Ending::kReset);
  EXPECT_EQ(ending_seen(false, "y"), Ending::kEof);     // it brings a reset, of which nothing tells
  EXPECT_EQ(ending_seen(false, "yz"), Ending::kReset);  // EPIPE
}

}  // namespace
}  // namespace e3
