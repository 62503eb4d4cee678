# e3_add_fuzzer(NAME name
#               TARGET library ENTRY function [ARGUMENTS word...]
#             | TARGET library ADOPT variable
#               [PROFILE name] [SEEDS folder])
#
# Makes a program that fuzzes the library's server: each input is a scenario of several peers (splits,
# reads, hang-ups, resets, time, failing calls), played in the simulated kernel; each connection must
# get what its bytes get undisturbed, and no invariant may break. ENTRY, ADOPT, ARGUMENTS and PROFILE
# are as for e3_add_conformance_test(); of the profile's request `e3 fuzz` makes seeds, too.
#
# What engine the program has:
#   - E3_FUZZING_ENGINE, a library or a flag, where that is set (AFL++, honggfuzz, OSS-Fuzz);
#   - libFuzzer, with clang and "fuzzer-no-link" or "fuzzer" among CMAKE_CXX_FLAGS:
#       cmake -B build-fuzz -DCMAKE_C_COMPILER=clang -DCMAKE_CXX_COMPILER=clang++
#             -DCMAKE_C_FLAGS=-fsanitize=fuzzer-no-link,address
#             -DCMAKE_CXX_FLAGS=-fsanitize=fuzzer-no-link,address
#     and then: e3 fuzz build-fuzz/name --time 600s
#   - none: it replays the files it is given. Where SEEDS are given that is the ctest test name.seeds.
include_guard(GLOBAL)

function(e3_add_fuzzer)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME;TARGET;ENTRY;ADOPT;PROFILE;SEEDS" "ARGUMENTS")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "e3_add_fuzzer: what is '${arg_UNPARSED_ARGUMENTS}'?")
  endif()
  if(NOT arg_NAME OR NOT arg_TARGET OR (arg_ENTRY AND arg_ADOPT) OR NOT (arg_ENTRY OR arg_ADOPT))
    message(FATAL_ERROR "e3_add_fuzzer: give NAME, TARGET, and one of ENTRY and ADOPT")
  endif()
  e3_require_free_name_(e3_add_fuzzer ${arg_NAME})
  set(E3_PROFILE http)
  if(arg_PROFILE)
    e3_resolve_profile_("${arg_PROFILE}" E3_PROFILE)
  endif()
  set(main "${CMAKE_CURRENT_BINARY_DIR}/${arg_NAME}_fuzz.cpp")
  set(use "extern \"C\" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // `e3 fuzz` looks for it in the program.
  static const char profile[] = \"e3_fuzz_profile=\" R\"word(${E3_PROFILE})word\";
  e3_fuzz_input(&kTarget, profile + sizeof \"e3_fuzz_profile=\" - 1, data, size);
  return 0;
}")
  e3_configure_linked_main_("${main}" "${use}" ${arg_NAME} "${arg_ENTRY}" "${arg_ADOPT}"
                            "${arg_ARGUMENTS}")
  add_executable(${arg_NAME} "${main}")
  target_link_libraries(${arg_NAME} PRIVATE ${arg_TARGET} e3::harness)
  target_compile_features(${arg_NAME} PRIVATE cxx_std_20)
  if(E3_FUZZING_ENGINE)
    target_link_libraries(${arg_NAME} PRIVATE ${E3_FUZZING_ENGINE})
  elseif(CMAKE_CXX_COMPILER_ID MATCHES Clang AND CMAKE_CXX_FLAGS MATCHES "-fsanitize=[a-z,-]*fuzzer")
    target_link_options(${arg_NAME} PRIVATE -fsanitize=fuzzer)
  else()
    set(replay "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/replay_main.cpp")
    if(NOT EXISTS "${replay}") # not installed: this is e3's own tree
      set(replay "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../fuzz/replay_main.cpp")
    endif()
    target_sources(${arg_NAME} PRIVATE "${replay}")
    if(arg_SEEDS)
      cmake_path(ABSOLUTE_PATH arg_SEEDS)
      add_test(NAME ${arg_NAME}.seeds COMMAND ${arg_NAME} "${arg_SEEDS}")
    endif()
  endif()
endfunction()
