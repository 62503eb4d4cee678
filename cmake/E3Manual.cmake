# Manual pages and completions, made by the programs themselves when they are built.
find_package(Python3 COMPONENTS Interpreter QUIET)
set(manual ${PROJECT_BINARY_DIR}/manual)
set(made "")
foreach(shell bash zsh fish)
  add_custom_command(OUTPUT ${manual}/e3.${shell}
                     COMMAND e3 completion ${shell} > ${manual}/e3.${shell}
                     DEPENDS e3 VERBATIM)
  list(APPEND made ${manual}/e3.${shell})
endforeach()
if(Python3_FOUND)
  set(page_maker ${CMAKE_CURRENT_LIST_DIR}/manual_page.py)
  foreach(name e3 e3-server)
    add_custom_command(OUTPUT ${manual}/${name}.1
                       COMMAND ${Python3_EXECUTABLE} ${page_maker} $<TARGET_FILE:${name}> > ${manual}/${name}.1
                       DEPENDS ${name} ${page_maker} VERBATIM)
    list(APPEND made ${manual}/${name}.1)
  endforeach()
  foreach(command run list explain compare replay minimize seeds exhaust torture fuzz selftest probe)
    add_custom_command(OUTPUT ${manual}/e3-${command}.1
                       COMMAND ${Python3_EXECUTABLE} ${page_maker} $<TARGET_FILE:e3> ${command}
                               > ${manual}/e3-${command}.1
                       DEPENDS e3 ${page_maker} VERBATIM)
    list(APPEND made ${manual}/e3-${command}.1)
  endforeach()
  install(DIRECTORY ${manual}/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT programs
          FILES_MATCHING PATTERN "*.1")
endif()
file(MAKE_DIRECTORY ${manual})
add_custom_target(e3_manual ALL DEPENDS ${made})
install(FILES ${manual}/e3.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
        RENAME e3 COMPONENT programs)
install(FILES ${manual}/e3.zsh DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions
        RENAME _e3 COMPONENT programs)
install(FILES ${manual}/e3.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d
        COMPONENT programs)

configure_file(${PROJECT_SOURCE_DIR}/integrations/pytest/METADATA.in
               ${PROJECT_BINARY_DIR}/pytest/METADATA @ONLY)
install(FILES ${PROJECT_SOURCE_DIR}/integrations/pytest/pytest_e3.py
        DESTINATION lib/python3/dist-packages COMPONENT programs)
install(FILES ${PROJECT_BINARY_DIR}/pytest/METADATA
              ${PROJECT_SOURCE_DIR}/integrations/pytest/entry_points.txt
        DESTINATION lib/python3/dist-packages/pytest_e3-${PROJECT_VERSION}.dist-info
        COMPONENT programs)
