// SPDX-License-Identifier: MIT
#include "e3/server/request.h"

#include <array>
#include <cstddef>

namespace e3::server {

namespace {

struct Meaning {
  Status status;
  std::string_view description;
};

constexpr std::array<Meaning, 19> kMeanings = {{
    // in the order of Refusal
    {Status::kOk, "accepted"},
    {Status::kBadRequest, "malformed request line"},
    {Status::kBadRequest, "invalid request target"},
    {Status::kUriTooLong, "request line too long"},
    {Status::kNotImplemented, "unknown method"},
    {Status::kVersionNotSupported, "unsupported protocol version"},
    {Status::kBadRequest, "malformed header field"},
    {Status::kRequestHeaderFieldsTooLarge, "too many header fields"},
    {Status::kBadRequest, "missing Host"},
    {Status::kBadRequest, "invalid or repeated Host"},
    {Status::kBadRequest, "invalid or repeated Content-Length"},
    {Status::kBadRequest, "conflicting message length"},
    {Status::kNotImplemented, "unknown transfer coding"},
    {Status::kExpectationFailed, "unknown expectation"},
    {Status::kRequestHeaderFieldsTooLarge, "request head too long"},
    {Status::kContentTooLarge, "request body too large"},
    {Status::kBadRequest, "malformed chunked coding"},
    {Status::kBadRequest, "request cut short"},
    {Status::kRequestTimeout, "request too slow"},
}};
static_assert(kMeanings.size() == static_cast<std::size_t>(Refusal::kTooSlow) + 1);

}  // namespace

Status status_of(Refusal refusal) { return kMeanings[static_cast<std::size_t>(refusal)].status; }

std::string_view describe(Refusal refusal) {
  return kMeanings[static_cast<std::size_t>(refusal)].description;
}

}  // namespace e3::server
