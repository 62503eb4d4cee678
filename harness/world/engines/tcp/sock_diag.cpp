// SPDX-License-Identifier: MIT
#include "harness/world/engines/tcp/sock_diag.h"

#include <fcntl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace e3 {
namespace {

// From netinet/tcp.h, which linux/tcp.h excludes.
constexpr std::uint8_t kEstablished = 1;
constexpr std::uint8_t kSynReceived = 3;
constexpr std::uint8_t kCloseWait = 8;
constexpr std::uint8_t kListening = 10;
constexpr std::uint8_t kNewSynReceived = 12;

// What waits to be accepted is in one of these states; nobody has ended its sending side yet.
bool may_be_in_queue(std::uint8_t state) {
  return state == kEstablished || state == kSynReceived || state == kCloseWait ||
         state == kNewSynReceived;
}

struct Query {
  nlmsghdr header;
  inet_diag_req_v2 request;
};

// Fills in one half (source or destination) of the connection's identity.
void fill(const sockaddr_storage& address, __be16& port, __be32 (&words)[4]) {
  if (address.ss_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address, sizeof v4);
    port = v4.sin_port;
    words[0] = v4.sin_addr.s_addr;
  } else {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address, sizeof v6);
    port = v6.sin6_port;
    std::memcpy(words, &v6.sin6_addr, sizeof v6.sin6_addr);
  }
}

// Looks for INET_DIAG_INFO among the attributes of an answer.
void read_counters(std::string_view attributes, SocketState& state) {
  rtattr attribute{};
  while (attributes.size() >= sizeof attribute) {
    std::memcpy(&attribute, attributes.data(), sizeof attribute);
    if (attribute.rta_len < sizeof attribute || attribute.rta_len > attributes.size()) return;
    if (attribute.rta_type == INET_DIAG_INFO) {
      tcp_info info{};  // older kernels tell less of it
      const std::size_t told = attribute.rta_len - sizeof attribute;
      std::memcpy(&info, attributes.data() + sizeof attribute, std::min(told, sizeof info));
      state.counted = told >= offsetof(tcp_info, tcpi_bytes_retrans) + sizeof(__u64);
      state.bytes_sent = info.tcpi_bytes_sent - info.tcpi_bytes_retrans;
      state.bytes_received = info.tcpi_bytes_received;
      state.unsent = info.tcpi_notsent_bytes;
    }
    attributes.remove_prefix(
        std::min<std::size_t>(RTA_ALIGN(attribute.rta_len), attributes.size()));
  }
}

void add_listeners(const char* path, std::uint16_t port, std::vector<std::uint64_t>& inodes) {
  std::ifstream table(path);
  std::string line;
  std::getline(table, line);  // the heading
  while (std::getline(table, line)) {
    std::istringstream fields(line);
    std::string slot, local, remote, state, queues, timer, retransmits, uid, timeout;
    std::uint64_t inode = 0;
    fields >> slot >> local >> remote >> state >> queues >> timer >> retransmits >> uid >>
        timeout >> inode;
    const std::size_t colon = local.rfind(':');
    if (state == "0A" && colon != std::string::npos &&
        std::stoul(local.substr(colon + 1), nullptr, 16) == port) {
      inodes.push_back(inode);
    }
  }
}

}  // namespace

SockDiag::SockDiag(int lowest_descriptor) {
  const int made = ::socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
  fd_ = ::fcntl(made, F_DUPFD_CLOEXEC, lowest_descriptor);
  if (made >= 0) ::close(made);
}

SockDiag::~SockDiag() {
  if (fd_ >= 0) ::close(fd_);
}

struct SockDiag::Answer {
  inet_diag_msg message;
  std::string attributes;
};

// The socket that is connected so, or else the one that listens at `own`.
std::optional<SockDiag::Answer> SockDiag::ask(const sockaddr_storage& own,
                                              const sockaddr_storage& other) {
  Query query{};
  query.header.nlmsg_len = sizeof query;
  query.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  query.header.nlmsg_flags = NLM_F_REQUEST;
  query.request.sdiag_family = static_cast<__u8>(own.ss_family);
  query.request.sdiag_protocol = IPPROTO_TCP;
  query.request.idiag_ext = 1 << (INET_DIAG_INFO - 1);
  query.request.idiag_states = ~0U;
  query.request.id.idiag_cookie[0] = INET_DIAG_NOCOOKIE;
  query.request.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
  fill(own, query.request.id.idiag_sport, query.request.id.idiag_src);
  fill(other, query.request.id.idiag_dport, query.request.id.idiag_dst);
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
  Answer told{};
  std::memcpy(&told.message, answer.data() + NLMSG_HDRLEN, sizeof told.message);
  told.attributes.assign(answer.data() + NLMSG_LENGTH(sizeof told.message),
                         static_cast<std::size_t>(size) - NLMSG_LENGTH(sizeof told.message));
  return told;
}

std::optional<std::size_t> SockDiag::accept_queue(const sockaddr_storage& listener) {
  sockaddr_storage nobody{};
  nobody.ss_family = listener.ss_family;
  const auto told = ask(listener, nobody);
  if (!told || told->message.idiag_state != kListening) return std::nullopt;
  return std::size_t{told->message.idiag_wqueue} + 1;  // it is full when it holds more
}

std::optional<SocketState> SockDiag::end(const sockaddr_storage& own,
                                         const sockaddr_storage& other) {
  const auto told = ask(own, other);
  if (!told || told->message.idiag_state == kListening) return std::nullopt;
  const inet_diag_msg& message = told->message;
  SocketState state{.state = message.idiag_state,
                    .receive_queue = message.idiag_rqueue,
                    .accepted = message.idiag_inode != 0,
                    .closed = message.idiag_inode == 0 && !may_be_in_queue(message.idiag_state)};
  read_counters(told->attributes, state);
  return state;
}

std::optional<Ends> SockDiag::ends_of(int client_fd) {
  Ends ends;
  socklen_t client_size = sizeof ends.client;
  socklen_t server_size = sizeof ends.server;
  if (::getsockname(client_fd, reinterpret_cast<sockaddr*>(&ends.client), &client_size) != 0 ||
      ::getpeername(client_fd, reinterpret_cast<sockaddr*>(&ends.server), &server_size) != 0) {
    return std::nullopt;
  }
  return ends;
}

std::vector<std::uint64_t> SockDiag::listeners(std::uint16_t port) {
  std::vector<std::uint64_t> inodes;
  add_listeners("/proc/net/tcp", port, inodes);
  add_listeners("/proc/net/tcp6", port, inodes);
  return inodes;
}

}  // namespace e3
