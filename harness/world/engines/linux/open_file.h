// SPDX-License-Identifier: MIT
// What stands behind a descriptor that the running kernel made for a target: shared by the numbers
// that dup(2) gave it.
#pragma once

namespace e3 {

struct OpenFile {
  virtual ~OpenFile() = default;
  bool is_socket = false;
};

}  // namespace e3
