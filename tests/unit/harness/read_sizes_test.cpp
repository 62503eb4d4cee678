// SPDX-License-Identifier: MIT
// Requests of sizes and in numbers that the known-bad servers, which answer one each, do not see.
#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <string>

#include "harness/checks/catalogue.h"
#include "in_process_world_fixture.h"
#include "run_in_process.h"

namespace e3 {
namespace {

struct Slip {
  std::size_t requests_per_read = SIZE_MAX;  // the rest is looked at when more comes
  bool keeps_position = false;               // searches what is left from where it had stopped
  std::size_t odd_size = 0;                  // a request that just fills this is never found whole
  std::size_t longest = SIZE_MAX;            // of a line that is longer the rest is thrown away
};

// Answers each line, of whatever length, with "ok".
class LineServer {
 public:
  explicit LineServer(Slip slip) : slip_(slip) {}

  void run() {
    serve_connections_with([this](int connection) { serve(connection); });
  }

 private:
  void serve(int fd) {
    std::string& input = inputs_[fd];
    std::string bytes(200'000, '\0');
    const ssize_t got = ::recv(fd, bytes.data(), bytes.size(), 0);
    if (got <= 0) {
      ::close(fd);
      inputs_.erase(fd);
      positions_.erase(fd);
      return;
    }
    if (static_cast<std::size_t>(got) == slip_.odd_size) return;
    input.append(bytes, 0, static_cast<std::size_t>(got));
    if (input.size() > slip_.longest && input.find('\n') == input.npos) input.resize(1);
    for (std::size_t i = 0; i < slip_.requests_per_read; ++i) {
      const std::size_t end = input.find('\n', positions_[fd]);
      if (end == input.npos) return;
      input.erase(0, end + 1);
      positions_[fd] = slip_.keeps_position && !input.empty() ? end : 0;
      ::send(fd, "ok\n", 3, MSG_NOSIGNAL);
    }
  }

  Slip slip_;
  std::map<int, std::string> inputs_;
  std::map<int, std::size_t> positions_;
};

// "passes", or where it fails.
std::string outcome(Slip slip, std::string_view check, std::size_t request_size = 2) {
  Profile profile;
  profile.name = "lines";
  profile.request = std::string(request_size - 1, 'x') + "\n";
  profile.answer_end = "\n";
  profile.large_request = profile.request;
  profile.pad_at = 1;
  profile.answers_alike = true;
  const RunResult result = run_in_process([slip] { LineServer(slip).run(); }, {find_check(check)},
                                          InProcessEngine::kSim, profile);
  const CheckResult& only = result.checks.at(0);
  if (only.verdict == Verdict::kPass) return "passes";
  return only.failures.empty() ? only.reason : only.failures.front().point;
}

TEST(ReadSizes, ManyRequestsMayComeInOneSegment) {
  EXPECT_EQ(outcome({}, "read.coalesced"), "passes");
  EXPECT_EQ(outcome({.requests_per_read = 1}, "read.coalesced"), "first segment of size 4");
  EXPECT_EQ(outcome({.requests_per_read = 2}, "read.coalesced"), "first segment of size 6");
  EXPECT_EQ(outcome({.requests_per_read = 4}, "read.coalesced"), "first segment of size 32");
}

TEST(ReadSizes, AShorterRequestMayFollowInTheSameSegment) {
  EXPECT_EQ(outcome({.keeps_position = true}, "read.coalesced"), "first segment of size 9");
}

TEST(ReadSizes, BuffersMayBeLarge) {
  EXPECT_EQ(outcome({}, "read.buffer-edge"), "passes");
  EXPECT_EQ(outcome({}, "read.edge-drain"), "passes");
  for (const std::size_t size : {512U, 32768U, 65536U}) {
    EXPECT_EQ(outcome({.odd_size = size}, "read.buffer-edge"),
              "request of size " + std::to_string(size));
  }
}

TEST(ReadSizes, TheProfilesRequestMayBeLonger) {
  EXPECT_EQ(outcome({}, "read.edge-drain", 5000), "passes");
  EXPECT_EQ(outcome({}, "read.buffer-edge", 5000), "passes");
  EXPECT_EQ(outcome({}, "read.edge-drain", 120'000), "passes");
  EXPECT_EQ(outcome({}, "read.buffer-edge", 120'000), "the request is longer than common buffers");
  EXPECT_EQ(outcome({}, "read.split.every-offset", 120'000), "passes");
  EXPECT_EQ(outcome({}, "read.split.three-fragments", 120'000), "passes");
}

TEST(ReadSizes, AnEndlessLineMayBeReadByWhoKeepsNoneOfIt) {
  EXPECT_EQ(outcome({.longest = 1 << 20}, "read.endless"), "passes");
  EXPECT_EQ(outcome({}, "read.endless"), "bytes: 16777216");
}

}  // namespace
}  // namespace e3
