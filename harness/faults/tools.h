// The other programs that a start runs, and a PATH that lacks one of them.
//
//   for (const std::string& tool : ToolsOfFirstStart(stage)) {   // {"flock", "ps"}
//     stage.Start({.environment = {PathWithout(stage, tool)}});
//   }
//
// They are learned from the programs that such a start executes. Only programs that are found by
// the PATH count: an absolute path works with any PATH.
#pragma once

#include <set>
#include <string>

#include "harness/stage/stage.h"

namespace pidfall {

// The names, without folders. Both end every instance that runs.
std::set<std::string> ToolsOfFirstStart(Stage& stage);
std::set<std::string> ToolsOfContender(Stage& stage);  // beside a live owner

// "PATH=...": a folder of links to every program that is on the PATH now, except `tool`.
std::string PathWithout(const Stage& stage, const std::string& tool);

}  // namespace pidfall
