# One test per scenario of `pidfall check`, in a project's own ctest:
#
#   find_package(pidfall REQUIRED)
#   pidfall_check(NAME serve COMMAND serve --port 8767 EXCEPT restart-loop/*)
#
# The tests are called serve.stale/zero and so on, and have the labels `pidfall` and the family's
# (ctest -L stale). A test that this machine cannot judge counts as skipped, unless PIDFALL_NO_SKIP=1.
#
#   NAME               the beginning of the tests' names
#   COMMAND            the server's command; the name of a target stands for its program
#   PORT PID_FILE HEALTH POLICY DUPLICATE_EXIT START_TIMEOUT BASELINE TARGET
#   VARIANT OLDER STOP_COMMAND STATUS_COMMAND UNSANDBOXED
#                      as the options of `pidfall check`
#   WITH               commands that start what the server needs
#   ALSO               other commands that start the server: each must keep the others out
#   SCENARIO EXCEPT    only these scenarios, all but these (globs)
#   PAGES              a folder: each test writes its page of results into it, which CDash shows with a failure
#   WORKING_DIRECTORY  as of add_test
#   TIMEOUT            seconds for one test [120]
function(pidfall_check)
  set(files PID_FILE BASELINE TARGET POLICY)
  set(values ${files} PORT HEALTH DUPLICATE_EXIT START_TIMEOUT VARIANT OLDER STOP_COMMAND STATUS_COMMAND)
  set(lists WITH ALSO)
  cmake_parse_arguments(PARSE_ARGV 0 arg "UNSANDBOXED" "NAME;PAGES;WORKING_DIRECTORY;TIMEOUT;${values}"
                        "COMMAND;SCENARIO;EXCEPT;${lists}")
  if(NOT arg_NAME)
    message(FATAL_ERROR "pidfall_check: NAME is missing")
  endif()
  if(NOT arg_COMMAND AND NOT arg_TARGET)
    message(FATAL_ERROR "pidfall_check(NAME ${arg_NAME}): COMMAND is missing")
  endif()
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "pidfall_check(NAME ${arg_NAME}): '${arg_UNPARSED_ARGUMENTS}' is not known")
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  if(NOT arg_WORKING_DIRECTORY)
    set(arg_WORKING_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR})
  endif()

  if(arg_PAGES)
    cmake_path(ABSOLUTE_PATH arg_PAGES BASE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR})
    file(MAKE_DIRECTORY ${arg_PAGES})
  endif()

  # A file's path is relative to the CMakeLists.txt; a policy may also be a name.
  foreach(key IN LISTS files)
    if(arg_${key} AND EXISTS "${CMAKE_CURRENT_SOURCE_DIR}/${arg_${key}}")
      cmake_path(ABSOLUTE_PATH arg_${key})
    endif()
  endforeach()

  set(options)
  if(arg_UNSANDBOXED)
    set(options --unsandboxed)
  endif()
  foreach(key IN LISTS values lists)
    string(TOLOWER ${key} option)
    string(REPLACE "_" "-" option --${option})
    foreach(value IN LISTS arg_${key})
      list(APPEND options ${option} ${value})
    endforeach()
  endforeach()

  set(command)
  foreach(word IN LISTS arg_COMMAND)
    if(TARGET ${word})
      set(word $<TARGET_FILE:${word}>)
    endif()
    list(APPEND command ${word})
  endforeach()

  _pidfall_scenarios(scenarios "${arg_SCENARIO}" "${arg_EXCEPT}")
  foreach(scenario IN LISTS scenarios)
    string(REGEX REPLACE "/.*" "" family ${scenario})
    set(page)
    set(page_options)
    if(arg_PAGES)
      string(REPLACE "/" "-" page ${arg_NAME}.${scenario}.html)
      set(page ${arg_PAGES}/${page})
      set(page_options --html ${page})
    endif()
    add_test(NAME ${arg_NAME}.${scenario}
             COMMAND ${PIDFALL_PROGRAM} check --scenario ${scenario} ${options}
                     ${page_options} -- ${command}
             WORKING_DIRECTORY ${arg_WORKING_DIRECTORY})
    set_tests_properties(${arg_NAME}.${scenario} PROPERTIES
      LABELS "pidfall;${family}" SKIP_RETURN_CODE 77 TIMEOUT ${arg_TIMEOUT}
      ATTACHED_FILES_ON_FAIL "${page}")
  endforeach()
endfunction()

# One test per incident file: each happens again, and what must be seen is in the file
# (`pidfall incident new FILE` writes one to start from):
#
#   pidfall_incidents(FILES incidents/*.toml)
#
# The tests are called incident/ID, and have the labels `incident` and those M1 to M52 that the
# file's mechanism names (ctest -L M30).
#
#   FILES              files, or globs
#   WORKING_DIRECTORY  as of add_test; a command in a file may be relative to it
#   TIMEOUT            seconds for one test [120]
function(pidfall_incidents)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "WORKING_DIRECTORY;TIMEOUT" "FILES")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "pidfall_incidents: '${arg_UNPARSED_ARGUMENTS}' is not known")
  endif()
  file(GLOB files CONFIGURE_DEPENDS ${arg_FILES})
  if(NOT files)
    message(FATAL_ERROR "pidfall_incidents: '${arg_FILES}' matches no file")
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  if(NOT arg_WORKING_DIRECTORY)
    set(arg_WORKING_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR})
  endif()
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${files})
  foreach(file IN LISTS files)
    cmake_path(GET file STEM LAST_ONLY id)
    file(STRINGS ${file} mechanism REGEX "^mechanism *=" LIMIT_COUNT 1)
    string(REGEX MATCHALL "M[0-9]+" numbers "${mechanism}")
    add_test(NAME incident/${id} COMMAND ${PIDFALL_PROGRAM} incident run ${file}
             WORKING_DIRECTORY ${arg_WORKING_DIRECTORY})
    set_tests_properties(incident/${id} PROPERTIES
      LABELS "incident;${numbers}" SKIP_RETURN_CODE 77 TIMEOUT ${arg_TIMEOUT})
  endforeach()
endfunction()

function(_pidfall_scenarios result only except)
  set(options)
  foreach(glob IN LISTS only)
    list(APPEND options --scenario ${glob})
  endforeach()
  foreach(glob IN LISTS except)
    list(APPEND options --except ${glob})
  endforeach()
  execute_process(COMMAND ${PIDFALL_PROGRAM} check --list ${options}
                  OUTPUT_VARIABLE list ERROR_VARIABLE error RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${PIDFALL_PROGRAM} check --list: ${status}\n${error}")
  endif()
  string(REGEX MATCHALL "(^|\n)[a-z0-9-]+/[a-z0-9-]+" scenarios "${list}")
  string(REPLACE "\n" "" scenarios "${scenarios}")
  set(${result} ${scenarios} PARENT_SCOPE)
endfunction()
