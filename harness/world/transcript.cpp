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

std::uint64_t with_pair(std::uint64_t hash, const void* bytes) {
  std::uint64_t pair[2];
  std::memcpy(pair, bytes, sizeof pair);
  return mixed(hash, pair[0], pair[1]);
}

// A record without its payload.
constexpr std::size_t kHeadSize = sizeof(TranscriptRecord) - TranscriptRecord::kPayloadMax;

// Done for each record: inline, and without a loop.
[[gnu::always_inline]] inline std::uint64_t with_record(std::uint64_t hash,
                                                        const TranscriptRecord& record) {
  static_assert(kHeadSize == 48 && TranscriptRecord::kPayloadMax == 32);
  const auto* head = reinterpret_cast<const std::byte*>(&record);
  hash = with_pair(with_pair(with_pair(hash, head), head + 16), head + 32);
  if (record.payload_size == 0) return hash;
  return with_pair(with_pair(hash, record.payload), record.payload + 16);
}

std::uint64_t with_text(std::uint64_t hash, std::string_view text) {
  for (std::size_t at = 0; at < text.size(); at += 16) {
    std::uint64_t pair[2] = {};
    std::memcpy(pair, text.data() + at, std::min(sizeof pair, text.size() - at));
    hash = mixed(hash, pair[0], pair[1]);
  }
  return hash;
}

}  // namespace

TranscriptRecord& Transcript::add(VirtualTime when) {
  if (count_ != 0) hash_ = with_record(hash_, at(count_ - 1));
  TranscriptRecord& record = at(count_++);
  std::memset(static_cast<void*>(&record), 0, kHeadSize);
  record.when = when.count();
  return record;
}

void Transcript::note(VirtualTime when, Actor actor, std::string_view text) {
  TranscriptRecord& record = add(when);
  notes_.emplace_back(text);
  record.actor = actor;
  record.deed = TranscriptRecord::kNote;
  record.argument = static_cast<std::int64_t>(notes_.size());
  hash_ = with_text(hash_, text);
}

std::uint64_t Transcript::hash() const {
  return count_ != 0 ? with_record(hash_, at(count_ - 1)) : hash_;
}

void Transcript::begin_scenario() {
  hash_ = hash();
  count_ = 0;
  notes_.clear();
  until_broken_off_.reset();
}

void Transcript::breaks_off() {
  if (!until_broken_off_) until_broken_off_ = lines();
}

std::vector<std::string> Transcript::lines_until_it_broke_off() const {
  return until_broken_off_ ? *until_broken_off_ : lines();
}

std::vector<std::string> Transcript::lines() const {
  const std::size_t kept = std::min(count_, kRecordsKept);
  std::vector<std::string> text;
  text.reserve(kept + 1);
  if (kept < count_) {
    TranscriptRecord gap{};
    gap.when = at(count_ - kept).when;
    gap.actor = Actor::kWorld;
    gap.deed = TranscriptRecord::kNote;
    text.push_back(to_string(gap, std::to_string(count_ - kept) + " lines before are not kept"));
  }
  for (std::size_t i = count_ - kept; i < count_; ++i) text.push_back(text_of(at(i)));
  return text;
}

std::string Transcript::last() const {
  if (count_ == 0) return "";
  const TranscriptRecord& record = at(count_ - 1);
  return record.deed == TranscriptRecord::kNote ? "" : describe_call(record);
}

std::string Transcript::text_of(const TranscriptRecord& record) const {
  const bool noted = record.deed == TranscriptRecord::kNote;
  return to_string(record, noted ? notes_[static_cast<std::size_t>(record.argument) - 1] : "");
}

}  // namespace e3
