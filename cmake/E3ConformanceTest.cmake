# e3_add_conformance_test(NAME name
#                         TARGET library ENTRY function [ARGUMENTS word...]
#                       | TARGET library ADOPT variable
#                       | SPAWN command
#                         [PROFILE name] [CHECKS word...] [EXCLUDE word...] [OPTIONS word...]
#                         [TIMEOUT seconds] [LABELS label...])
#
# Registers each of e3's checks as a ctest test "name.id", with the labels e3, its family and its
# level. What e3 skips, ctest shows as skipped.
#
#   ENTRY     an `int function(int, char**)` of the library, C linkage: it listens and serves
#   ADOPT     a `const struct e3_adopt variable` of the library, C linkage: see <e3/target.h>
#   SPAWN     a command that starts the server; {port} stands for its port. Generator expressions
#             such as $<TARGET_FILE:my-server> are allowed
#   PROFILE   http (default), hello, echo, redis, memcached, smtp or a file's path that ends in .toml, absolute or relative
#             to the source folder
#   CHECKS    only these: ids, families or globs;  EXCLUDE: not these
#   OPTIONS   further words for `e3 run`
#   TIMEOUT   of each test (default 60; 300 with SPAWN)
#
# ENTRY and ADOPT also make a program of that name: `./name run -v read.split` is e3 around your
# server, with PROFILE unless another is named.
include_guard(GLOBAL)

function(e3_add_conformance_test)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME;TARGET;ENTRY;ADOPT;SPAWN;PROFILE;TIMEOUT"
                        "ARGUMENTS;CHECKS;EXCLUDE;OPTIONS;LABELS")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "e3_add_conformance_test: what is '${arg_UNPARSED_ARGUMENTS}'?")
  endif()
  set(ways 0)
  foreach(way ENTRY ADOPT SPAWN)
    if(arg_${way})
      math(EXPR ways "${ways} + 1")
    endif()
  endforeach()
  if(NOT arg_NAME OR NOT ways EQUAL 1)
    message(FATAL_ERROR "e3_add_conformance_test: give NAME, and one of ENTRY, ADOPT and SPAWN")
  endif()
  if((arg_ENTRY OR arg_ADOPT) AND NOT arg_TARGET)
    message(FATAL_ERROR "e3_add_conformance_test: ENTRY and ADOPT need TARGET, the library that has them")
  endif()

  set(run ${arg_CHECKS} ${arg_OPTIONS} --skip-exit 77 --color never)
  foreach(word IN LISTS arg_EXCLUDE)
    list(APPEND run --exclude "${word}")
  endforeach()
  if(arg_PROFILE)
    e3_resolve_profile_("${arg_PROFILE}" arg_PROFILE)
    list(APPEND run --profile "${arg_PROFILE}")
  endif()
  if(arg_SPAWN)
    set(runner e3::e3)
    list(APPEND run --spawn "${arg_SPAWN}")
    set(timeout 300)
  else()
    e3_require_free_name_(e3_add_conformance_test ${arg_NAME})
    e3_add_linked_runner_(${arg_NAME} "${arg_TARGET}" "${arg_ENTRY}" "${arg_ADOPT}" "${arg_ARGUMENTS}"
                          "${arg_PROFILE}")
    set(runner ${arg_NAME})
    set(timeout 60)
  endif()
  if(arg_TIMEOUT)
    set(timeout ${arg_TIMEOUT})
  endif()
  e3_discover_checks_(${arg_NAME} ${runner} "${run}" ${timeout} "${arg_LABELS}")
endfunction()

# `caller` adds a program called `name`: no library, such as the one it tests, may have that name.
# A file for what comes with e3 as one: the programs made here do not lie beside it.
function(e3_resolve_profile_ word result)
  if(NOT e3_PROFILES_DIR) # not installed: this is e3's own tree
    set(e3_PROFILES_DIR "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../harness/checks/profiles")
  endif()
  if(word MATCHES "[.]toml$")
    cmake_path(ABSOLUTE_PATH word)
  elseif(EXISTS "${e3_PROFILES_DIR}/${word}.toml")
    cmake_path(SET word NORMALIZE "${e3_PROFILES_DIR}/${word}.toml")
  endif()
  set(${result} "${word}" PARENT_SCOPE)
endfunction()

function(e3_require_free_name_ caller name)
  if(TARGET ${name})
    message(FATAL_ERROR "${caller}: '${name}' is a target already, and the program that runs it needs "
                        "a name of its own: give another NAME, such as ${name}-e3")
  endif()
endfunction()

# Writes `main`: the target that the arguments describe, and `use`, which does something with it.
function(e3_configure_linked_main_ main E3_USE name entry adopt arguments)
  set(E3_NAME "${name}")
  set(E3_ARGUMENTS "")
  foreach(word IN LISTS arguments)
    string(APPEND E3_ARGUMENTS "    R\"word(${word})word\",\n")
  endforeach()
  if(entry)
    set(E3_DECLARATION "int ${entry}(int, char**);")
    set(E3_MEMBERS ".entry = ${entry}, .arguments = kArguments, .argument_count = std::size(kArguments) - 1, .adopt = nullptr")
  else()
    set(E3_DECLARATION "extern const struct e3_adopt ${adopt};")
    set(E3_MEMBERS ".entry = nullptr, .arguments = nullptr, .argument_count = 0, .adopt = &${adopt}")
  endif()
  configure_file("${CMAKE_CURRENT_FUNCTION_LIST_DIR}/linked_target.cpp.in" "${main}" @ONLY)
endfunction()

# The program of ENTRY and ADOPT: a main() around the library's server.
function(e3_add_linked_runner_ name library entry adopt arguments profile)
  if(NOT profile)
    set(profile http)
  endif()
  set(main "${CMAKE_CURRENT_BINARY_DIR}/${name}_main.cpp")
  e3_configure_linked_main_(
    "${main}" "int main(int argc, char** argv) {
  return e3_main_with_profile(argc, argv, &kTarget, R\"word(${profile})word\");
}"
    ${name} "${entry}" "${adopt}" "${arguments}")
  add_executable(${name} "${main}")
  # The library first: the calls it leaves undefined are then found in the harness.
  target_link_libraries(${name} PRIVATE ${library} e3::harness)
  target_compile_features(${name} PRIVATE cxx_std_20)
endfunction()

# The ids are asked for when ctest starts: at configuration time there may be no e3 yet.
function(e3_discover_checks_ name runner run timeout labels)
  set(script "${CMAKE_CURRENT_BINARY_DIR}/${name}_checks.cmake")
  set(arguments "")
  foreach(word IN LISTS run)
    string(APPEND arguments " [==[${word}]==]")
  endforeach()
  file(GENERATE OUTPUT "${script}" CONTENT
"set(E3_NAME [==[${name}]==])
set(E3_RUNNER [==[$<TARGET_FILE:${runner}>]==])
set(E3_ARGUMENTS ${arguments})
set(E3_TIMEOUT ${timeout})
set(E3_LABELS [==[${labels}]==])
include([==[${CMAKE_CURRENT_FUNCTION_LIST_DIR}/E3DiscoverChecks.cmake]==])
")
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES "${script}")
endfunction()
