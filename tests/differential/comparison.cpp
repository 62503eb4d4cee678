// SPDX-License-Identifier: MIT
#include "comparison.h"

#include <fmt/format.h>

namespace e3::differential {

namespace {
constexpr int kPatientRuns = 5;
constexpr int kPatientYields = 20;
}  // namespace

Comparison::Comparison(bool unix_sockets, const sim::KernelConfig& config)
    : linux_(unix_sockets),
      model_(linux_.first_descriptor(), unix_sockets, config),
      linux_executor_(unix_sockets),
      model_executor_(unix_sockets) {}

std::optional<Mismatch> Comparison::compare(const Schedule& schedule) {
  steps_ += static_cast<long>(schedule.size());
  if (!differs_once(schedule)) return std::nullopt;
  if (!differs_always(schedule)) {
    ++timing_differences_;
    return std::nullopt;
  }
  const Schedule small = shrink(schedule);
  return Mismatch{small, report(small)};
}

bool Comparison::differs_once(const Schedule& schedule) {
  return model_executor_.run(schedule, model_) != linux_executor_.run(schedule, linux_);
}

bool Comparison::differs_always(const Schedule& schedule) {
  bool differs = true;
  for (int run = 0; run < kPatientRuns && differs; ++run) {
    linux_.set_yields(run * kPatientYields);
    differs = differs_once(schedule);
  }
  linux_.set_yields(0);
  return differs;
}

// Leaves out one step after the other as long as a difference stays.
Schedule Comparison::shrink(Schedule schedule) {
  bool smaller = true;
  while (smaller) {
    smaller = false;
    for (std::size_t i = schedule.size(); i-- > 0;) {
      Schedule candidate = schedule;
      candidate.erase(candidate.begin() + static_cast<std::ptrdiff_t>(i));
      if (!differs_always(candidate)) continue;
      schedule = std::move(candidate);
      smaller = true;
    }
  }
  return schedule;
}

std::string Comparison::report(const Schedule& schedule) {
  const Outcomes& model = model_executor_.run(schedule, model_);
  const Outcomes& real = linux_executor_.run(schedule, linux_);
  std::string text;
  for (std::size_t i = 0; i < schedule.size(); ++i) {
    const bool same = model[i] == real[i];
    text +=
        fmt::format("{} {:34} {}\n", same ? ' ' : '!', print(schedule[i]),
                    same ? print(real[i])
                         : fmt::format("linux: {}   model: {}", print(real[i]), print(model[i])));
  }
  return text;
}

}  // namespace e3::differential
