// The files of the target's safeguard, as they stand: its pid file, what stands beside it under its
// name (a lock file, say), and the owner's unix sockets.
//
//   const FileState before = NeedOwnersFile(stage);
//   const auto files = StatesOfFiles(stage);
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "harness/observe/file_state.h"
#include "harness/stage/stage.h"

namespace pidfall {

FileState PidFile(const Stage& stage);
// One of the instance's processes. No pid stands in a lock file: being there is all.
bool PidFileNames(const Stage& stage, const Instance& instance);

// The pid file and what stands beside it under its name.
std::vector<std::string> SafeguardFiles(const Stage& stage);
// The same, with their states; empty where the target keeps no pid file.
std::map<std::string, FileState> StatesOfFiles(const Stage& stage);
// Its pid file and the unix sockets that it holds, by their paths.
std::map<std::string, FileState> FilesOf(Stage& stage, const Instance& owner);

// Waits for a file that servers write only once they serve. False when it is not as wanted: then
// the bound is over, or every start is at rest and will not write it any more.
bool AwaitFile(Stage& stage, const std::function<bool()>& is_as_wanted);
bool AwaitOwnersFile(Stage& stage);
// The file of the owner that serves. NotApplicable when it keeps none after all.
FileState NeedOwnersFile(Stage& stage);

}  // namespace pidfall
