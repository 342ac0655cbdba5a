// For tests of the built program: runs it, and waits for its end.
//
//   const Ran ran = RunPidfall({"run", "--json", path}, {"PIDFALL_SANDBOX=plain"});
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/process/launch.h"

namespace pidfall {

// `variables` come before those of this process. `prepare` is run in the child.
Child StartPidfall(const std::vector<std::string>& arguments,
                   const std::vector<std::string>& variables, int output,
                   std::function<void()> prepare = nullptr);

struct Ran {
  Ending ending;
  std::string output;
};

// Throws std::runtime_error when it does not end within four minutes: less than ctest's bound, so
// that the output of a hung program is shown.
Ran RunPidfall(const std::vector<std::string>& arguments,
               const std::vector<std::string>& variables = {},
               std::function<void()> prepare = nullptr);

// A new folder below the folder for temporary files.
std::string MakeFolder();

}  // namespace pidfall
