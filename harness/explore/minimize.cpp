// SPDX-License-Identifier: MIT
#include "harness/explore/minimize.h"

#include <algorithm>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "harness/scenario/text_form.h"

namespace e3::explore {
namespace {

using scenario::Scenario;
using scenario::Step;
using scenario::Verb;

class Minimizer {
 public:
  Minimizer(Scenario scenario, const StillFails& still_fails, std::size_t budget)
      : best_(std::move(scenario)), still_fails_(&still_fails), budget_(budget) {
    is_new(best_);
  }

  Minimized run() {
    std::exception_ptr ended_by;
    try {
      // Each pass can make room for another.
      for (bool smaller = true; smaller;) smaller = run_passes();
    } catch (...) {
      ended_by = std::current_exception();
    }
    return {.scenario = std::move(best_), .runs = runs_, .ended_by = ended_by};
  }

 private:
  bool run_passes() {
    bool smaller = drop_steps();
    smaller = simplify_steps() || smaller;
    smaller = join_segments() || smaller;
    smaller = drop_bytes() || smaller;
    return renumber_peers() || smaller;
  }

  // Of a long run of equal bytes it makes no difference which are taken away.
  bool is_new(const Scenario& candidate) {
    return tried_.insert(std::hash<std::string>()(scenario::print(candidate))).second;
  }

  bool accept(Scenario candidate) {
    if (runs_ == budget_ || !is_new(candidate)) return false;
    ++runs_;
    if (!(*still_fails_)(candidate)) return false;
    best_ = std::move(candidate);
    return true;
  }

  // Takes away chunks of `size()` things, large ones first. `without(begin, count)` is a candidate.
  template <typename Size, typename Without>
  bool drop(const Size& size, const Without& without) {
    bool smaller = false;
    for (std::size_t chunk = std::max<std::size_t>(size() / 2, 1); chunk > 0; chunk /= 2) {
      for (std::size_t end = size(); end > 0;) {
        const std::size_t begin = end - std::min(chunk, end);
        smaller = accept(without(begin, end - begin)) || smaller;
        end = std::min(begin, size());
      }
    }
    return smaller;
  }

  bool drop_steps() {
    return drop([&] { return best_.size(); },
                [&](std::size_t begin, std::size_t count) {
                  Scenario candidate = best_;
                  const auto first = candidate.begin() + static_cast<std::ptrdiff_t>(begin);
                  candidate.erase(first, first + static_cast<std::ptrdiff_t>(count));
                  return candidate;
                });
  }

  bool drop_bytes() {
    bool smaller = false;
    for (std::size_t i = 0; i < best_.size(); ++i) {
      if (best_[i].verb != Verb::kSend) continue;
      smaller = drop([&] { return best_[i].bytes.size(); },
                     [&](std::size_t begin, std::size_t count) {
                       Scenario candidate = best_;
                       std::string& bytes = candidate[i].bytes;
                       if (bytes.size() > count) bytes.erase(begin, count);
                       return candidate;
                     }) ||
                smaller;
    }
    return smaller;
  }

  // Replaces one step by a plainer one.
  bool replace(std::size_t index, Step step) {
    Scenario candidate = best_;
    candidate[index] = std::move(step);
    return accept(std::move(candidate));
  }

  bool simplify_steps() {
    bool simpler = false;
    for (std::size_t i = 0; i < best_.size(); ++i) {
      Step step = best_[i];
      if (step.verb == Verb::kConnectTiny) {
        step.verb = Verb::kConnect;
        simpler = replace(i, step) || simpler;
      } else if (step.verb == Verb::kRead && step.amount != scenario::kReadAll) {
        step.amount = scenario::kReadAll;
        simpler = replace(i, step) || simpler;
      } else if (step.verb == Verb::kAdvance) {
        simpler = shorten_wait(i) || simpler;
      } else if (step.verb == Verb::kFault) {
        simpler = simplify_fault(i) || simpler;
      }
    }
    return simpler;
  }

