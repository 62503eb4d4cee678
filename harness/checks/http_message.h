// SPDX-License-Identifier: MIT
// Reads HTTP/1.x answers out of the bytes that a peer received (RFC 9112, sections 4 and 6.3).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace e3 {

struct HttpAnswer {
  int minor_version = 0;
  int status = 0;
  std::string head;  // status line and fields, with their line ends, without the empty line
  std::string body;  // decoded
  bool chunked = false;
  bool says_close = false;       // Connection: close, or HTTP/1.0 without keep-alive
  bool ends_with_input = false;  // the end of the connection ends the body
  std::optional<std::size_t> announced_length;
  std::size_t bytes_needed = 0;  // of an incomplete one: it stays so with fewer bytes
};

// What take_answer() needs to know beside the bytes.
struct AnswerContext {
  bool to_head = false;      // the answer is to a HEAD request: it has no body
  bool input_ended = false;  // no byte will follow
};

enum class AnswerState {
  kComplete,
  kIncomplete,
  kMalformed,  // no client could tell where it ends, or what it says
};

// Takes one answer, interim ones (1xx) included, off the front of `bytes`. `problem` says what is
// malformed.
AnswerState take_answer(std::string_view& bytes, const AnswerContext& context, HttpAnswer& answer,
                        std::string& problem);

// The value of a field, without the space around it; nothing when the head does not have it.
std::optional<std::string_view> field_value(std::string_view head, std::string_view name);

// Without the space around it.
std::string_view trimmed(std::string_view text, std::string_view blanks = " \t");

bool equal_ignoring_case(std::string_view a, std::string_view b);

}  // namespace e3
