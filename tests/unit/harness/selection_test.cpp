// SPDX-License-Identifier: MIT
// What --shard promises: the parts of one run, each on a machine of its own, are together the whole
// run, and no case is run twice.
#include "harness/cli/selection.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace e3::cli {
namespace {

std::vector<std::string> ids_of(const Selection& selection) {
  std::vector<std::string> ids;
  for (const CheckCase& each : selected_cases(selection)) ids.push_back(id_of(each));
  return ids;
}

Selection selecting(std::vector<std::string> words) {
  Selection selection;
  selection.words = std::move(words);
  return selection;
}

// The ids of every part, one part after another.
std::vector<std::string> ids_of_parts(Selection selection, std::size_t count) {
  std::vector<std::string> ids;
  for (std::size_t index = 1; index <= count; ++index) {
    selection.shard = {.index = index, .count = count};
    const std::vector<std::string> part = ids_of(selection);
    ids.insert(ids.end(), part.begin(), part.end());
  }
  return ids;
}

// As often as each is there: an id that two parts have would be there twice.
std::vector<std::string> sorted(std::vector<std::string> ids) {
  std::sort(ids.begin(), ids.end());
  return ids;
}

TEST(Selection, ThePartsOfARunAreTogetherTheWholeRunAndShareNothing) {
  const std::vector<std::string> all = ids_of({});
  for (const std::size_t count : {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{7},
                                  std::size_t{64}, all.size()}) {
    EXPECT_EQ(sorted(ids_of_parts({}, count)), sorted(all)) << count << " parts";
  }
}

TEST(Selection, PartsAreMadeOfWhatIsSelectedAndDifferByAtMostOneCase) {
  Selection chosen = selecting({"http"});
  chosen.exclude = {"http.host"};
  chosen.least = Level::kShould;
  const std::size_t total = ids_of(chosen).size();
  EXPECT_LT(total, ids_of({}).size());
  EXPECT_EQ(sorted(ids_of_parts(chosen, 3)), sorted(ids_of(chosen)));
  for (std::size_t index = 1; index <= 3; ++index) {
    Selection part = chosen;
    part.shard = {.index = index, .count = 3};
    EXPECT_LE(ids_of(part).size() - total / 3, 1U) << index;
  }
}

TEST(Selection, AsManyPartsAsCasesHaveOneCaseEachAndOneMoreHasNone) {
  Selection last = selecting({"accept"});
  const std::size_t total = ids_of(last).size();
  last.shard = {.index = total, .count = total};
  EXPECT_EQ(ids_of(last).size(), 1U);
  last.shard = {.index = total + 1, .count = total + 1};
  EXPECT_THROW(selected_cases(last), NothingSelected);
}

}  // namespace
}  // namespace e3::cli
