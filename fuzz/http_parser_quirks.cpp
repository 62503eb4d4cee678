// SPDX-License-Identifier: MIT
#include "http_parser_quirks.h"

#include <strings.h>

#include <algorithm>
#include <cstring>

#include "plain_reading.h"

namespace e3::fuzz {

namespace {

using e3::server::Request;

bool begins_with(std::string_view name, std::string_view expected) {
  return name.size() >= expected.size() &&
         ::strncasecmp(name.data(), expected.data(), expected.size()) == 0;
}

bool is_named(std::string_view name, std::string_view expected) {
  return name.size() == expected.size() && begins_with(name, expected);
}

bool has_field(const Request& request, std::string_view name) {
  return std::any_of(request.fields.begin(), request.fields.end(),
                     [&](const auto& field) { return is_named(field.name, name); });
}

// RFC 9110 section 6.5.1: a trailer field frames nothing. http_parser reads it like any other.
bool has_framing_trailer(const std::vector<std::string>& trailers) {
  constexpr std::string_view kNames[] = {"connection", "content-length", "proxy-connection",
                                         "transfer-encoding", "upgrade"};
  return std::any_of(trailers.begin(), trailers.end(), [&](const std::string& line) {
    return std::any_of(std::begin(kNames), std::end(kNames),
                       [&](std::string_view name) { return begins_with(line, name); });
  });
}

// RFC 9112 section 9.3: "close" decides, whatever else is there. In HTTP/1.0 http_parser looks for
// "keep-alive" alone.
bool is_http10_kept_and_closed(const Request& request) {
  const auto mentions = [&](std::string_view option) {
    return std::any_of(request.fields.begin(), request.fields.end(), [&](const auto& field) {
      return is_named(field.name, "connection") &&
             ::strcasestr(std::string(field.value).c_str(), std::string(option).c_str()) != nullptr;
    });
  };
  return request.minor_version == 0 && mentions("close") && mentions("keep-alive");
}

// Between the options of a list tabs are white space as well (RFC 9110 section 5.6.1).
bool has_tab_between_options(const Request& request) {
  return std::any_of(request.fields.begin(), request.fields.end(), [](const auto& field) {
    return is_named(field.name, "connection") && field.value.find('\t') != field.value.npos;
  });
}

// Whether one of the elements of a connection list `is_odd`.
template <typename IsOdd>
bool has_option(const Request& request, IsOdd is_odd) {
  return std::any_of(request.fields.begin(), request.fields.end(), [&](const auto& field) {
    if (!is_named(field.name, "connection")) return false;
    const std::vector<std::string> elements = elements_of(field.value);
    return std::any_of(elements.begin(), elements.end(), is_odd);
  });
}

// An empty element counts for nothing (RFC 9110 section 5.6.1.2), and what is no token is no
// option. http_parser reads such a list no further.
bool has_malformed_option(const Request& request) {
  return has_option(request, [](const std::string& option) { return !is_token(option); });
}

// Having taken "clo" for the beginning of "close", http_parser takes the comma after it for a part
// of the option, and passes over the next one.
bool has_shortened_option(const Request& request) {
  constexpr std::string_view kNames[] = {"close", "keep-alive", "upgrade"};
  return has_option(request, [&](const std::string& option) {
    return std::any_of(std::begin(kNames), std::end(kNames), [&](std::string_view name) {
      return option.size() < name.size() && begins_with(name, option);
    });
  });
}

}  // namespace

bool has_prolonged_coding(const Request& request) {
  constexpr std::string_view kName = "transfer-encoding";
  return std::any_of(request.fields.begin(), request.fields.end(), [&](const auto& field) {
    return field.name.size() > kName.size() && begins_with(field.name, kName);
  });
}

bool has_empty_coding(const Request& request) {
  return std::any_of(request.fields.begin(), request.fields.end(), [](const auto& field) {
    if (!is_named(field.name, "transfer-encoding")) return false;
    const std::vector<std::string> elements = elements_of(field.value);
    return std::find(elements.begin(), elements.end(), "") != elements.end();
  });
}

bool has_tab_after(const Request& request, std::string_view name) {
  return std::any_of(request.fields.begin(), request.fields.end(), [&](const auto& field) {
    const char* after = field.value.data() + field.value.size();
    return is_named(field.name, name) && after[std::strspn(after, " ")] == '\t';
  });
}

bool has_bare_return(std::string_view partial_head) {
  for (std::size_t at = 0; (at = partial_head.find('\r', at)) != partial_head.npos; ++at) {
    if (at + 1 != partial_head.size() && partial_head[at + 1] != '\n') return true;
  }
  return false;
}

std::string_view framing_quirk(const Request& request, const std::vector<std::string>& trailers) {
  if (has_prolonged_coding(request)) return "a longer name taken for Transfer-Encoding";
  if (has_empty_coding(request)) return "an empty element of Transfer-Encoding";
  if (has_tab_after(request, "content-length")) return "a tab after Content-Length";
  if (has_tab_after(request, "transfer-encoding")) return "a tab after Transfer-Encoding";
  if (has_tab_after(request, "connection")) return "a tab after Connection";
  if (has_tab_between_options(request)) return "a tab between connection options";
  if (has_malformed_option(request)) return "an empty or malformed connection option";
  if (has_shortened_option(request)) return "a connection option that begins like a known one";
  if (has_framing_trailer(trailers)) return "a trailer field taken for framing";
  if (has_field(request, "proxy-connection")) return "Proxy-Connection taken for Connection";
  if (is_http10_kept_and_closed(request)) return "close and keep-alive in HTTP/1.0";
  return {};
}

}  // namespace e3::fuzz
