// SPDX-License-Identifier: MIT
// One registration in an epoll instance. Its key is the descriptor number together with the open
// file description, as epoll(7) explains under "Questions and answers".
#pragma once

#include <cstdint>

#include "intrusive_list.h"

namespace e3::sim {

class EpollInstance;
class OpenFile;

struct EpollItem {
  EpollInstance* epoll = nullptr;
  OpenFile* file = nullptr;
  int descriptor = -1;
  std::uint32_t events = 0;  // interest and mode bits; only mode bits are left once disabled
  std::uint64_t data = 0;

  ListHook<EpollItem> ready;     // in the instance's ready list
  ListHook<EpollItem> owned;     // in the instance's list of all items
  ListHook<EpollItem> watching;  // in the file's list of watchers
};

}  // namespace e3::sim
