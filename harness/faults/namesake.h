// A program whose command line has the words of the target's, such as an editor with its script.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "harness/process/launch.h"
#include "harness/stage/stage.h"

namespace pidfall {

// A shell script that does nothing, with this pid (0: any). It ends with the sandbox.
Child StartNamesake(Stage& stage, const std::vector<std::string>& words, pid_t pid = 0);

// The words of its processes that were executed with others than the given ones, as a script may
// execute its server. The first word of each process, its program or interpreter, is left out.
std::vector<std::string> WordsOfItsOwn(const Instance& instance,
                                       const std::vector<std::string>& given);

}  // namespace pidfall
