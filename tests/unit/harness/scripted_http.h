// SPDX-License-Identifier: MIT
// A correct HTTP/1.1 server, some of whose answers a test chooses: what no check may blame, or what
// one must see.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "harness/mutants/http_mutant_parser.h"

namespace e3::testing_servers {

struct Reply {
  std::string bytes;
  bool ends = false;                         // our side ends behind it
  std::optional<std::size_t> consumed = {};  // of the input, where it is not what was parsed
};

// `input` begins with the request, which was read whole or refused; nullopt: as a correct server.
using Script =
    std::function<std::optional<Reply>(const mutants::ParseResult& result, std::string_view input)>;

// With Content-Length and a body, and with Connection: close where `more` says so.
std::string http_answer(std::string_view status, std::string_view body, std::string_view more = "");
// What the correct server says.
Reply usual_reply(const mutants::ParseResult& result);

inline constexpr std::string_view kInvitation = "HTTP/1.1 100 Continue\r\n\r\n";

// Listens on 127.0.0.1:8080 and serves until something is thrown through a call. `invitation` is
// sent to who waits with the body.
void serve_scripted(const Script& script, std::string_view invitation = kInvitation);

}  // namespace e3::testing_servers
