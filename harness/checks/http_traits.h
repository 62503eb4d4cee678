// SPDX-License-Identifier: MIT
// What an HTTP server was seen to do before any HTTP check judges it: learned once for each run.
#pragma once

#include <string>

#include "harness/checks/http_message.h"

namespace e3 {

class Session;
struct Profile;

struct HttpTraits {
  const Profile* profile = nullptr;  // its masks apply to bodies; null: there are none
  std::string target = "/";          // of the profile's request
  std::string host = "localhost";    // likewise
  HttpAnswer get;                    // to a plain HTTP/1.1 GET
  HttpAnswer post;                   // to a POST of the five bytes "hello"
  bool get_varies = false;           // without a mask for it: bodies are not compared
  bool post_varies = false;
  bool http11 = false;          // calls itself HTTP/1.1
  bool persistent = false;      // keeps a connection for the next request
  bool pipelines = true;        // answers what comes behind a request, too
  bool takes_post = false;      // 2xx to it
  bool takes_chunked = false;   // 2xx to the same, chunked
  bool waits_for_body = false;  // does not answer a POST before its body is there
};

// The request target and the host of a request, where it has them.
void take_over_request(const std::string& request, HttpTraits& traits);

// Whether the body is that of the usual answer, as far as that repeats.
bool has_body_of_get(const HttpAnswer& answer, const HttpTraits& traits);
bool has_body_of_post(const HttpAnswer& answer, const HttpTraits& traits);
// Whether the answer to GET always has as many bytes.
bool has_fixed_length(const HttpTraits& traits);

// Throws ControlFailed when a plain HTTP/1.1 request is not answered with 2xx.
HttpTraits learn_http_traits(Session& session);

// The known traits of the session's target; learns them at the first call of a run.
const HttpTraits& http_traits(Session& session);
// Throws NotApplicable when the target closes after each answer.
const HttpTraits& persistent_traits(Session& session);

}  // namespace e3
