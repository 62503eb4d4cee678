// SPDX-License-Identifier: MIT
// The byte form carries what the generator makes up, and every byte string is a schedule.
#include "byte_form.h"

#include <gtest/gtest.h>

#include <random>
#include <span>
#include <vector>

namespace e3::differential {
namespace {

Input decoded(const std::string& bytes) {
  return decode({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

// All but those that send more than stays comparable.
TEST(ByteForm, CarriesGeneratedSchedules) {
  std::size_t whole = 0;
  for (const bool unix_sockets : {false, true}) {
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
      const Input input{unix_sockets, generate(seed, {.unix_sockets = unix_sockets})};
      const Input back = decoded(encode(input));
      EXPECT_EQ(back.unix_sockets, unix_sockets);
      if (back.schedule == input.schedule) ++whole;
    }
  }
  EXPECT_GE(whole, 90U);
}

TEST(ByteForm, DecodesAnyBytesToWhatItCanEncode) {
  std::mt19937 random(1);
  for (int i = 0; i < 100; ++i) {
    std::string bytes(random() % 100, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    const Input input = decoded(bytes);
    const Input back = decoded(encode(input));
    EXPECT_EQ(back.unix_sockets, input.unix_sockets);
    EXPECT_EQ(back.schedule, input.schedule);
  }
}

TEST(ByteForm, RefusesWhatHasNoBytes) {
  EXPECT_THROW(encode({false, {{Action::kSend, kFirstConnection, 0, 7}}}), std::invalid_argument);
}

}  // namespace
}  // namespace e3::differential
