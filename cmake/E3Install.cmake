# What `cmake --install` lays down: programs, libraries, headers, the CMake package, pkg-config.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

configure_file(${PROJECT_SOURCE_DIR}/harness/include/e3/version.h.in
               ${PROJECT_BINARY_DIR}/include/e3/version.h @ONLY)
target_sources(e3_harness PUBLIC
  FILE_SET HEADERS
  BASE_DIRS ${PROJECT_SOURCE_DIR}/harness/include ${PROJECT_BINARY_DIR}/include
  FILES ${PROJECT_SOURCE_DIR}/harness/include/e3/gtest.h
        ${PROJECT_SOURCE_DIR}/harness/include/e3/target.h
        ${PROJECT_BINARY_DIR}/include/e3/version.h)
file(GLOB e3_server_headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/server/include/e3/server/*.h)
target_sources(e3_server PUBLIC
  FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}/server/include FILES ${e3_server_headers})
set_target_properties(e3_harness PROPERTIES EXPORT_NAME harness)
set_target_properties(e3_server PROPERTIES EXPORT_NAME server)
if(E3_BUILD_TESTS)
  # Each public header compiles alone.
  set_target_properties(e3_harness e3_server PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
endif()

if(NOT E3_INSTALL)
  return()
endif()
set(e3_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/e3)
install(TARGETS e3-server RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT programs)
install(TARGETS e3 EXPORT e3-targets RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT programs)
if(TARGET e3_preload)
  install(TARGETS e3_preload LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/e3 COMPONENT programs)
endif()
install(TARGETS e3_harness e3_faults e3_kernel e3_server EXPORT e3-targets
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development
        FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development)
install(EXPORT e3-targets NAMESPACE e3:: DESTINATION ${e3_package_dir} COMPONENT development)

configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/e3-config.cmake.in
                              ${PROJECT_BINARY_DIR}/e3-config.cmake
                              INSTALL_DESTINATION ${e3_package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/e3-config-version.cmake
                                 COMPATIBILITY SameMinorVersion)
# Relative, so that the tree can be installed anywhere and moved.
file(RELATIVE_PATH e3_pkgconfig_to_prefix /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(${PROJECT_SOURCE_DIR}/cmake/e3.pc.in ${PROJECT_BINARY_DIR}/e3.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/e3-config.cmake ${PROJECT_BINARY_DIR}/e3-config-version.cmake
              ${PROJECT_SOURCE_DIR}/cmake/E3ConformanceTest.cmake
              ${PROJECT_SOURCE_DIR}/cmake/E3DiscoverChecks.cmake
              ${PROJECT_SOURCE_DIR}/cmake/E3Fuzzer.cmake
              ${PROJECT_SOURCE_DIR}/cmake/linked_target.cpp.in
              ${PROJECT_SOURCE_DIR}/fuzz/replay_main.cpp
        DESTINATION ${e3_package_dir} COMPONENT development)
install(FILES ${PROJECT_BINARY_DIR}/e3.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig
        COMPONENT development)
install(FILES ${PROJECT_SOURCE_DIR}/harness/report/report.schema.json
        DESTINATION ${CMAKE_INSTALL_DATADIR}/e3 COMPONENT programs)
# The pages keep their places, for they refer to each other.
file(GLOB_RECURSE e3_pages RELATIVE ${PROJECT_SOURCE_DIR} CONFIGURE_DEPENDS
     ${PROJECT_SOURCE_DIR}/harness/*.md ${PROJECT_SOURCE_DIR}/server/*.md
     ${PROJECT_SOURCE_DIR}/fuzz/*.md ${PROJECT_SOURCE_DIR}/corpus/*.md)
foreach(page README.md CHANGELOG.md LICENSE ${e3_pages})
  cmake_path(GET page PARENT_PATH place)
  install(FILES ${PROJECT_SOURCE_DIR}/${page} DESTINATION ${CMAKE_INSTALL_DOCDIR}/${place}
          COMPONENT programs)
endforeach()
install(DIRECTORY ${PROJECT_SOURCE_DIR}/harness/checks/profiles
        DESTINATION ${CMAKE_INSTALL_DATADIR}/e3 COMPONENT programs)
# e3 fuzz gives them to the fuzzer of any server.
install(DIRECTORY ${PROJECT_SOURCE_DIR}/corpus/fuzz_schedule
        DESTINATION ${CMAKE_INSTALL_DATADIR}/e3/corpus COMPONENT programs)
install(FILES ${PROJECT_SOURCE_DIR}/fuzz/fuzz_schedule.options ${PROJECT_SOURCE_DIR}/fuzz/schedule.dict
        DESTINATION ${CMAKE_INSTALL_DATADIR}/e3/fuzz COMPONENT programs)
