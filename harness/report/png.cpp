#include "harness/report/png.h"

#include <sys/mman.h>

#include <cstdio>
#include <memory>
#include <stdexcept>
#include <system_error>

#include "harness/input/bad_input.h"
#include "harness/process/fd.h"
#include "harness/process/launch.h"

namespace pidfall {
namespace {

constexpr char kProgram[] = "rsvg-convert";
constexpr int kPixelsWide = 1800;

// The program reads it by the path of our descriptor, so that there is no file to remove.
UniqueFd InMemory(const std::string& svg) {
  UniqueFd file(memfd_create("picture.svg", MFD_CLOEXEC));
  if (!file) ThrowErrno("memfd_create");
  WriteAll(file.get(), svg, "picture.svg");
  return file;
}

}  // namespace

void RequirePngMaker() {
  try {
    FindProgram(kProgram);
  } catch (const std::system_error&) {
    throw BadInput(std::string("--picture: ") + kProgram +
                   " is not installed: apt-get install librsvg2-bin, or name a file.svg");
  }
}

std::string PngOf(const std::string& svg) {
  const UniqueFd file = InMemory(svg);
  const std::string command = std::string(kProgram) + " --width=" + std::to_string(kPixelsWide) +
                              " /proc/$PPID/fd/" + std::to_string(file.get());
  std::FILE* output = popen(command.c_str(), "re");
  if (output == nullptr) ThrowErrno(std::string("start ") + kProgram);
  std::string png = ReadToEnd(fileno(output), kProgram);
  const int status = pclose(output);
  if (status != 0 || png.empty()) {
    throw std::runtime_error(std::string(kProgram) + " made no picture (status " +
                             std::to_string(status) + ")");
  }
  return png;
}

}  // namespace pidfall
