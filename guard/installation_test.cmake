# cmake -DBUILD=... -DSOURCE=... -DWORK=... -DLIBDIR=... -DCONFIG=... -DSTRATEGIES=LIBRARY -DNM=nm
#       -P installation_test.cmake
# The installed files are listed here one by one. None of what is linked or run comes from the
# strategies of the bundled servers, which are broken on purpose: those play in incidents only.
cmake_minimum_required(VERSION 3.25)

set(expected
  bin/pidfall
  bin/pidfall-guard
  include/guard/guard.h
  include/guard/guard_c.h
  libexec/pidfall/save-task-notes
  libexec/pidfall/serve-task-manager
  libexec/pidfall/stand-in
  libexec/pidfall/task-notes-api
  ${LIBDIR}/libpidfall_guard.a
  ${LIBDIR}/cmake/pidfall/pidfallConfig.cmake
  ${LIBDIR}/cmake/pidfall/pidfallConfigVersion.cmake
  ${LIBDIR}/cmake/pidfall/pidfallTargets-${CONFIG}.cmake
  ${LIBDIR}/cmake/pidfall/pidfallTargets.cmake
  ${LIBDIR}/cmake/pidfall/pidfall_check.cmake)
file(GLOB incidents RELATIVE ${SOURCE}/scenarios
     ${SOURCE}/scenarios/incidents/*.toml ${SOURCE}/scenarios/incidents/*.plist
     ${SOURCE}/scenarios/incidents/*.service)
file(GLOB targets RELATIVE ${SOURCE}/servers ${SOURCE}/servers/targets/*.toml)
file(GLOB_RECURSE pages RELATIVE ${SOURCE} ${SOURCE}/docs/*)
list(FILTER pages EXCLUDE REGEX "^docs/CMakeLists.txt|-page.py$|_test.sh$|__pycache__")
list(TRANSFORM pages PREPEND share/doc/pidfall/)
list(APPEND expected ${pages}
  share/bash-completion/completions/pidfall
  share/doc/pidfall-guard/CONTRACT.md
  share/doc/pidfall-guard/copyright
  share/doc/pidfall/README.md
  share/doc/pidfall/copyright
  share/doc/pidfall/guard/CONTRACT.md
  share/doc/pidfall/scenarios/incidents
  share/fish/vendor_completions.d/pidfall.fish
  share/man/man1/pidfall-guard.1
  share/man/man1/pidfall.1
  share/zsh/site-functions/_pidfall)
set(shared ${incidents} ${targets})
list(TRANSFORM shared PREPEND share/pidfall/)
list(APPEND expected ${shared})

file(REMOVE_RECURSE ${WORK})
execute_process(COMMAND ${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK} OUTPUT_QUIET
                COMMAND_ERROR_IS_FATAL ANY)
file(GLOB_RECURSE installed RELATIVE ${WORK} ${WORK}/*)
list(SORT expected)
list(SORT installed)
if(NOT installed STREQUAL expected)
  message(SEND_ERROR "installed:\n${installed}\nexpected:\n${expected}")
endif()

# A finding names the page that was installed with the program.
execute_process(COMMAND ${WORK}/bin/pidfall supervise --policy launchd:keepalive --html - -- false
                OUTPUT_VARIABLE page ERROR_QUIET)
set(patterns "${WORK}/share/doc/pidfall/docs/SERVER-SAFEGUARD-PATTERNS.md#restart-loop")
string(FIND "${page}" "${patterns}" at)
if(at EQUAL -1)
  message(SEND_ERROR "a finding does not name ${patterns}")
endif()

function(defined_functions file result)
  execute_process(COMMAND ${NM} --defined-only --format=posix ${file} OUTPUT_VARIABLE symbols
                  COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCHALL "[^\n]+ T " functions "${symbols}")
  set(${result} ${functions} PARENT_SCOPE)
endfunction()

defined_functions(${STRATEGIES} broken)
if(NOT broken MATCHES "MakeSafeguard")
  message(FATAL_ERROR "${STRATEGIES} does not hold the strategies: ${broken}")
endif()
foreach(file bin/pidfall bin/pidfall-guard ${LIBDIR}/libpidfall_guard.a)
  defined_functions(${WORK}/${file} shipped)
  foreach(function IN LISTS broken)
    if(function IN_LIST shipped)
      message(SEND_ERROR "${file} holds a strategy's function: ${function}")
    endif()
  endforeach()
endforeach()
file(REMOVE_RECURSE ${WORK})
