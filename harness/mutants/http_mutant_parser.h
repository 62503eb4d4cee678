// SPDX-License-Identifier: MIT
// Reads one request off the front of what a connection has received. Strict, but for its bug.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "harness/mutants/http_bug.h"

namespace e3::mutants {

struct HttpRequest {
  std::string method;
  std::string target;
  std::string body;
  int minor_version = 1;
  bool keep_alive = true;
  bool says_keep_alive = false;  // asked for by an HTTP/1.0 client
  bool expects_continue = false;
  bool upgrades = false;
};

enum class ParseState {
  kComplete,
  kIncomplete,  // the head
  kNeedsBody,   // the head is there, the body is not
  kRefused,
};

struct ParseResult {
  ParseState state = ParseState::kIncomplete;
  std::size_t consumed = 0;  // of the input, when complete; the head, when refused
  int status = 400;          // when refused
  HttpRequest request;
};

// Throws std::runtime_error where the bug lets an exception escape.
ParseResult parse_http(std::string_view input, HttpBug bug);

}  // namespace e3::mutants
