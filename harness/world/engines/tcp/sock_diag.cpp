// SPDX-License-Identifier: MIT
#include "harness/world/engines/tcp/sock_diag.h"

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>

namespace e3 {
namespace {

struct Query {
  nlmsghdr header;
  inet_diag_req_v2 request;
};

// Fills in one half (source or destination) of the connection's identity.
void fill(const sockaddr_storage& address, __be16& port, __be32 (&words)[4]) {
  if (address.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
    port = v4.sin_port;
    words[0] = v4.sin_addr.s_addr;
  } else {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
    port = v6.sin6_port;
    std::memcpy(words, &v6.sin6_addr, sizeof v6.sin6_addr);
  }
}

bool table_lists_listener(const char* path, std::uint16_t port) {
  std::ifstream table(path);
  std::string line;
  std::getline(table, line);  // the heading
  while (std::getline(table, line)) {
    std::istringstream fields(line);
    std::string slot;
    std::string local;
    std::string remote;
    std::string state;
    fields >> slot >> local >> remote >> state;
    const std::size_t colon = local.rfind(':');
    if (state == "0A" && colon != std::string::npos &&
        std::stoul(local.substr(colon + 1), nullptr, 16) == port) {
      return true;
    }
  }
  return false;
}

}  // namespace

SockDiag::SockDiag() : fd_(::socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG)) {}

SockDiag::~SockDiag() {
  if (fd_ >= 0) ::close(fd_);
}

std::optional<SocketState> SockDiag::server_side(int client_fd) {
  sockaddr_storage client{};
  sockaddr_storage server{};
  socklen_t client_size = sizeof client;
  socklen_t server_size = sizeof server;
  if (::getsockname(client_fd, reinterpret_cast<sockaddr*>(&client), &client_size) != 0 ||
      ::getpeername(client_fd, reinterpret_cast<sockaddr*>(&server), &server_size) != 0) {
    return std::nullopt;
  }
  Query query{};
  query.header.nlmsg_len = sizeof query;
  query.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  query.header.nlmsg_flags = NLM_F_REQUEST;
  query.request.sdiag_family = static_cast<__u8>(client.ss_family);
  query.request.sdiag_protocol = IPPROTO_TCP;
  query.request.idiag_states = ~0U;
  query.request.id.idiag_cookie[0] = INET_DIAG_NOCOOKIE;
  query.request.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
  // Seen from the server: its own address is the source.
  fill(server, query.request.id.idiag_sport, query.request.id.idiag_src);
  fill(client, query.request.id.idiag_dport, query.request.id.idiag_dst);
  if (::send(fd_, &query, sizeof query, 0) != sizeof query) return std::nullopt;

  alignas(nlmsghdr) std::array<char, 8192> answer{};
  const ssize_t size = ::recv(fd_, answer.data(), answer.size(), 0);
  if (size < static_cast<ssize_t>(sizeof(nlmsghdr))) return std::nullopt;
  nlmsghdr header{};
  std::memcpy(&header, answer.data(), sizeof header);
  if (header.nlmsg_type != SOCK_DIAG_BY_FAMILY ||
      size < static_cast<ssize_t>(NLMSG_LENGTH(sizeof(inet_diag_msg)))) {
    return std::nullopt;  // NLMSG_ERROR with ENOENT: no such socket
  }
  inet_diag_msg message{};
  std::memcpy(&message, answer.data() + NLMSG_HDRLEN, sizeof message);
  return SocketState{.receive_queue = message.idiag_rqueue, .accepted = message.idiag_inode != 0};
}

bool SockDiag::listens(std::uint16_t port) {
  return table_lists_listener("/proc/net/tcp", port) ||
         table_lists_listener("/proc/net/tcp6", port);
}

}  // namespace e3
