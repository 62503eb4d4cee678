// SPDX-License-Identifier: MIT
// A listening socket: opens, accepts, and says what an accept error means for the loop.
#pragma once

#include <cstdint>
#include <string>

#include "e3/server/descriptor.h"
#include "e3/server/listen_address.h"
#include "e3/server/socket_file.h"

namespace e3::server {

class Listener {
 public:
  enum class Port {
    kExclusive,
    kFirst,    // not in use by anyone yet; kFurther listeners may join
    kFurther,  // joins a kFirst one of the same user: SO_REUSEPORT spreads the connections
  };
  // Binds, and for a Unix domain socket owns the file (SocketFile). Throws std::system_error.
  explicit Listener(const ListenAddress& address, Port sharing = Port::kExclusive);
  // Binds an IPv4 or IPv6 literal; port 0 takes a free one. Throws std::system_error.
  Listener(const std::string& address, std::uint16_t port) : Listener({address, port, {}}) {}
  // Takes over a listening stream socket, whatever happens, and makes it non-blocking and
  // close-on-exec. Throws std::system_error, with EINVAL when it is not one.
  explicit Listener(Descriptor socket);

  enum class Outcome {
    kAccepted,   // `connection` holds a non-blocking, close-on-exec socket
    kDrained,    // nothing left to accept
    kSkipped,    // this one connection failed; the next may not
    kExhausted,  // no descriptors or memory: try again later, and without a new event to say so
  };
  struct Accepted {
    Outcome outcome;
    Descriptor connection;
  };
  // One accept4(2). Throws std::system_error when the listening socket itself is unusable.
  Accepted accept();

  int fd() const noexcept { return socket_.get(); }
  std::uint16_t port() const noexcept { return port_; }  // 0 when it has none

 private:
  Descriptor socket_;
  SocketFile file_;
  std::uint16_t port_ = 0;
};

}  // namespace e3::server
