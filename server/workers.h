// SPDX-License-Identifier: MIT
// Several servers, each with a thread of its own, that serve one address. They share nothing but
// the flags by which a Server is told to stop.
#pragma once

#include <deque>
#include <exception>
#include <functional>
#include <string_view>

#include "e3/server/listen_address.h"
#include "e3/server/listener.h"
#include "e3/server/server.h"

class Workers {
 public:
  // Prints one line, which has no line end. Called from every worker's thread.
  using Print = void (*)(std::string_view line);

  // `options.log` is replaced: with `log`, events are printed, and with several workers each line
  // says which. Throws std::system_error.
  Workers(const e3::server::Options& options, std::size_t count, bool log, Print print);

  // Every worker listens; returns the port (0 for a Unix domain socket). With several, a TCP port
  // is shared by SO_REUSEPORT and its connections are spread by the kernel. Throws
  // std::system_error.
  std::uint16_t listen(e3::server::ListenAddress address);
  // One socket for all workers: whoever comes first accepts.
  void listen(e3::server::Listener listener);

  // Serves until all workers have stopped. Throws what the first broken one has thrown, after the
  // others have been stopped.
  void run();

  // As Server's: async-signal-safe, from any thread.
  void drain() noexcept;
  void request_report() noexcept;

 private:
  struct Worker {
    explicit Worker(e3::server::Options options) : server(std::move(options)) {}
    e3::server::Server server;
    std::exception_ptr failure;
  };
  void run_worker(Worker& worker) noexcept;
  void stop() noexcept;

  std::deque<Worker> workers_;
};
