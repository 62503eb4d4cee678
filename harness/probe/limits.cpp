// SPDX-License-Identifier: MIT
// The longest of each part of a head that is accepted, by bisection.
#include <fmt/format.h>

#include "harness/checks/http_exchange.h"
#include "harness/probe/questions.h"

namespace e3::probe {
namespace {

constexpr std::size_t kFieldSize = 1000;   // bytes, of the fields that make a head long
constexpr std::size_t kShortestField = 8;  // bytes, of one without a value

struct Limit {
  std::string_view key;
  std::string_view label;
  std::size_t bound;  // bytes; no more is tried
  // A request whose part has `part` bytes, or as many as it can have; `part` becomes how many.
  std::string (*request)(const HttpTraits& traits, std::size_t& part);
};

std::string with_version(const HttpTraits& traits) {
  return traits.http11 ? "HTTP/1.1" : "HTTP/1.0";
}

std::string request_of(const HttpTraits& traits, std::string_view query, std::string_view fields) {
  return fmt::format("GET {}{} {}\r\nHost: {}\r\nConnection: close\r\n{}\r\n", traits.target, query,
                     with_version(traits), traits.host, fields);
}

std::string long_line(const HttpTraits& traits, std::size_t& part) {
  const std::size_t rest = request_of(traits, "?", "").find("\r\n");
  const std::size_t filler = part > rest ? part - rest : 0;
  part = rest + filler;
  return request_of(traits, "?" + std::string(filler, 'e'), "");
}

std::string long_field(const HttpTraits& traits, std::size_t& part) {
  constexpr std::string_view kName = "X-E3: ";
  const std::size_t filler = part > kName.size() ? part - kName.size() : 1;
  part = kName.size() + filler;
  return request_of(traits, "", fmt::format("{}{}\r\n", kName, std::string(filler, 'e')));
}

std::string field_of(std::size_t size) {
  constexpr std::string_view kAround = "X-E3: \r\n";
  return fmt::format("X-E3: {}\r\n", std::string(size - kAround.size(), 'e'));
}

std::string long_head(const HttpTraits& traits, std::size_t& part) {
  const std::size_t shortest = request_of(traits, "", "").size();
  std::string fields;
  std::size_t left = part > shortest ? part - shortest : 0;
  for (; left >= 2 * kFieldSize; left -= kFieldSize) fields += field_of(kFieldSize);
  // The last one takes the rest, unless that is too short to be a field.
  if (left > kShortestField) fields += field_of(left);
  part = shortest + fields.size();
  return request_of(traits, "", fields);
}

constexpr Limit kLimits[] = {
    {"longest_request_line", "longest request line", 65536, long_line},
    {"longest_field", "longest field", 65536, long_field},
    {"longest_head", "longest head", 262144, long_head},
};

// A refusal is one for the size only where the short request is not refused.
bool is_accepted(Session& session, const std::string& request) {
  Peer peer = session.world().connect();
  peer.send(request);
  const Conversation seen = read_answers(peer, {});
  if (seen.last() == nullptr) return false;
  const int status = seen.last()->status;
  return status < 500 && status != 400 && status != 413 && status != 414 && status != 431;
}

Fact find(Session& session, const HttpTraits& traits, const Limit& limit) {
  const auto accepts = [&](std::size_t& part) {
    return is_accepted(session, limit.request(traits, part));
  };
  std::size_t good = 0;
  if (!accepts(good)) return {limit.key, limit.label, {}, "not known: the shortest is refused"};
  std::size_t bad = limit.bound;
  if (accepts(bad)) return {limit.key, limit.label, bad, fmt::format("at least {} bytes", bad)};
  while (good + 1 < bad) {
    const std::size_t middle = good + (bad - good) / 2;
    std::size_t part = middle;
    const bool fits = accepts(part);
    if (part == good || part == bad) break;  // nothing lies between them
    (fits ? good : bad) = part;
  }
  return {limit.key, limit.label, good, fmt::format("{} bytes", good)};
}

}  // namespace

void ask_for_limits(const Known& known, std::vector<Fact>& facts) {
  HttpTraits traits;
  if (known.http) {
    traits = *known.http;
  } else {
    take_over_request(known.session->request(), traits);
  }
  for (const Limit& limit : kLimits) facts.push_back(find(*known.session, traits, limit));
}

}  // namespace e3::probe
