// SPDX-License-Identifier: MIT
// The well-known epoll teaching server, with the mistakes such examples are copied with. Read it as
// a specimen, not as a model. Its bugs, by the names the checks and the e2e tests use:
//
//   et-listen-single-accept  one accept() per edge of the listener: the rest of a burst waits
//   eof-spin                 recv() == 0 is not noticed, and only an exception ends the loop
//   in-xor-out               EPOLLIN, EPOLLOUT and EPOLLHUP are taken to exclude one another, and
//                            EPOLLERR and EPOLLRDHUP are not looked at
//   fd-leak-error-path       a connection whose recv() or send() fails is never closed
//   accept-emfile-fatal      any failure of accept() escapes: enough leaked descriptors kill it
//   malformed-request-kills  a request line of one word throws std::out_of_range, which escapes
//   nul-and-binary           bytes that are not UTF-8 throw std::range_error, which escapes
//   length-chars-vs-bytes    Content-Length counts characters
//   buffer-not-reset         closing forgets half the tables: what a client sent beyond its first
//                            request begins the next client's that gets the same descriptor
//   unbounded-header         a request head that never ends is kept in memory for ever
#include "known_bad_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace e3::mutants {
namespace {

template <typename Result>
Result check(Result result, const char* call) {
  if (result == -1) throw std::system_error(errno, std::generic_category(), call);
  return result;
}

// The length of the UTF-8 sequence that a byte begins, 0 if none does.
std::size_t sequence_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 0;
}

std::size_t count_characters(std::string_view text) {
  std::size_t characters = 0;
  while (!text.empty()) {
    const std::size_t length = sequence_length(static_cast<unsigned char>(text[0]));
    if (length == 0 || length > text.size()) throw std::range_error("not UTF-8");
    for (const char byte : text.substr(1, length - 1)) {
      if ((static_cast<unsigned char>(byte) & 0xC0) != 0x80) throw std::range_error("not UTF-8");
    }
    text.remove_prefix(length);
    ++characters;
  }
  return characters;
}

std::string respond_to(const std::string& head) {
  count_characters(head);  // Decodes, as printing the request would.
  std::istringstream line(head.substr(0, head.find('\n')));
  std::vector<std::string> words;
  for (std::string word; line >> word;) words.push_back(word);

  std::string body = words.at(1).substr(1);
  if (body.empty()) body = "Hello add characters to your url to see the echo";
  return "HTTP/1.0 200 OK\r\nDate: Mon, 1 Jan 1996 01:01:01 GMT\r\nContent-Type: text/plain\r\n"
         "Content-Length: " +
         std::to_string(count_characters(body)) + "\r\n\r\n" + body;
}

class TeachingServer {
 public:
  explicit TeachingServer(std::uint16_t port) {
    listener_ = check(socket(AF_INET, SOCK_STREAM, 0), "socket");
    const int on = 1;
    check(setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), "setsockopt");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    check(bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address), "bind");
    check(listen(listener_, SOMAXCONN), "listen");
    check(fcntl(listener_, F_SETFL, O_NONBLOCK), "fcntl");

    socklen_t size = sizeof address;
    check(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), "getsockname");

    epoll_ = check(epoll_create1(0), "epoll_create1");
    watch(EPOLL_CTL_ADD, listener_, EPOLLIN | EPOLLET);
    std::printf("listening on 127.0.0.1:%d\n", ntohs(address.sin_port));
    std::fflush(stdout);
  }

  void serve() {
    std::array<epoll_event, 16> events{};
    while (true) {
      const int ready = epoll_wait(epoll_, events.data(), events.size(), -1);
      if (ready == -1 && errno == EINTR) continue;
      check(ready, "epoll_wait");
      for (int i = 0; i < ready; ++i) {
        const int fd = events[static_cast<std::size_t>(i)].data.fd;
        const std::uint32_t what = events[static_cast<std::size_t>(i)].events;
        if (fd == listener_) {
          accept_one();
        } else if (what & EPOLLIN) {
          read_from(fd);
        } else if (what & EPOLLOUT) {
          write_to(fd);
        } else if (what & EPOLLHUP) {
          forget(fd);
        }
      }
    }
  }

 private:
  void watch(int operation, int fd, std::uint32_t what) {
    epoll_event event{};
    event.events = what;
    event.data.fd = fd;
    check(epoll_ctl(epoll_, operation, fd, &event), "epoll_ctl");
  }

  void accept_one() {
    const int fd = check(accept(listener_, nullptr, nullptr), "accept");
    check(fcntl(fd, F_SETFL, O_NONBLOCK), "fcntl");
    watch(EPOLL_CTL_ADD, fd, EPOLLIN | EPOLLET);
    requests_.emplace(fd, "");
    responses_.emplace(fd, "");
  }

  void read_from(int fd) {
    std::string& request = requests_[fd];
    std::array<char, 1024> bytes{};
    try {
      while (true) {
        const ssize_t count = check(recv(fd, bytes.data(), bytes.size(), 0), "recv");
        request.append(bytes.data(), static_cast<std::size_t>(count));
      }
    } catch (const std::system_error&) {
      // Presumably all has been read.
    }
    std::size_t end = request.find("\n\r\n");
    std::size_t length = 3;
    if (end == std::string::npos) {
      end = request.find("\n\n");
      length = 2;
    }
    if (end == std::string::npos) return;
    responses_[fd] = respond_to(request.substr(0, end));
    request.erase(0, end + length);
    watch(EPOLL_CTL_MOD, fd, EPOLLOUT | EPOLLET);
  }

  void write_to(int fd) {
    std::string& response = responses_[fd];
    try {
      while (!response.empty()) {
        const ssize_t count =
            check(send(fd, response.data(), response.size(), MSG_NOSIGNAL), "send");
        response.erase(0, static_cast<std::size_t>(count));
      }
    } catch (const std::system_error&) {
      // Presumably the buffer is full.
    }
    if (response.empty()) {
      watch(EPOLL_CTL_MOD, fd, EPOLLET);
      shutdown(fd, SHUT_RDWR);
    }
  }

  void forget(int fd) {
    watch(EPOLL_CTL_DEL, fd, 0);
    close(fd);
    responses_.erase(fd);
  }

  int listener_ = -1;
  int epoll_ = -1;
  std::map<int, std::string> requests_;
  std::map<int, std::string> responses_;
};

}  // namespace

int known_bad_main(int argc, char** argv) {
  std::uint16_t port = 0;
  for (int i = 1; i < argc; i += 2) {
    const std::string_view value = i + 1 < argc ? argv[i + 1] : "";
    const auto parsed = std::from_chars(value.data(), value.data() + value.size(), port);
    if (argv[i] != std::string_view("--port") || parsed.ec != std::errc() ||
        parsed.ptr != value.data() + value.size()) {
      std::fprintf(stderr, "usage: e3-known-bad-server [--port N]\n");
      return 2;
    }
  }
  TeachingServer(port).serve();
  return 0;
}

}  // namespace e3::mutants
