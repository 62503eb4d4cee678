// SPDX-License-Identifier: MIT
// clang-format off
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "harness/world/engines/in_process_source.h"

e3::InProcessTarget target_under_test();

namespace {

using namespace std::string_view_literals;

TEST(Scenario, golden_snippet) {
  e3::Transcript transcript;
  e3::InProcessSource source(target_under_test(), e3::InProcessEngine::kSim, /*seed=*/42,
                             transcript);
  const auto undisturbed = [&](std::string_view request, bool half_closes) {
    source.renew();
    e3::Peer peer = source.world().connect();
    peer.send(request);
    if (half_closes) peer.shutdown_write();
    peer.receive_to_end();
    return peer.received();
  };
  const std::string wanted_by_peer1 = undisturbed("GET /\"e3\" HTTP/1.0\r\n\r\n"sv, false);
  const std::string wanted_by_peer2_again2 = undisturbed(""sv, true);
  source.renew();
  e3::World& world = source.world();
  world.inject(*e3::parse_fault("epoll_wait epoll EINTR"));
  e3::Peer peer1 = world.connect();
  peer1.send("GET /\"e3\" HTTP/1.0\r\n\r"sv);
  e3::Peer peer2 = world.connect({.tiny_buffers = true});
  peer2.send("GET /\3771"sv);
  world.settle();
  peer1.send("\n"sv);
  peer2.receive_up_to(peer2.received().size() + 16);
  world.advance(std::chrono::milliseconds(250));
  peer1.receive_to_end();
  peer2.reset();
  e3::Peer peer2_again2 = world.connect();
  peer2_again2.shutdown_write();
  e3::Peer peer3 = world.connect();
  peer3.send("GET / HTTP/1.0\r\n\r\n"sv);
  peer3.receive_to_end();
  peer3.close();
  peer1.receive_to_end();
  peer2_again2.receive_to_end();
  EXPECT_EQ(peer1.received(), wanted_by_peer1);
  EXPECT_EQ(peer2_again2.received(), wanted_by_peer2_again2);
  const e3::Health health = world.health();
  EXPECT_EQ(health.death.value_or("alive"), "alive");
  EXPECT_EQ(health.spin.value_or("quiet"), "quiet");
  EXPECT_TRUE(health.misuse.empty());
}

}  // namespace
