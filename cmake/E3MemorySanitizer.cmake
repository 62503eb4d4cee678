# MemorySanitizer believes that only what it has compiled writes memory, and Debian's libstdc++ is not
# compiled by it. So std::string is instantiated here instead of taken from there, and not lent to it
# either; GoogleTest is built from its source; and where streams and maps are used, all that is written
# counts as initialised.
set(E3_MSAN_LISTS ${CMAKE_CURRENT_LIST_DIR}/msan)
add_compile_options(-fsanitize-memory-track-origins -fsanitize-ignorelist=${E3_MSAN_LISTS}/trust_headers.txt
                    $<$<COMPILE_LANGUAGE:CXX>:-D_GLIBCXX_EXTERN_TEMPLATE=0>)
add_link_options(-Wl,--version-script=${E3_MSAN_LISTS}/strings_stay_here.map)
set(E3_MSAN_TRUSTED -fsanitize-ignorelist=${E3_MSAN_LISTS}/trust_everything.txt)

find_path(E3_GOOGLETEST_SOURCE CMakeLists.txt PATHS /usr/src/googletest REQUIRED NO_DEFAULT_PATH)
add_subdirectory(${E3_GOOGLETEST_SOURCE} googletest EXCLUDE_FROM_ALL)
foreach(library gtest gtest_main gmock gmock_main)
  target_compile_options(${library} PRIVATE ${E3_MSAN_TRUSTED})
endforeach()
