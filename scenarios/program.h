// For tests of the built program: runs it, and waits for its end.
//
//   const Ran ran = RunPidfall({"run", "--json", path}, {"PIDFALL_SANDBOX=plain"});
#pragma once

#include <string>
#include <vector>

#include "harness/process/launch.h"

namespace pidfall {

// `variables` come before those of this process.
Child StartPidfall(const std::vector<std::string>& arguments,
                   const std::vector<std::string>& variables, int output);

struct Ran {
  Ending ending;
  std::string output;
};

// Throws std::runtime_error when it does not end within a minute.
Ran RunPidfall(const std::vector<std::string>& arguments,
               const std::vector<std::string>& variables = {});

// A new folder below the folder for temporary files.
std::string MakeFolder();

}  // namespace pidfall
