// SPDX-License-Identifier: MIT
// A profile that is wrong about where its request can be made longer: no check passes by it.
#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <map>
#include <string>

#include "harness/checks/catalogue.h"
#include "in_process_world_fixture.h"
#include "run_in_process.h"

namespace e3 {
namespace {

// A request is a byte that counts the bytes behind it; it comes back as it is.
void echo_counted() {
  std::map<int, std::string> inputs;
  serve_with([&inputs](int epoll, int listener, const epoll_event& event) {
    const int fd = event.data.fd;
    if (fd == listener) {
      accept_and_watch(epoll, listener);
      return;
    }
    char bytes[4096];
    const ssize_t got = ::recv(fd, bytes, sizeof bytes, 0);
    std::string& input = inputs[fd];
    if (got > 0) input.append(bytes, static_cast<std::size_t>(got));
    while (!input.empty() && input.size() > static_cast<unsigned char>(input[0])) {
      const std::size_t size = 1 + static_cast<unsigned char>(input[0]);
      ::send(fd, input.data(), size, MSG_NOSIGNAL);
      input.erase(0, size);
    }
    if (got > 0) return;
    ::close(fd);
    inputs.erase(fd);
  });
}

CheckResult result_of(std::string_view check, std::optional<std::size_t> pad_at) {
  Profile profile;
  profile.name = "counted";
  profile.request = "\x05hello";
  profile.large_request = profile.request;
  profile.answer_length = LengthField{.at = 0, .bytes = 1, .more = 1};
  profile.pad_at = pad_at;
  return run_in_process(echo_counted, {find_check(check)}, InProcessEngine::kSim, profile)
      .checks.at(0);
}

TEST(Padding, AWrongPlaceIsToldInsteadOfPassing) {
  for (const char* check : {"read.buffer-edge", "read.edge-drain", "read.coalesced", "read.endless",
                            "isolation.interleaved", "time.drip"}) {
    const CheckResult result = result_of(check, 3);
    EXPECT_EQ(result.verdict, Verdict::kSkip) << check;
    EXPECT_NE(result.reason.find("pad_at = 3 seems wrong"), std::string::npos) << result.reason;
  }
  EXPECT_EQ(result_of("read.split.every-offset", 3).verdict, Verdict::kPass);
}

TEST(Padding, WithoutAPlaceNothingIsAsked) {
  EXPECT_EQ(result_of("read.coalesced", std::nullopt).verdict, Verdict::kPass);
  EXPECT_EQ(result_of("read.buffer-edge", std::nullopt).verdict, Verdict::kNotApplicable);
}

}  // namespace
}  // namespace e3
