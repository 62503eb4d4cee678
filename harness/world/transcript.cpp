// SPDX-License-Identifier: MIT
#include "harness/world/transcript.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace e3 {
namespace {

// The multiply-and-fold step of wyhash: two words go in, 128 bits are folded into 64.
std::uint64_t mixed(std::uint64_t hash, std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product =
      static_cast<Wide>(a ^ 0xa0761d6478bd642fU) * (b ^ hash ^ 0xe7037ed1a0b428dbU);
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64) ^
         std::rotl(hash, 29);
}

template <std::size_t Bytes>
std::uint64_t hash_words(std::uint64_t hash, const std::byte* bytes) {
  static_assert(Bytes % 16 == 0);
  for (std::size_t at = 0; at < Bytes; at += 16) {
    std::uint64_t pair[2];
    std::memcpy(pair, bytes + at, sizeof pair);
    hash = mixed(hash, pair[0], pair[1]);
  }
  return hash;
}

std::uint64_t with_record(std::uint64_t hash, const TranscriptRecord& record) {
  constexpr std::size_t kHead = sizeof(TranscriptRecord) - TranscriptRecord::kPayloadMax;
  const auto* bytes = reinterpret_cast<const std::byte*>(&record);
  hash = hash_words<kHead>(hash, bytes);
  return record.payload_size == 0 ? hash
                                  : hash_words<TranscriptRecord::kPayloadMax>(hash, bytes + kHead);
}

}  // namespace

TranscriptRecord& Transcript::add(VirtualTime when) {
  if (open_ != nullptr) hash_ = with_record(hash_, *open_);
  TranscriptRecord* record = nullptr;
  if (ring_.size() < kRecordsKept) {
    record = &ring_.emplace_back();
  } else {
    record = &ring_[next_];
    next_ = next_ + 1 == kRecordsKept ? 0 : next_ + 1;
    const auto head = reinterpret_cast<std::byte*>(record);
    std::memset(head, 0, sizeof *record - TranscriptRecord::kPayloadMax);
  }
  record->when = when.count();
  open_ = record;
  return *record;
}

void Transcript::note(VirtualTime when, Actor actor, std::string_view text) {
  TranscriptRecord& record = add(when);
  notes_.emplace_back(text);
  record.actor = actor;
  record.deed = TranscriptRecord::kNote;
  record.argument = static_cast<std::int64_t>(notes_.size());
  for (std::size_t at = 0; at < text.size(); at += 16) {
    std::byte bytes[16] = {};
    std::memcpy(bytes, text.data() + at, std::min<std::size_t>(16, text.size() - at));
    hash_ = hash_words<16>(hash_, bytes);
  }
}

std::uint64_t Transcript::hash() const {
  return open_ != nullptr ? with_record(hash_, *open_) : hash_;
}

void Transcript::begin_scenario() {
  hash_ = hash();
  open_ = nullptr;
  ring_.clear();
  next_ = 0;
  notes_.clear();
}

std::vector<std::string> Transcript::lines() const {
  std::vector<std::string> text;
  text.reserve(ring_.size());
  for (std::size_t i = 0; i < ring_.size(); ++i) {
    text.push_back(text_of(ring_[(next_ + i) % ring_.size()]));
  }
  return text;
}

std::string Transcript::last() const {
  return open_ == nullptr || open_->deed == TranscriptRecord::kNote ? "" : describe_call(*open_);
}

std::string Transcript::text_of(const TranscriptRecord& record) const {
  const bool noted = record.deed == TranscriptRecord::kNote;
  return to_string(record, noted ? notes_[static_cast<std::size_t>(record.argument) - 1] : "");
}

}  // namespace e3
