// SPDX-License-Identifier: MIT
// What parser_load does, done by http_parser: the same request, the same reads, and the same
// result, a list of fields.
#include <http_parser.h>

#include <cstdio>
#include <string_view>
#include <utility>
#include <vector>

#include "load_arguments.h"

namespace {

struct Reading {
  std::string_view target;
  std::vector<std::pair<std::string_view, std::string_view>> fields;
  bool in_value = false;
  bool complete = false;
};

Reading& reading_of(http_parser* parser) { return *static_cast<Reading*>(parser->data); }

// Pieces of one part lie one after the other in the same text.
void extend(std::string_view& part, const char* at, std::size_t size) {
  part =
      part.empty() ? std::string_view(at, size) : std::string_view(part.data(), part.size() + size);
}

int on_url(http_parser* parser, const char* at, std::size_t size) {
  extend(reading_of(parser).target, at, size);
  return 0;
}

int on_name(http_parser* parser, const char* at, std::size_t size) {
  Reading& reading = reading_of(parser);
  if (reading.fields.empty() || reading.in_value) reading.fields.emplace_back();
  reading.in_value = false;
  extend(reading.fields.back().first, at, size);
  return 0;
}

int on_value(http_parser* parser, const char* at, std::size_t size) {
  Reading& reading = reading_of(parser);
  reading.in_value = true;
  extend(reading.fields.back().second, at, size);
  return 0;
}

int on_message_complete(http_parser* parser) {
  reading_of(parser).complete = true;
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: http_parser_load READ_SIZE TIMES [FIELD_BYTES]\n");
    return 2;
  }
  const e3::bench::LoadArguments load = e3::bench::read_load_arguments(argc, argv);
  http_parser_settings settings;
  http_parser_settings_init(&settings);
  settings.on_url = on_url;
  settings.on_header_field = on_name;
  settings.on_header_value = on_value;
  settings.on_message_complete = on_message_complete;
  Reading reading;
  http_parser parser;
  http_parser_init(&parser, HTTP_REQUEST);
  parser.data = &reading;
  for (unsigned long left = load.times; left != 0; --left) {
    reading.fields.clear();
    reading.target = {};
    reading.complete = reading.in_value = false;
    for (std::string_view rest = load.text; !rest.empty();) {
      const std::string_view read = rest.substr(0, load.read_size);
      if (http_parser_execute(&parser, &settings, read.data(), read.size()) != read.size())
        return 1;
      rest.remove_prefix(read.size());
    }
    if (!reading.complete) return 1;
  }
  return 0;
}
