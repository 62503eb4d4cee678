# Proves that fuzz_framing finds framing bugs: links it with one source of the server in which one
# thing is wrong, and expects the named finding from the seeds. Each bug is one that lets a request
# be smuggled past, or into, a server.
add_library(fuzz_framing_objects OBJECT fuzz_framing.cpp replay_main.cpp)
target_link_libraries(fuzz_framing_objects PUBLIC e3_fuzz_oracles PRIVATE e3_warnings)

# `right` must occur exactly once in the source: who changes it there changes it here.
function(e3_framing_mutant name source right wrong finding)
  set(original ${PROJECT_SOURCE_DIR}/server/src/${source})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${original})
  file(READ ${original} text)
  string(REPLACE "${right}" "${wrong}" mutant "${text}")
  string(REPLACE "${right}" "" without "${text}")
  string(LENGTH "${right}" size)
  string(LENGTH "${text}" size_with)
  string(LENGTH "${without}" size_without)
  math(EXPR missing "${size_with} - ${size_without} - ${size}")
  if(NOT missing EQUAL 0)
    message(FATAL_ERROR "fuzz/framing_mutants.cmake: not exactly once in ${source}: ${right}")
  endif()
  set(file ${CMAKE_CURRENT_BINARY_DIR}/mutants/${name}.cpp)
  file(CONFIGURE OUTPUT ${file} CONTENT "${mutant}" @ONLY)
  # Its definitions come before those of the library, whose own object is then not linked.
  add_executable(fuzz_framing_mutant_${name} ${file})
  target_include_directories(fuzz_framing_mutant_${name} PRIVATE ${PROJECT_SOURCE_DIR}/server/src)
  target_link_libraries(fuzz_framing_mutant_${name} PRIVATE fuzz_framing_objects)
  add_test(NAME fuzz_framing.finds.${name}
           COMMAND sh -c "\"$1\" \"$2\" 2>&1 | grep \"^finding: $3\"" sh
                   $<TARGET_FILE:fuzz_framing_mutant_${name}>
                   ${PROJECT_SOURCE_DIR}/corpus/fuzz_framing ${finding})
endfunction()

e3_framing_mutant(hex_digit_misread body_reader.cpp
  "- 'a' + 10;" "- 'a' + 9;" "")
e3_framing_mutant(length_one_short body_reader.cpp
  "remaining_ = length;" "remaining_ = length == 0 ? 0 : length - 1;" "the request ends elsewhere")
e3_framing_mutant(chunk_end_lenient body_reader.cpp
  "return byte == place.expected ?"
  "if (at_ == At::kContentReturn && byte == '\\n') return move_to(At::kSizeBegin);
  return byte == place.expected ?"
  "")
e3_framing_mutant(extension_refused body_reader.cpp
  "byte == ';'" "byte == '='" "refused, but the body has no such fault")
e3_framing_mutant(coding_ignored exchange.cpp
  "if (request.chunked || request.content_length.value_or(0) != 0) {"
  "if (request.content_length.value_or(0) != 0) {" "the request ends elsewhere")
e3_framing_mutant(two_framings_accepted field_semantics.cpp
  " && !request.content_length;" ";"
  "http_parser decides otherwise")
e3_framing_mutant(close_ignored field_semantics.cpp
  "request.keep_alive = !close_ && (" "request.keep_alive = (" "the connection's persistence")
e3_framing_mutant(split_end_missed request_accumulator.cpp
  "Seen seen = seen_;" "Seen seen = Seen::kOther;" "the split changes")
