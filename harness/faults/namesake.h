// A program that only has the words of another one's command line, as an editor of it has.
#pragma once

#include <string>
#include <vector>

#include "harness/process/launch.h"
#include "harness/stage/stage.h"

namespace pidfall {

// A shell script that does nothing. It ends with the sandbox.
Child StartNamesake(Stage& stage, const std::vector<std::string>& words);

// What its processes were executed with, where that is not what was given: a script may execute its
// server with other words. Without the first word of each, which is its program or interpreter.
std::vector<std::string> WordsOfItsOwn(const Instance& instance,
                                       const std::vector<std::string>& given);

}  // namespace pidfall
