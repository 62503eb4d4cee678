// SPDX-License-Identifier: MIT
// A length beyond the end of its buffer is found even when few bytes arrive, where a sanitizer
// knows how large the buffer is.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>

#include "harness/world/engines/in_process_source.h"
#include "harness/world/engines/sanitizer_memory.h"

namespace e3 {
namespace {

constexpr std::size_t kBuffer = 8;

// A blocking server that reads once, `claimed` bytes into a buffer of kBuffer.
std::vector<std::string> misuse_of_server_that_claims(std::size_t claimed) {
  Transcript transcript;
  InProcessTarget target;
  target.name = "claims";
  target.serve = [claimed] {
    const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
    ::listen(listener, 4);
    while (true) {
      const int connection = ::accept(listener, nullptr, nullptr);
      const auto buffer = std::make_unique<char[]>(kBuffer);
      volatile std::size_t length = claimed;  // the compiler must not see it
      static_cast<void>(::recv(connection, buffer.get(), length, 0));
      ::close(connection);
    }
  };
  InProcessSource source(target, InProcessEngine::kSim, 1, transcript);
  Peer peer = source.world().connect();
  peer.send("abc");
  return source.world().health().misuse;
}

TEST(ClaimedMemory, OverClaimedBuffersAreFound) {
  EXPECT_TRUE(misuse_of_server_that_claims(kBuffer).empty());
  if (!memory_is_known()) GTEST_SKIP() << "built without AddressSanitizer";
  const auto misuse = misuse_of_server_that_claims(kBuffer + 1);
  ASSERT_EQ(misuse.size(), 1U);
  EXPECT_EQ(misuse.front(), "recv() was given 9 bytes of memory, not all of which are there");
}

}  // namespace
}  // namespace e3
