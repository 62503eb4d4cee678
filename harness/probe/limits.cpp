// SPDX-License-Identifier: MIT
// The longest of each part of a head that is accepted, and the most of them, by bisection.
#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "harness/checks/http_exchange.h"
#include "harness/probe/questions.h"

namespace e3::probe {
namespace {

constexpr std::size_t kShortestField = 8;  // bytes, of a line without a value
constexpr std::size_t kUsualField = 1000;  // bytes, where it is not known how long one may be
constexpr std::string_view kShortField = "E: e\r\n";
constexpr std::size_t kFieldsBound = 1000;
constexpr std::size_t kHeadBound = 262144;  // bytes

struct Limit {
  std::string_view key;
  std::string_view label;
  std::string_view unit;
  std::size_t bound;  // no more is tried
  // A request whose part has `part` units, or as many as it can have; `part` becomes how many.
  std::function<std::string(const HttpTraits& traits, std::size_t& part)> request;
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

// Of as few fields as fit, for their number may be limited, too; none has more than `field_max`
// bytes.
std::string long_head(const HttpTraits& traits, std::size_t field_max, std::size_t& part) {
  const std::size_t shortest = request_of(traits, "", "").size();
  const std::size_t longest_line = std::max(field_max + 2, 3 * kShortestField);
  std::size_t left = part > shortest + kShortestField ? part - shortest : 0;
  part = shortest + left;
  std::string fields;
  for (std::size_t count = (left + longest_line - 1) / longest_line; count > 0; --count) {
    const std::size_t size = left / count;  // about the same for all: a rest might be no field
    fields += field_of(size);
    left -= size;
  }
  return request_of(traits, "", fields);
}

std::size_t fields_of_each_request(const HttpTraits& traits) {
  const std::string request = request_of(traits, "", "");
  // Neither the first line nor the empty one.
  return static_cast<std::size_t>(std::count(request.begin(), request.end(), '\n')) - 2;
}

std::string many_fields(const HttpTraits& traits, std::size_t& part) {
  const std::size_t own = fields_of_each_request(traits);
  part = std::max(part, own);
  std::string fields;
  for (std::size_t count = own; count < part; ++count) fields += kShortField;
  return request_of(traits, "", fields);
}

// How many fields a head of `size` bytes can have.
std::size_t fields_within(const HttpTraits& traits, std::size_t size) {
  const std::size_t shortest = request_of(traits, "", "").size();
  const std::size_t room = size > shortest ? size - shortest : 0;
  return fields_of_each_request(traits) + room / kShortField.size();
}

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
  if (accepts(bad)) {
    return {limit.key, limit.label, bad, fmt::format("at least {} {}", bad, limit.unit)};
  }
  while (good + 1 < bad) {
    const std::size_t middle = good + (bad - good) / 2;
    std::size_t part = middle;
    const bool fits = accepts(part);
    if (part == good || part == bad) break;  // nothing lies between them
    (fits ? good : bad) = part;
  }
  return {limit.key, limit.label, good, fmt::format("{} {}", good, limit.unit)};
}

}  // namespace

void ask_for_limits(const Known& known, std::vector<Fact>& facts) {
  HttpTraits traits;
  if (known.http) {
    traits = *known.http;
  } else {
    take_over_request(known.session->request(), traits);
  }
  // Returns what was found, or `otherwise`.
  const auto look_for = [&](const Limit& limit, std::size_t otherwise) {
    facts.push_back(find(*known.session, traits, limit));
    const std::size_t* found = std::get_if<std::size_t>(&facts.back().value);
    return found != nullptr ? *found : otherwise;
  };
  look_for({"longest_request_line", "longest request line", "bytes", 65536, long_line}, 0);
  const std::size_t field_max =
      look_for({"longest_field", "longest field", "bytes", 65536, long_field}, kUsualField);
  const auto head_of = [field_max](const HttpTraits& given, std::size_t& part) {
    return long_head(given, field_max, part);
  };
  const std::size_t head_max =
      look_for({"longest_head", "longest head", "bytes", kHeadBound, head_of}, kHeadBound);
  // What fits into no head says nothing about the number.
  const std::size_t bound = std::min(kFieldsBound, fields_within(traits, head_max));
  look_for({"most_fields", "most fields", "fields", bound, many_fields}, 0);
}

}  // namespace e3::probe
