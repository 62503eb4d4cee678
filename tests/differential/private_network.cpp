// SPDX-License-Identifier: MIT
#include "private_network.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace e3::differential {

namespace {

bool raise_loopback() {
  const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return false;
  ifreq request{};
  std::memcpy(request.ifr_name, "lo", 3);
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  const bool up = ioctl(fd, SIOCSIFFLAGS, &request) == 0;
  close(fd);
  return up;
}

// One rtnetlink(7) request with its attributes.
class RouteRequest {
 public:
  RouteRequest() {
    header_.nlmsg_len = NLMSG_LENGTH(sizeof(rtmsg));
    header_.nlmsg_type = RTM_NEWROUTE;
    header_.nlmsg_flags = NLM_F_REQUEST | NLM_F_REPLACE | NLM_F_CREATE | NLM_F_ACK;
    route_.rtm_family = AF_INET;
    route_.rtm_table = RT_TABLE_LOCAL;
    route_.rtm_protocol = RTPROT_KERNEL;
    route_.rtm_scope = RT_SCOPE_HOST;
    route_.rtm_type = RTN_LOCAL;
  }

  void set_prefix_length(unsigned char bits) { route_.rtm_dst_len = bits; }

  void add(unsigned short type, const void* data, std::size_t size) {
    rtattr attribute{};
    attribute.rta_type = type;
    attribute.rta_len = static_cast<unsigned short>(RTA_LENGTH(size));
    std::memcpy(body_.data() + used_, &attribute, sizeof attribute);
    std::memcpy(body_.data() + used_ + RTA_LENGTH(0), data, size);
    used_ += RTA_ALIGN(attribute.rta_len);
  }

  bool send() {
    std::array<std::byte, 512> message{};
    header_.nlmsg_len = static_cast<std::uint32_t>(NLMSG_LENGTH(sizeof(rtmsg)) + used_);
    std::memcpy(message.data(), &header_, sizeof header_);
    std::memcpy(message.data() + NLMSG_LENGTH(0), &route_, sizeof route_);
    std::memcpy(message.data() + NLMSG_LENGTH(sizeof route_), body_.data(), used_);
    const int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (fd < 0) return false;
    std::array<std::byte, 512> answer{};
    const bool sent = ::send(fd, message.data(), header_.nlmsg_len, 0) > 0 &&
                      ::recv(fd, answer.data(), answer.size(), 0) > 0;
    close(fd);
    nlmsgerr error{};
    std::memcpy(&error, answer.data() + NLMSG_LENGTH(0), sizeof error);
    return sent && error.error == 0;
  }

 private:
  nlmsghdr header_{};
  rtmsg route_{};
  std::array<std::byte, 256> body_{};
  std::size_t used_ = 0;
};

bool acknowledge_quickly(unsigned char prefix_length, std::uint32_t address) {
  const std::uint32_t destination = htonl(address);
  const std::uint32_t source = htonl(INADDR_LOOPBACK);
  const std::uint32_t interface = if_nametoindex("lo");
  const std::uint32_t on = 1;
  std::array<std::byte, RTA_LENGTH(sizeof on)> metrics{};
  rtattr metric{};
  metric.rta_type = RTAX_QUICKACK;
  metric.rta_len = RTA_LENGTH(sizeof on);
  std::memcpy(metrics.data(), &metric, sizeof metric);
  std::memcpy(metrics.data() + RTA_LENGTH(0), &on, sizeof on);

  RouteRequest request;
  request.set_prefix_length(prefix_length);
  request.add(RTA_DST, &destination, sizeof destination);
  request.add(RTA_PREFSRC, &source, sizeof source);
  request.add(RTA_OIF, &interface, sizeof interface);
  request.add(RTA_METRICS, metrics.data(), metrics.size());
  return request.send();
}

}  // namespace

bool enter_private_network() {
  if (unshare(CLONE_NEWNET) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) return false;
  return raise_loopback() && acknowledge_quickly(8, 127U << 24) &&
         acknowledge_quickly(32, INADDR_LOOPBACK);
}

}  // namespace e3::differential
