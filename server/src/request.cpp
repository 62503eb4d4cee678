// SPDX-License-Identifier: MIT
#include "e3/server/request.h"

namespace e3::server {

Status status_of(Refusal refusal) {
  switch (refusal) {
    case Refusal::kNone:
      return Status::kOk;
    case Refusal::kRequestLineTooLong:
      return Status::kUriTooLong;
    case Refusal::kTooManyFields:
      return Status::kRequestHeaderFieldsTooLarge;
    case Refusal::kUnknownMethod:
    case Refusal::kUnknownCoding:
      return Status::kNotImplemented;
    case Refusal::kUnsupportedVersion:
      return Status::kVersionNotSupported;
    case Refusal::kUnknownExpectation:
      return Status::kExpectationFailed;
    case Refusal::kMalformedRequestLine:
    case Refusal::kInvalidTarget:
    case Refusal::kMalformedField:
    case Refusal::kMissingHost:
    case Refusal::kInvalidHost:
    case Refusal::kInvalidLength:
    case Refusal::kConflictingLength:
      break;
  }
  return Status::kBadRequest;
}

std::string_view describe(Refusal refusal) {
  switch (refusal) {
    case Refusal::kNone:
      return "accepted";
    case Refusal::kMalformedRequestLine:
      return "malformed request line";
    case Refusal::kInvalidTarget:
      return "invalid request target";
    case Refusal::kRequestLineTooLong:
      return "request line too long";
    case Refusal::kUnknownMethod:
      return "unknown method";
    case Refusal::kUnsupportedVersion:
      return "unsupported protocol version";
    case Refusal::kMalformedField:
      return "malformed header field";
    case Refusal::kTooManyFields:
      return "too many header fields";
    case Refusal::kMissingHost:
      return "missing Host";
    case Refusal::kInvalidHost:
      return "invalid or repeated Host";
    case Refusal::kInvalidLength:
      return "invalid or repeated Content-Length";
    case Refusal::kConflictingLength:
      return "conflicting message length";
    case Refusal::kUnknownCoding:
      return "unknown transfer coding";
    case Refusal::kUnknownExpectation:
      return "unknown expectation";
  }
  return "unknown";
}

}  // namespace e3::server
