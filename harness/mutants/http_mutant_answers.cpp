// SPDX-License-Identifier: MIT
// What the mutant that speaks HTTP/1.1 makes of a connection's input, and what it answers.
#include <string>
#include <string_view>

#include "harness/mutants/http_mutant.h"

namespace e3::mutants {
namespace {

std::string decoded(std::string_view target) {
  std::string text;
  for (std::size_t i = 0; i < target.size(); ++i) {
    if (target[i] == '%' && i + 2 < target.size()) {
      text += static_cast<char>(std::stoi(std::string(target.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    } else {
      text += target[i];
    }
  }
  return text;
}

}  // namespace

std::string HttpMutant::head(std::string_view status, bool keep_alive) const {
  std::string text = has(HttpBug::kBareStatusLine)
                         ? "HTTP/1.1 " + std::string(status.substr(0, 3)) + "\r\n"
                         : "HTTP/1.1 " + std::string(status) + "\r\n";
  if (!has(HttpBug::kNoDate)) text += "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n";
  if (!has(HttpBug::kNoContentType)) text += "Content-Type: text/plain\r\n";
  if (!keep_alive) text += "Connection: close\r\n";
  return text;
}

void HttpMutant::serve(HttpConnection& connection, const HttpRequest& request) const {
  if (has(HttpBug::kSwitchesProtocols) && request.upgrades) {
    connection.output += "HTTP/1.1 101 Switching Protocols\r\nUpgrade: foo\r\n\r\n";
    return;
  }
  const bool old = request.minor_version == 0;
  std::string body = request.method == "POST"          ? request.body
                     : request.target.starts_with("/") ? request.target.substr(1)
                                                       : "";
  if (has(HttpBug::kLeavesOldAnswer)) {
    if (body.size() < connection.last_body.size()) {
      body += connection.last_body.substr(body.size());
    }
    connection.last_body = body;
  }
  const bool keeps = request.keep_alive || has(HttpBug::kIgnoresClose);
  std::string text = head("200 OK", keeps);
  if (has(HttpBug::kLiesAboutKeepAlive) && request.says_keep_alive) {
    text = "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\n";
  }
  if (has(HttpBug::kReflectsTarget)) text += "X-Target: " + decoded(request.target) + "\r\n";
  if (has(HttpBug::kChunksToOldClients) && old && !body.empty()) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    text += "Transfer-Encoding: chunked\r\n";
    const std::string size(1, kDigits[body.size() % 16]);  // of the short bodies asked for
    body = size + "\r\n" + body + "\r\n0\r\n\r\n";
  } else {
    text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  }
  text += "\r\n";
  if (request.method != "HEAD" || has(HttpBug::kBodyOnHead)) text += body;
  connection.output.insert(has(HttpBug::kOvertakes) ? 0 : connection.output.size(), text);
  if (!keeps) connection.ending = true;
}

void HttpMutant::refuse(HttpConnection& connection, const ParseResult& result) const {
  if (has(HttpBug::kHangsOnMalformed)) return connection.input.clear();
  if (has(HttpBug::kServesMalformed)) {
    HttpRequest guess;
    guess.target = "/e3";
    connection.input.erase(0, result.consumed);
    return serve(connection, guess);
  }
  connection.ending = true;
  if (has(HttpBug::kResetsMalformed)) return;
  if (has(HttpBug::kRefusesInPlainText)) {
    connection.output += "bad request\r\n";
  } else {
    const bool keeps = has(HttpBug::kServesAfterRefusal);
    connection.output +=
        head(std::to_string(result.status) + " Refused", keeps) + "Content-Length: 0\r\n\r\n";
    connection.kept = has(HttpBug::kKeepsRefusedOpen);
    if (keeps) {
      connection.input.erase(0, result.consumed);
      connection.ending = false;
    }
  }
}

void HttpMutant::process(HttpConnection& connection) {
  for (int served = 0; !connection.input.empty() && !connection.ending; ++served) {
    if (has(HttpBug::kServesFewPerRead) && served == 64) return;
    const std::size_t searched = connection.searched;
    if (searched > 0 && connection.input.find("\r\n\r\n", searched) == std::string::npos) return;
    const ParseResult result = parse_http(connection.input, bug_);
    if (result.state == ParseState::kIncomplete) return;
    if (result.state == ParseState::kRefused) {
      refuse(connection, result);
      continue;
    }
    if (result.state == ParseState::kNeedsBody) {
      const bool old = result.request.minor_version == 0;
      const bool told = old ? has(HttpBug::kInterimToOldClients) : !has(HttpBug::kNeverContinues);
      if (result.request.expects_continue && !connection.continued && told) {
        connection.output += "HTTP/1.1 100 Continue\r\n\r\n";
        connection.continued = true;
      }
      return;
    }
    if (has(HttpBug::kInterimToOldClients) && result.request.expects_continue) {
      connection.output += "HTTP/1.1 100 Continue\r\n\r\n";
    }
    connection.continued = false;
    const bool all = result.consumed == connection.input.size();
    connection.searched = has(HttpBug::kSearchesFromOldEnd) && !all ? result.consumed - 4 : 0;
    if (has(HttpBug::kStopsAfterThree) && ++connection.served > 3) return connection.input.clear();
    if (has(HttpBug::kKeepsRequests)) {
      connection.requests.push_back(connection.input.substr(0, result.consumed));
    }
    connection.input.erase(0,
                           has(HttpBug::kForgetsPipelined) ? std::string::npos : result.consumed);
    serve(connection, result.request);
  }
}

}  // namespace e3::mutants
