// The other programs that a start runs, and a PATH that lacks one of them.
//
//   for (const std::string& tool : ToolsOf(stage)) {   // {"flock", "ps"}
//     Start(stage, {.environment = {PathWithout(stage, tool)}});
//   }
//
// They are learned from the programs that its starts execute: as the first start, beside a live
// owner, and after a crash. Only programs that are found by the PATH count: an absolute path works
// with any PATH.
#pragma once

#include <set>
#include <string>

#include "harness/stage/stage.h"

namespace pidfall {

// The names, without folders. Ends every instance that runs.
std::set<std::string> ToolsOf(Stage& stage);

// "PATH=...": a folder of links to every program that is on the PATH now, except `tool`.
std::string PathWithout(const Stage& stage, const std::string& tool);

}  // namespace pidfall
