// Whether another process is an instance of this program.
//
//   if (IsSameProgram(pid, {})) ...                              // ours
//   if (IsSameProgram(pid, {"python3", "serve.py"})) ...         // this command line
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace pidfall::guard {

// Compares the file name of its executable, which an upgrade in another folder keeps; or, with a
// command, its whole command line. Another user's executable cannot be seen: its name counts.
bool IsSameProgram(pid_t pid, const std::vector<std::string>& command);

// Whether it holds a lock file that names it as the owner: a sibling on another pid file.
bool HasGuardOfItsOwn(pid_t pid);

}  // namespace pidfall::guard
