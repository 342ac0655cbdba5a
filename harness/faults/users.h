// The owners and modes of files, and the users of starts.
//
//   ActAs(stage, User::kOrdinary);             // no mode keeps root out of anything
//   ChangeMode(stage, stage.folder(), 0555);
#pragma once

#include <sys/types.h>

#include <string>

#include "harness/stage/stage.h"

namespace pidfall {

void ActAs(Stage& stage, User user);  // for later starts; the folder becomes theirs
void ShareFolder(Stage& stage);       // the second user may write it as well
void MakeFolder(Stage& stage, const std::string& path);
void ChangeMode(Stage& stage, const std::string& path, mode_t mode);
void MakeFileForeign(Stage& stage, const std::string& path);
void RemoveForeignFile(Stage& stage, const std::string& path);

// Throws std::system_error naming both. A group of -1 stays as it is.
void GiveTo(const std::string& path, uid_t user, gid_t group);

}  // namespace pidfall
