# `cpack` makes two Debian packages: e3 (programs, manual pages, completions, the pytest plugin) and
# e3-dev (libraries, headers, the CMake package).
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "The e3 developers <e3@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_ALL programs development)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)

set(CPACK_COMPONENT_PROGRAMS_DESCRIPTION
    "A conformance suite, a simulated kernel and a reference server for epoll servers.")
set(CPACK_DEBIAN_PROGRAMS_PACKAGE_NAME e3)
set(CPACK_DEBIAN_PROGRAMS_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PROGRAMS_PACKAGE_SUGGESTS python3-pytest)

set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION
    "Libraries, headers and CMake functions to test a server of one's own in process.")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME e3-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "e3 (= ${PROJECT_VERSION}), libfmt-dev")
include(CPack)
