// The current files of the target's safeguard: its pid file, the files beside it with its name (a
// lock file, for example), and the owner's unix sockets.
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
// It names one of the instance's processes. A lock file holds no pid: it only has to exist.
bool PidFileNames(const Stage& stage, const Instance& instance);
// Its text is the pid, or holds it where the target's file holds more than that.
bool PidFileNames(const Stage& stage, pid_t pid);

// A file that the target names beside its pid file may be relative to that one's folder.
std::string GuardFilePath(const Stage& stage, const std::string& file);

// The pid file and the files beside it with its name.
std::vector<std::string> SafeguardFiles(const Stage& stage);
// The same, with their states; empty where the target keeps no pid file.
std::map<std::string, FileState> StatesOfFiles(const Stage& stage);
// The instance's pid file and its unix sockets, by their paths.
std::map<std::string, FileState> FilesOf(Stage& stage, const Instance& owner);

// Waits for a file that servers write only once they serve. False when the bound is over, or every
// start is at rest and will not write it any more.
bool AwaitFile(Stage& stage, const std::function<bool()>& is_as_wanted);
bool AwaitOwnersFile(Stage& stage);
// Some write it in two steps, or from a thread: what comes late is not a contender's doing.
void AwaitLastWrite(Stage& stage);
// The file of the owner that serves. NotApplicable when it keeps none.
FileState NeedOwnersFile(Stage& stage);

}  // namespace pidfall
