// Written from Apple's headers; never run. It does not read another process's command line: the
// name of its executable decides.
#include <libproc.h>
#include <unistd.h>

#include "guard/same_program.h"

namespace pidfall::guard {
namespace {

std::string FileName(const std::string& path) { return path.substr(path.rfind('/') + 1); }

std::string Executable(pid_t pid) {
  char path[PROC_PIDPATHINFO_MAXSIZE];
  const int n = proc_pidpath(pid, path, sizeof path);
  return n > 0 ? FileName({path, static_cast<size_t>(n)}) : "";
}

}  // namespace

bool IsSameProgram(pid_t pid, const std::vector<std::string>& command) {
  const std::string theirs = Executable(pid);
  return !theirs.empty() &&
         theirs == (command.empty() ? Executable(getpid()) : FileName(command.front()));
}

bool HasGuardOfItsOwn(pid_t) { return false; }

}  // namespace pidfall::guard
