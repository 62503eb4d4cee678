// SPDX-License-Identifier: MIT
#include <http_parser.h>

#include "framing.h"

namespace e3::fuzz {

namespace {

// Where the parser is within the present message.
struct Place {
  bool begun = false;
  bool head_complete = false;
  bool complete = false;
};

Place& place_of(http_parser* parser) { return *static_cast<Place*>(parser->data); }

int on_message_begin(http_parser* parser) {
  place_of(parser).begun = true;
  return 0;
}

int on_headers_complete(http_parser* parser) {
  place_of(parser).head_complete = true;
  return 0;
}

int on_message_complete(http_parser* parser) {
  place_of(parser).complete = true;
  http_parser_pause(parser, 1);  // so that http_parser_execute() returns where the message ends
  return 0;
}

}  // namespace

Framing read_with_http_parser(std::string_view stream) {
  http_parser_settings settings;
  http_parser_settings_init(&settings);
  settings.on_message_begin = on_message_begin;
  settings.on_headers_complete = on_headers_complete;
  settings.on_message_complete = on_message_complete;
  http_parser parser{};  // MSan does not see what a library built without it initialises
  http_parser_init(&parser, HTTP_REQUEST);
  Framing framing;
  for (std::size_t offset = 0; offset != stream.size();) {
    Place place;
    parser.data = &place;
    offset +=
        http_parser_execute(&parser, &settings, stream.data() + offset, stream.size() - offset);
    if (place.complete) {
      const bool persists = http_should_keep_alive(&parser) != 0;
      framing.push_back({.end = offset, .persists = persists});
      if (!persists) return framing;
      http_parser_pause(&parser, 0);
    } else if (HTTP_PARSER_ERRNO(&parser) != HPE_OK) {
      framing.push_back({.verdict = Verdict::kRefused});
      return framing;
    } else if (place.begun) {
      framing.push_back({.verdict = Verdict::kUnfinished, .in_body = place.head_complete});
    }
  }
  return framing;
}

}  // namespace e3::fuzz