  // It strikes once, early, and leaves one byte.
  bool simplify_fault(std::size_t index) {
    bool simpler = false;
    for (std::uint32_t Fault::*number : {&Fault::times, &Fault::nth}) {
      Step step = best_[index];
      // Wider than the number, which may be the largest there is.
      for (std::uint64_t smaller = 1; smaller < step.fault.*number; smaller *= 2) {
        Step candidate = step;
        candidate.fault.*number = static_cast<std::uint32_t>(smaller);
        if (!replace(index, std::move(candidate))) continue;
        simpler = true;
        break;
      }
    }
    Step step = best_[index];
    step.fault.length = 1;
    return replace(index, std::move(step)) || simpler;
  }

  bool shorten_wait(std::size_t index) {
    constexpr std::uint64_t kRound[] = {1, 1'000, 5'000, 30'000, 60'000};
    for (const std::uint64_t amount : kRound) {
      if (amount >= best_[index].amount) return false;
      if (replace(index, {.verb = Verb::kAdvance, .amount = amount})) return true;
    }
    return false;
  }

  // Two segments of one peer in a row, when their border does not matter.
  bool join_segments() {
    bool smaller = false;
    for (std::size_t i = 1; i < best_.size(); ++i) {
      const Step& before = best_[i - 1];
      if (best_[i].verb != Verb::kSend || before.verb != Verb::kSend ||
          before.peer != best_[i].peer ||
          before.bytes.size() + best_[i].bytes.size() > scenario::kSegmentMax) {
        continue;
      }
      Scenario candidate = best_;
      candidate[i - 1].bytes += candidate[i].bytes;
      candidate.erase(candidate.begin() + static_cast<std::ptrdiff_t>(i));
      smaller = accept(std::move(candidate)) || smaller;
    }
    return smaller;
  }

  // The peers are called 1, 2, ... as they appear; where possible, two become one.
  bool renumber_peers() {
    bool simpler = false;
    for (std::uint8_t from = 1; from < scenario::kPeers; ++from) {
      for (std::uint8_t to = 0; to < from; ++to) {
        Scenario candidate = best_;
        for (Step& step : candidate) {
          if (has_peer(step.verb) && step.peer == from) step.peer = to;
        }
        simpler = accept(std::move(candidate)) || simpler;
      }
    }
    return simpler;
  }

  Scenario best_;
  const StillFails* still_fails_;
  std::size_t budget_;
  std::size_t runs_ = 0;
  std::unordered_set<std::size_t> tried_;  // hashes of candidates
};

// The signal, the exit code: not what the server printed before, nor in which call, on which
// connection, with which words of an exception, all of which become others as a scenario shrinks.
std::string_view kind_of_death(std::string_view actual) {
  for (const std::string_view detail : {"; it printed: ", " (seen as: ", ": ", " in "}) {
    actual = actual.substr(0, actual.find(detail));
  }
  return actual;
}

bool same_cause(const Violation& a, const Violation& b) {
  return a.symptom == b.symptom &&
         (a.symptom != Symptom::kDied || kind_of_death(a.actual) == kind_of_death(b.actual));
}

}  // namespace

Minimized minimize(const Scenario& scenario, const StillFails& still_fails, std::size_t budget) {
  return Minimizer(scenario, still_fails, budget).run();
}

Minimized minimize(const Scenario& scenario, Judge& judge, const Violation& found,
                   std::size_t budget, const std::function<void(std::size_t runs)>& progress) {
  Violation latest = found;  // of what failed last: the best
  std::size_t runs = 0;
  const StillFails still_fails = [&](const Scenario& candidate) {
    progress(runs++);
    auto now = judge.judge(candidate);
    if (!now || !same_cause(*now, found)) return false;
    latest = std::move(*now);
    return true;
  };
  Minimized minimized = minimize(scenario, still_fails, budget);
  minimized.violation = std::move(latest);
  return minimized;
}

}  // namespace e3::explore
