# cmake -DBUILD=... -DSAMPLE=... -DWORK=... -DGENERATOR=... -P sample_project_test.cmake
# The steps of another project: install, find the package, build, ctest. The guarded server passes;
# the same server without its guard must fail.
function(run_command expected)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE out ERROR_VARIABLE out)
  if(NOT "${status}" MATCHES "^(${expected})$")
    message(FATAL_ERROR "${ARGN}\nended with ${status}, not ${expected}:\n${out}")
  endif()
  set(printed "${out}" PARENT_SCOPE)
endfunction()

function(expect_in text words)
  if(NOT "${text}" MATCHES "${words}")
    message(FATAL_ERROR "'${words}' is not in:\n${text}")
  endif()
endfunction()

function(build_sample folder)
  run_command(0 ${CMAKE_COMMAND} -G ${GENERATOR} -S ${SAMPLE} -B ${folder}
              -DCMAKE_PREFIX_PATH=${WORK}/prefix ${ARGN})
  run_command(0 ${CMAKE_COMMAND} --build ${folder} -j 2)
endfunction()

set(ctest ${CMAKE_COMMAND} -E env PIDFALL_NO_SKIP= ${CMAKE_CTEST_COMMAND} -j 2)

file(REMOVE_RECURSE ${WORK})
run_command(0 ${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/prefix)

build_sample(${WORK}/guarded)
run_command(0 ${ctest} --test-dir ${WORK}/guarded -N)
expect_in("${printed}" "serve.duplicate/")
if(printed MATCHES "serve.restart-loop")
  message(FATAL_ERROR "EXCEPT restart-loop/* left some in")
endif()
# One family is enough: other tests judge the guard.
run_command(0 ${ctest} --test-dir ${WORK}/guarded -L stale --output-junit ${WORK}/junit.xml
            --no-tests=error --output-on-failure)
expect_in("${printed}" "100% tests passed")
if(NOT EXISTS ${WORK}/guarded/pages/serve.stale-zero.html)
  message(FATAL_ERROR "PAGES has no page of a test that ran")
endif()
if(printed MATCHES "serve.duplicate/")
  message(FATAL_ERROR "the label of a family is on another family's tests")
endif()
# ALSO reaches the program: without it, these have nothing to judge.
run_command(0 ${ctest} --test-dir ${WORK}/guarded -L entrance --no-tests=error --output-on-failure)
if(printed MATCHES "Skipped")
  message(FATAL_ERROR "ALSO was left out:\n${printed}")
endif()
run_command(0 ${ctest} --test-dir ${WORK}/guarded -L M30 --no-tests=error --output-on-failure)
expect_in("${printed}" "incident/deploy-in-a-hurry")
file(READ ${WORK}/junit.xml junit)
expect_in("${junit}" "testcase name=\"serve.stale/zero\"")

build_sample(${WORK}/unguarded -DSAMPLE_GUARDED=OFF)
run_command(8 ${ctest} --test-dir ${WORK}/unguarded -R duplicate/other-port)
run_command(8 ${ctest} --test-dir ${WORK}/unguarded -L incident)
run_command(0 ${WORK}/prefix/bin/pidfall incident run "rails/rails#51155")
file(REMOVE_RECURSE ${WORK})
