// SPDX-License-Identifier: MIT
// The settings of one simulated machine. Defaults are those of a current Linux.
#pragma once

#include <cstddef>
#include <cstdint>

#include "socket_options.h"
#include "virtual_clock.h"

namespace e3::sim {

// Named choice: when the acknowledgement of a process's own FIN arrives. It matters to an
// edge-triggered watcher, since its arrival is an edge. Linux delays it by up to 40 ms unless the
// route asks for quick acknowledgements or the peer has something to send.
enum class FinAcknowledgement { kImmediate, kDelayed };

struct KernelConfig {
  int descriptor_limit = 1024;           // RLIMIT_NOFILE
  std::size_t open_files_max = 1 << 20;  // fs.file-max: beyond it, ENFILE
  int backlog_max = 4096;                // net.core.somaxconn
  int ephemeral_port_first = 32768;      // net.ipv4.ip_local_port_range
  int ephemeral_port_last = 60999;
  Nanoseconds monotonic_start = 1'000 * kSecond;
  Nanoseconds realtime_start = 1'750'000'000 * kSecond;
  FinAcknowledgement fin_acknowledgement = FinAcknowledgement::kImmediate;
  SocketOptions socket_defaults;
};

}  // namespace e3::sim
