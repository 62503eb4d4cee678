// SPDX-License-Identifier: MIT
// A profile that is wrong about where its request can be made longer: no check passes by it.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <map>
#include <string>

#include "harness/checks/catalogue.h"
#include "run_in_process.h"

namespace e3 {
namespace {

// A request is a byte that counts the bytes behind it; it comes back as it is.
void echo_counted() {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  ::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address);
  ::listen(listener, 16);
  const int epoll = ::epoll_create1(0);
  const auto watch = [epoll](int fd) {
    epoll_event event{.events = EPOLLIN, .data = {.fd = fd}};
    ::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
  };
  watch(listener);
  std::map<int, std::string> inputs;
  epoll_event event{};
  while (::epoll_wait(epoll, &event, 1, -1) == 1) {
    const int fd = event.data.fd;
    if (fd == listener) {
      if (const int accepted = ::accept4(fd, nullptr, nullptr, SOCK_NONBLOCK); accepted >= 0) {
        watch(accepted);
      }
      continue;
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
    if (got > 0) continue;
    ::close(fd);
    inputs.erase(fd);
  }
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
