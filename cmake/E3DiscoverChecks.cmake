# Read by ctest: turns what `e3 run --dry-run` selects into tests. In: E3_NAME, E3_RUNNER,
# E3_ARGUMENTS, E3_TIMEOUT, E3_LABELS.
if(NOT EXISTS "${E3_RUNNER}")
  add_test("${E3_NAME}.not-built" "${CMAKE_COMMAND}" -E echo "${E3_RUNNER} is not built")
  set_tests_properties("${E3_NAME}.not-built" PROPERTIES WILL_FAIL TRUE)
  return()
endif()

# What the arguments select, of at least this level where one is given.
function(e3_selected_ into)
  execute_process(COMMAND "${E3_RUNNER}" run ${E3_ARGUMENTS} --dry-run ${ARGN}
                  OUTPUT_VARIABLE ids ERROR_VARIABLE complaint RESULT_VARIABLE failed)
  if(failed EQUAL 5) # nothing is of that level
    set(ids "")
  elseif(failed)
    message(FATAL_ERROR "e3_add_conformance_test(${E3_NAME}): ${complaint}")
  endif()
  string(REPLACE "[" "<" ids "${ids}") # a list must not hold an open bracket
  string(REPLACE "]" ">" ids "${ids}")
  string(REPLACE "\n" ";" ids "${ids}")
  set(${into} "${ids}" PARENT_SCOPE)
endfunction()

e3_selected_(ids)
if(NOT ids)
  message(FATAL_ERROR "e3_add_conformance_test(${E3_NAME}): nothing is selected")
endif()
e3_selected_(musts --level must)
e3_selected_(shoulds --level should)

# All but the words that select: each test selects one check.
set(options "")
set(seen_option FALSE)
foreach(word IN LISTS E3_ARGUMENTS)
  if(word MATCHES "^-")
    set(seen_option TRUE)
  endif()
  if(seen_option)
    list(APPEND options "${word}")
  endif()
endforeach()

foreach(id IN LISTS ids)
  if(id STREQUAL "")
    continue()
  endif()
  string(REGEX MATCH "^[^.]+" family "${id}")
  string(FIND ";${musts};" ";${id};" in_musts)
  string(FIND ";${shoulds};" ";${id};" in_shoulds)
  set(level may)
  if(NOT in_musts EQUAL -1)
    set(level must)
  elseif(NOT in_shoulds EQUAL -1)
    set(level should)
  endif()
  string(REPLACE "<" "[" id "${id}")
  string(REPLACE ">" "]" id "${id}")
  set(test "${E3_NAME}.${id}")
  add_test("${test}" "${E3_RUNNER}" run "${id}" ${options})
  set_tests_properties("${test}" PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT ${E3_TIMEOUT}
                       LABELS "e3;${family};${level};${E3_LABELS}")
endforeach()
