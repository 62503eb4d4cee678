// SPDX-License-Identifier: MIT
// A peer's end of one connection: what a client socket can do, without blocking. Results are in
// the raw Linux form: a count, or a negative errno (-EAGAIN: nothing now).
#pragma once

#include <cstddef>
#include <string>

namespace e3 {

class Wire {
 public:
  virtual ~Wire() = default;
  virtual long send(const char* bytes, std::size_t size) = 0;
  // 0 means the server ended its side.
  virtual long receive(char* buffer, std::size_t size) = 0;
  virtual void shutdown_write() = 0;
  // As close(2): a FIN, or a reset when received bytes were never read.
  virtual void close() = 0;
  // An abortive close: RST where the engine has one.
  virtual void reset() = 0;
};

}  // namespace e3
